package embedded

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// maxSocketPath is what every system takes as a unix socket's path: Linux 107
// bytes, macOS and the BSDs 103.
const maxSocketPath = 103

// socket is where the child listens.
type socket struct {
	path string
	// tempDir is the directory made for it, empty where it lies with the data.
	tempDir string
}

// newSocket puts the socket in dir, or, where that makes the path too long for
// a socket, in a fresh directory that only this user may enter.
func newSocket(dir string) (socket, error) {
	path := filepath.Join(dir, "redis.sock")
	if len(path) <= maxSocketPath {
		return socket{path: path}, nil
	}
	parent := os.TempDir()
	if len(parent) > maxSocketPath/2 {
		parent = "/tmp"
	}
	temp, err := os.MkdirTemp(parent, "teahouse-")
	if err != nil {
		return socket{}, fmt.Errorf("making a directory for Redis's socket, because the path of %s is too long for one: %w", dir, err)
	}
	return socket{path: filepath.Join(temp, "redis.sock"), tempDir: temp}, nil
}

// url is the socket's address for go-redis, with odd characters escaped.
func (s socket) url() string {
	return (&url.URL{Scheme: "unix", Path: s.path}).String()
}

// remove leaves nothing behind; Redis itself removes the socket when it ends
// in order, and leaves it when it is killed.
func (s socket) remove() error {
	if s.tempDir != "" {
		return os.RemoveAll(s.tempDir)
	}
	if err := os.Remove(s.path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// removeOldSocket removes what a crash left at path, which the last child's
// note names: the socket, and the directory made for it when that is empty.
func removeOldSocket(dir, path string) {
	if path == "" || filepath.Base(path) != "redis.sock" {
		return
	}
	_ = os.Remove(path)
	if parent := filepath.Dir(path); parent != dir {
		_ = os.Remove(parent)
	}
}

// ask sends one command to the Redis at a socket and returns the first line of
// its answer. One that hangs is given a second.
func ask(ctx context.Context, path, command string) (answer string, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "unix", path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return "", err
		}
	}
	if _, err := conn.Write([]byte(command + "\r\n")); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	return strings.TrimRight(line, "\r\n"), err
}
