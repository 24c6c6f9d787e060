package house

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// Person is somebody with a folder of their own, a key pair in it and a memory
// of host keys.
type Person struct {
	Name string
	Dir  string
}

// NewPerson makes a person's folder and, where there is none yet, an ed25519 key.
func NewPerson(ctx context.Context, dir, name string) (*Person, error) {
	p := &Person{Name: name, Dir: filepath.Join(dir, name)}
	if _, err := os.Stat(p.Key()); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return p, err
	}
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("making a place for %s: %w", name, err)
	}
	cmd := exec.CommandContext(ctx, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", p.Key())
	if output, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("making a key for %s: %w\n%s", name, err, output)
	}
	return p, nil
}

// Key is the file of the private key; the public one has .pub after it.
func (p *Person) Key() string { return filepath.Join(p.Dir, "id_ed25519") }

// Visit says how a person comes to a replica.
type Visit struct {
	Port    int      // the replica's SSH port
	User    string   // the user name, where it is not the person's
	Key     string   // the private key's file, where it is not the person's
	Keyless bool     // no key at all is shown
	Options []string // further options, as after -o; the first that names a thing wins
	Command []string // none: the chat itself
	Piped   bool     // without a terminal, also where there is no command
	Tty     bool     // with a terminal, also for a command
}

// SSH is the arguments of the ssh client for a visit. All replicas are known
// under one name, so that a replica with another host key than the first one
// met is refused. Nothing of the developer's own set-up takes part.
func (p *Person) SSH(v Visit) []string {
	args := []string{"-F", "/dev/null", "-e", "none", "-p", strconv.Itoa(v.Port), "-l", or(v.User, p.Name)}
	for _, option := range append(v.Options, p.options(v)...) {
		args = append(args, "-o", option)
	}
	switch {
	case v.Piped:
		args = append(args, "-T")
	case v.Tty, len(v.Command) == 0:
		args = append(args, "-tt")
	}
	args = append(args, "127.0.0.1")
	return append(args, v.Command...)
}

func (p *Person) options(v Visit) []string {
	options := []string{
		"HostKeyAlias=teahouse",
		"UserKnownHostsFile=" + filepath.Join(p.Dir, "known_hosts"),
		"GlobalKnownHostsFile=/dev/null",
		"StrictHostKeyChecking=accept-new",
		"UpdateHostKeys=no",
		"IdentitiesOnly=yes",
		"IdentityAgent=none",
		"ConnectTimeout=10",
	}
	if v.Keyless {
		return append(options, "IdentityFile=none", "PreferredAuthentications=publickey,keyboard-interactive")
	}
	return append(options, "IdentityFile="+or(v.Key, p.Key()),
		"PreferredAuthentications=publickey", "LogLevel=ERROR")
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
