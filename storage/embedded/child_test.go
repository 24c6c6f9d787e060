package embedded

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestDataSurviveCloseAndStart(t *testing.T) {
	needRedis(t)
	dir := filepath.Join(t.TempDir(), "not", "there yet")
	first := start(t, dir)
	set(t, first, "tea", "green")
	stop(t, first)

	second := start(t, dir)
	wantValue(t, second, "tea", "green")
	if !second.Durable() || !strings.HasPrefix(second.Name(), "redis-server ") {
		t.Errorf("Durable() = %v, Name() = %q", second.Durable(), second.Name())
	}
}

func TestDataSurviveAKilledRedisAndATornFile(t *testing.T) {
	needRedis(t)
	dir := t.TempDir()
	first := start(t, dir)
	set(t, first, "tea", "green")
	set(t, first, "last", "torn")
	crash(t, first)
	stop(t, first)
	tear(t, dir)

	second := start(t, dir)
	wantValue(t, second, "tea", "green")
	set(t, second, "tea", "black")
	stop(t, second)
	wantValue(t, start(t, dir), "tea", "black")
}

// tear cuts the end of the append-only file, as a power cut does.
func tear(t *testing.T, dir string) {
	t.Helper()
	path := appendFile(t, dir)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()-5); err != nil {
		t.Fatal(err)
	}
}

func appendFile(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "appendonlydir", "*.incr.aof"))
	if err != nil || len(files) != 1 {
		t.Fatalf("the append-only file: %v, %v", files, err)
	}
	return files[0]
}

func TestABrokenFileIsToldAtOnce(t *testing.T) {
	needRedis(t)
	dir := t.TempDir()
	first := start(t, dir)
	set(t, first, "tea", "green")
	stop(t, first)
	if err := os.WriteFile(appendFile(t, dir), []byte("not a file of Redis\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	_, err := Start(soon(t), dir, testLog(t))
	if err == nil || !strings.Contains(err.Error(), "Bad file format") {
		t.Errorf("Start = %v, want what Redis said", err)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		t.Error("Start waited for a child that had ended")
	}
}

func TestOnlyTheSocketLeadsInAndSettingsHold(t *testing.T) {
	needRedis(t)
	dir := t.TempDir()
	client := connect(t, start(t, dir))
	for name, want := range map[string]string{
		"port": "0", "appendonly": "yes", "appendfsync": "everysec", "save": "",
		"maxmemory-policy": "noeviction", "aof-load-truncated": "yes", "dir": dir,
		"unixsocketperm": "700", "daemonize": "no",
	} {
		got, err := client.ConfigGet(soon(t), name).Result()
		if err != nil || got[name] != want {
			t.Errorf("%s = %q, %v; want %q", name, got[name], err, want)
		}
	}
}

func TestAnyDirectoryWillDo(t *testing.T) {
	needRedis(t)
	for name, dir := range map[string]string{
		"odd":     "a b\"c'd\\x41%20?#&é\n\tz",
		"invalid": "\xff\xfe",
		"long":    strings.Repeat("long/", 60),
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), dir)
			first := start(t, dir)
			set(t, first, "tea", "green")
			stop(t, first)
			wantValue(t, start(t, dir), "tea", "green")
		})
	}
}

func TestNothingIsLeftOfASocketElsewhere(t *testing.T) {
	needRedis(t)
	dir := filepath.Join(t.TempDir(), strings.Repeat("long/", 60))
	temp, err := os.MkdirTemp("", "t-") // t.TempDir is too long itself
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(temp) })
	t.Setenv("TMPDIR", temp)
	s := start(t, dir)
	if path := s.running.(*child).socket.path; filepath.Dir(filepath.Dir(path)) != temp {
		t.Errorf("the socket is %s, want it under %s", path, temp)
	}
	stop(t, s)
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left in %s: %v, %v", temp, left, err)
	}
}

func TestASecondTeahouseIsRefused(t *testing.T) {
	needRedis(t)
	dir := t.TempDir()
	first := start(t, dir)
	_, err := Start(soon(t), dir, testLog(t))
	want := "another teahouse runs on " + dir + " (pid " + strconv.Itoa(os.Getpid()) + "): stop it or set DATA_DIR"
	if err == nil || err.Error() != want {
		t.Errorf("the second Start = %v, want %q", err, want)
	}
	set(t, first, "tea", "green")
	stop(t, first)
	wantValue(t, start(t, dir), "tea", "green")
}

func TestCloseMayBeCalledByManyAndAgain(t *testing.T) {
	needRedis(t)
	s := start(t, t.TempDir())
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { stop(t, s) })
	}
	all.Wait()
	select {
	case <-s.Exited():
		t.Error("Exited is closed, though Close ended it")
	default:
	}
	if err := s.Err(); err != nil {
		t.Errorf("Err() = %v", err)
	}
	socket := s.running.(*child).socket.path
	if _, err := os.Lstat(socket); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
}

