package embedded

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"
)

const (
	// helperDir makes the test binary a process that starts a server on that
	// directory, prints helperReady and waits to be killed.
	helperDir   = "TEAHOUSE_TEST_EMBEDDED_DIR"
	helperReady = "ready\n"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperDir); dir != "" {
		beHelper(dir)
	}
	goleak.VerifyTestMain(m)
}

func beHelper(dir string) {
	_, err := Start(context.Background(), dir, slog.New(slog.DiscardHandler))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Print(helperReady)
	select {}
}

// needRedis skips a test where no Redis is installed.
func needRedis(t *testing.T) {
	t.Helper()
	if _, found := findProgram(); !found {
		t.Skip("neither redis-server nor valkey-server is installed")
	}
}

func start(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Start(soon(t), dir, testLog(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// soon is when a test gives up waiting.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func testLog(t *testing.T) *slog.Logger {
	t.Helper()
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// connect reaches the server as storage does: by its URL.
func connect(t *testing.T, s *Server) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Errorf("closing the client: %v", err)
		}
	})
	return client
}

func set(t *testing.T, s *Server, key, value string) {
	t.Helper()
	if err := connect(t, s).Set(soon(t), key, value, 0).Err(); err != nil {
		t.Fatal(err)
	}
}

func wantValue(t *testing.T, s *Server, key, want string) {
	t.Helper()
	if got, err := connect(t, s).Get(soon(t), key).Result(); err != nil || got != want {
		t.Errorf("GET %s = %q, %v; want %q", key, got, err, want)
	}
}

// await polls until ok, and fails the test when it takes too long.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	giveUp := soon(t).Done()
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for !ok() {
		select {
		case <-giveUp:
			t.Fatalf("waited in vain until %s", what)
		case <-poll.C:
		}
	}
}

func awaitClosed(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-soon(t).Done():
		t.Fatalf("waited in vain until %s", what)
	}
}

// crash kills the server's child as an out-of-memory killer does.
func crash(t *testing.T, s *Server) {
	t.Helper()
	if err := s.running.(*child).cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	awaitClosed(t, "the child is gone", s.Exited())
}

func alive(pid int) bool {
	return syscall.Kill(pid, 0) == nil
}

// fakeProgram puts a shell script as the only redis-server on the PATH.
func fakeProgram(t *testing.T, script string) {
	t.Helper()
	bin := t.TempDir()
	text := "#!/bin/sh\nif [ \"$1\" = --version ]; then echo 'Redis server v=0.1'; exit; fi\n" + script + "\n"
	if err := os.WriteFile(filepath.Join(bin, "redis-server"), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
}

// lookPath is exec.LookPath for what a test cannot do without.
func lookPath(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip(err)
	}
	return path
}
