package e2e

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"teahouse/e2e/house"
)

// manager is in the place of systemd: it holds the port, starts the program and
// hears what that says.
type manager struct {
	*town
	door *net.TCPListener
	file *os.File
	path string // of the socket to be told at

	mu    sync.Mutex
	heard []string
}

func newManager(t *testing.T) *manager {
	m := &manager{town: newGround(t)}
	m.build()
	m.startRedis()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	m.must(err)
	m.door = ln.(*net.TCPListener)
	m.Cleanup(func() { _ = m.door.Close() })
	m.file, err = m.door.File()
	m.must(err)
	m.Cleanup(func() { _ = m.file.Close() })
	m.path = filepath.Join(m.folder("notify"), "s")
	told, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: m.path, Net: "unixgram"})
	m.must(err)
	ended := make(chan struct{})
	go func() { defer close(ended); m.hear(told) }()
	m.Cleanup(func() { _ = told.Close(); <-ended })
	return m
}

func (m *manager) hear(told *net.UnixConn) {
	buffer := make([]byte, 4096)
	for {
		n, err := told.Read(buffer)
		if err != nil {
			return // closed
		}
		m.mu.Lock()
		m.heard = append(m.heard, strings.Split(string(buffer[:n]), "\n")...)
		m.mu.Unlock()
	}
}

// count is how often something was said.
func (m *manager) count(state string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, s := range m.heard {
		if s == state {
			n++
		}
	}
	return n
}

func (m *manager) awaits(p *house.Process, state string, times int) {
	m.Helper()
	ctx, cancel := context.WithTimeout(m.ctx, startingUp)
	defer cancel()
	if err := house.Await(ctx, p.Done(), 0, func() bool { return m.count(state) >= times }); err != nil {
		m.Fatalf("%s was said %d times, not %d: %v", state, m.count(state), times, err)
	}
}

// start starts the program as systemd does; its number is known only to itself.
func (m *manager) start(log *house.Transcript, settings ...string) *house.Process {
	m.Helper()
	cmd := exec.Command("sh", "-c", `LISTEN_PID=$$ WATCHDOG_PID=$$ exec "$0"`, m.program)
	cmd.Dir = m.folder("work")
	cmd.Env = append(house.Environ(
		"NOTIFY_SOCKET="+m.path, "WATCHDOG_USEC=400000", "LISTEN_FDS=1", "LISTEN_FDNAMES=ssh",
		"HTTP_ADDR=off", "SSH_ADDR=192.0.2.1:22", "REDIS_URL="+m.redis.URL()), settings...)
	cmd.ExtraFiles = []*os.File{m.file}
	cmd.Stdout, cmd.Stderr = log, log
	p, err := house.StartProcess(cmd)
	m.must(err)
	m.Cleanup(p.Kill)
	return p
}

// TestServiceManager: the program takes its port from systemd, tells when it is
// ready, that it lives and that it stops; and who comes while it restarts waits
// at the port and is served by the next one.
func TestServiceManager(t *testing.T) {
	m := newManager(t)
	log := &house.Transcript{}
	p := m.start(log)
	m.awaits(p, "READY=1", 1)
	m.awaits(p, "WATCHDOG=1", 3)
	if m.count("STOPPING=1") > 0 {
		t.Error("it says that it stops")
	}
	alice := m.person("alice")
	visit := house.Visit{Port: m.door.Addr().(*net.TCPAddr).Port, Command: []string{"whoami"}}
	whoami := func() error {
		cmd := exec.CommandContext(m.ctx, "ssh", alice.SSH(visit)...)
		cmd.Env = house.Environ()
		out, err := cmd.CombinedOutput()
		if err == nil && !strings.HasPrefix(string(out), "alice") {
			err = errors.New(string(out))
		}
		return err
	}
	m.must(whoami())
	status, err := p.Stop(m.ctx)
	if m.must(err); status != 0 || m.count("STOPPING=1") != 1 {
		t.Errorf("it ended with status %d, and said %q\n%s", status, m.heard, log)
	}
	served := make(chan error, 1)
	go func() { served <- whoami() }()
	m.must(house.Await(m.ctx, nil, 0, func() bool { return m.waits(visit.Port) }))
	p = m.start(log)
	m.must(<-served)
	m.awaits(p, "READY=1", 2)
}

// waits tells whether somebody is connected to a port of this machine.
func (m *manager) waits(port int) bool {
	table, err := os.ReadFile("/proc/net/tcp")
	m.must(err)
	const established = "01"
	return regexp.MustCompile(fmt.Sprintf(`(?m)^ *\d+: [0-9A-F]{8}:%04X \S+ %s `, port, established)).Match(table)
}

// A socket that is not the program's is a mistake of the unit's.
func TestServiceManagerOfOthers(t *testing.T) {
	m := newManager(t)
	log := &house.Transcript{}
	status, err := m.start(log, "LISTEN_FDNAMES=teahouse.socket").Wait(m.ctx)
	if m.must(err); status != 1 || !strings.Contains(log.String(), `called "teahouse.socket"; set FileDescriptorName=ssh`) {
		t.Errorf("it ended with status %d\n%s", status, log)
	}
}