func TestTheChildsDeathIsTold(t *testing.T) {
	needRedis(t)
	s := start(t, t.TempDir())
	if err := s.Err(); err != nil {
		t.Errorf("Err() = %v of a child that lives", err)
	}
	crash(t, s)
	err := s.Err()
	if err == nil || !strings.Contains(err.Error(), "killed") || !strings.Contains(err.Error(), "ready to accept") {
		t.Errorf("Err() = %v, want the signal and the last lines", err)
	}
}

func TestAHungChildIsKilled(t *testing.T) {
	needRedis(t)
	s, err := Start(soon(t), t.TempDir(), testLog(t))
	if err != nil {
		t.Fatal(err)
	}
	c := s.running.(*child)
	c.patience = 50 * time.Millisecond
	if err := c.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err == nil || !strings.Contains(err.Error(), "was killed") {
		t.Errorf("Close = %v, want the kill told", err)
	}
	if alive(c.cmd.Process.Pid) {
		t.Error("the child lives")
	}
}

func TestTheTerminalsInterruptDoesNotReachTheChild(t *testing.T) {
	needRedis(t)
	pid := start(t, t.TempDir()).running.(*child).cmd.Process.Pid
	group, err := syscall.Getpgid(pid)
	if err != nil || group != pid {
		t.Errorf("the child's process group is %d, %v; want its own, %d", group, err, pid)
	}
}

func TestRedisEndsWithAKilledTeahouse(t *testing.T) {
	needRedis(t)
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere the next Start ends it")
	}
	dir := t.TempDir()
	startAndKillHelper(t, dir)
	// The process id tells nothing where nobody reaps orphans; the lock does.
	await(t, "the child is gone", func() bool {
		lock, err := tryLock(filepath.Join(dir, redisLockName))
		return err == nil && lock.release() == nil
	})
}

// At once, as a service manager does: the old Redis may still be writing.
func TestAKilledTeahouseIsStartedAgainAtOnce(t *testing.T) {
	needRedis(t)
	dir := t.TempDir()
	startAndKillHelper(t, dir)
	wantValue(t, start(t, dir), "tea", "green")
}

// startAndKillHelper runs another teahouse on dir, stores something there and
// kills it with SIGKILL.
func startAndKillHelper(t *testing.T, dir string) {
	t.Helper()
	helper := exec.Command(os.Args[0])
	helper.Env = append(os.Environ(), helperDir+"="+dir)
	stdout, err := helper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := helper.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || line != helperReady {
		t.Fatalf("the helper said %q, %v", line, err)
	}
	if _, err := Start(soon(t), dir, testLog(t)); err == nil {
		t.Error("two teahouses run on one directory")
	}
	if answer, err := ask(soon(t), filepath.Join(dir, "redis.sock"), "SET tea green"); answer != "+OK" {
		t.Fatalf("SET = %q, %v", answer, err)
	}
	if err := helper.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = helper.Wait() // the error is that it was killed
}

// Where the kernel does not end the child with its parent, Start does.
func TestAnOrphanIsEndedBeforeItsDirectoryIsUsed(t *testing.T) {
	needRedis(t)
	program, _ := findProgram()
	for name, dir := range map[string]string{
		"socket beside the data": t.TempDir(),
		"socket elsewhere":       filepath.Join(t.TempDir(), strings.Repeat("long/", 60)),
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			orphan, err := startChild(soon(t), program, dir, testLog(t))
			if err != nil {
				t.Fatal(err)
			}
			if answer, err := ask(soon(t), orphan.socket.path, "SET tea green"); answer != "+OK" {
				t.Fatalf("SET = %q, %v", answer, err)
			}
			wantValue(t, start(t, dir), "tea", "green")
			awaitClosed(t, "the orphan has ended", orphan.lost)
		})
	}
}

func TestStartSaysWhatAFailingProgramSaid(t *testing.T) {
	fakeProgram(t, "echo 'the kettle is broken' >&2; exit 3")
	_, err := Start(soon(t), t.TempDir(), testLog(t))
	for _, words := range []string{"redis-server 0.1", "exit status 3", "the kettle is broken"} {
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("Start = %v, want it to say %q", err, words)
		}
	}
}

func TestStartGivesUpWithItsContext(t *testing.T) {
	sleep := lookPath(t, "sleep")
	fakeProgram(t, "exec "+sleep+" 60")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	dir := t.TempDir()
	if _, err := Start(ctx, dir, testLog(t)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Start = %v, want the deadline", err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		t.Fatalf("the directory is still locked: %v", err)
	}
	if err := lock.release(); err != nil {
		t.Error(err)
	}
}

func TestValkeyWillDo(t *testing.T) {
	needRedis(t)
	program, _ := findProgram()
	bin := t.TempDir()
	if err := os.Symlink(program, filepath.Join(bin, "valkey-server")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	if s := start(t, t.TempDir()); !strings.HasPrefix(s.Name(), "valkey-server ") {
		t.Errorf("Name() = %q", s.Name())
	}
}
