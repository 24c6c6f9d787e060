//go:build long

package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"

	"teahouse/e2e/house"
)

// mostImage is what the image may weigh, in bytes, and certificates what the
// certificates in it do: the rest is the program.
const (
	mostImage    = 25_000_000
	certificates = 250_000
)

// nobody is who runs the image.
const nobody = 65532

// TestLongImage builds the program as the Dockerfile does, in two places, and
// runs it with nothing but what the image has.
func TestLongImage(t *testing.T) {
	ctx, cancel := context.WithDeadline(t.Context(), deadline(t))
	defer cancel()
	first := buildImage(ctx, t)
	second := buildImage(ctx, t)
	if a, b := digest(t, first), digest(t, second); a != b {
		t.Errorf("built in two places it is %x and %x", a, b)
	}
	checkELF(t, first)
	out, err := exec.CommandContext(ctx, first, "version").Output()
	if err != nil || !strings.HasPrefix(string(out), "teahouse 1.2.3 go") {
		t.Errorf("its version is %q (%v)", out, err)
	}
	runImage(ctx, t, first)
}

// buildImage copies the sources elsewhere and builds them by the Dockerfile's
// own command.
func buildImage(ctx context.Context, t *testing.T) (program string) {
	t.Helper()
	text, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	command := regexp.MustCompile(`go build [^\n]* -o /out/teahouse \.`).FindString(string(text))
	if command == "" {
		t.Fatal("the Dockerfile builds nothing")
	}
	src, out := filepath.Join(t.TempDir(), "src"), filepath.Join(t.TempDir(), "teahouse")
	copySources(ctx, t, src)
	cmd := exec.CommandContext(ctx, "sh", "-c", strings.Replace(command, "/out/teahouse", out, 1))
	cmd.Dir, cmd.WaitDelay = src, time.Second
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "VERSION=1.2.3", "GOFLAGS=")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, said)
	}
	return out
}

// copySources copies what is in the repository, as COPY does.
func copySources(ctx context.Context, t *testing.T, to string) {
	t.Helper()
	out, err := exec.CommandContext(ctx, "git", "-C", "..", "ls-files", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Fatal(err)
	}
	ignored := dockerIgnored(t)
	for _, path := range strings.Fields(string(out)) {
		if skip, err := ignored.MatchesOrParentMatches(path); skip && err == nil {
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", path))
		if os.IsNotExist(err) {
			continue // removed, and not committed yet
		}
		target := filepath.Join(to, path)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(target), 0o755)
		}
		if err == nil {
			err = os.WriteFile(target, text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func dockerIgnored(t *testing.T) *patternmatcher.PatternMatcher {
	t.Helper()
	text, err := os.ReadFile("../.dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	patterns, err := ignorefile.ReadAll(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	ignored, err := patternmatcher.New(patterns)
	if err != nil {
		t.Fatal(err)
	}
	return ignored
}

func digest(t *testing.T, path string) [sha256.Size]byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(text)
}

// checkELF: it needs no loader and no library, carries no symbols, and is small.
func checkELF(t *testing.T, path string) {
	t.Helper()
	file, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for _, p := range file.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("it has a segment %v", p.Type)
		}
	}
	for _, name := range []string{".dynamic", ".symtab", ".debug_info", ".zdebug_info"} {
		if file.Section(name) != nil {
			t.Errorf("it has a section %s", name)
		}
	}
	t.Logf("it has %d bytes", sizeOf(path))
	if sizeOf(path)+certificates > mostImage {
		t.Errorf("the image is larger than %d", mostImage)
	}
}

// runImage runs it as nobody, in a root that has what the image has: it starts,
// serves, says that it is well, and drains.
func runImage(ctx context.Context, t *testing.T, program string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("another root is root's to give")
	}
	root := rootOf(t, program)
	ports := &house.Ports{}
	ssh, err := ports.Free()
	if err != nil {
		t.Fatal(err)
	}
	http, err := ports.Free()
	if err != nil {
		t.Fatal(err)
	}
	in := func(args ...string) *exec.Cmd {
		who := fmt.Sprintf("--userspec=%d:%d", nobody, nobody)
		cmd := exec.CommandContext(ctx, "chroot", append([]string{who, root, "/teahouse"}, args...)...)
		cmd.Env = []string{
			fmt.Sprintf("SSH_ADDR=127.0.0.1:%d", ssh), fmt.Sprintf("HTTP_ADDR=127.0.0.1:%d", http), "DATA_DIR=/data",
		}
		return cmd
	}
	server, log := in(), &house.Transcript{}
	server.Stdout, server.Stderr = log, log
	p, err := house.StartProcess(server)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Kill()
	if err := house.Await(ctx, p.Done(), 0, func() bool { return in("healthcheck").Run() == nil }); err != nil {
		t.Fatalf("it is not well: %v\n%s", err, log)
	}
	session := people(ctx, t, ssh)
	if status, err := p.Stop(ctx); err != nil || status != 0 {
		t.Errorf("it ended with %d, %v\n%s", status, err, log)
	}
	if _, err := session.Wait(ctx); err != nil {
		t.Errorf("the session that was open: %v", err)
	}
	if said, err := in("healthcheck").CombinedOutput(); err == nil || !strings.Contains(string(said), "the server does not answer") {
		t.Errorf("when it has ended its health is: %s (%v)", said, err)
	}
}

// rootOf makes the image's files.
func rootOf(t *testing.T, program string) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "root")
	text, err := os.ReadFile(program)
	if err == nil {
		err = os.MkdirAll(filepath.Join(root, "data"), 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(root, "teahouse"), text, 0o755)
	}
	if err == nil {
		err = os.Chown(filepath.Join(root, "data"), nobody, nobody)
	}
	if err != nil {
		t.Fatal(err)
	}
	// The folders above are the test's own.
	for dir := root; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// people use what needs a system in other programs: time zones, and what is
// kept. The one who stays is there when the end comes.
func people(ctx context.Context, t *testing.T, port int) (stays *house.Process) {
	t.Helper()
	alice, err := house.NewPerson(ctx, t.TempDir(), "alice")
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range [][]string{{"send", "general", "hello"}, {"set", "zone", "Europe/Berlin"}, {"history", "general"}} {
		cmd := exec.CommandContext(ctx, "ssh", alice.SSH(house.Visit{Port: port, Command: words})...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%q: %v\n%s", words, err, out)
		}
	}
	seen := &house.Transcript{}
	tail := exec.Command("ssh", alice.SSH(house.Visit{Port: port, Command: []string{"tail", "general", "-n", "1"}})...)
	tail.Stdout = seen
	if stays, err = house.StartProcess(tail); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stays.Kill)
	if err := house.Await(ctx, stays.Done(), 0, func() bool { return strings.Contains(seen.String(), "hello") }); err != nil {
		t.Fatalf("a session: %v", err)
	}
	return stays
}
