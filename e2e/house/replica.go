package house

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Replica is the built program, running.
type Replica struct {
	*Process
	ReplicaSpec
	Log *Transcript
}

// ReplicaSpec says how a replica is to be started.
type ReplicaSpec struct {
	Program  string   // the built program
	Dir      string   // where it runs
	SSHPort  int      // where people come in
	HTTPPort int      // where it says how it is
	Env      []string // settings, KEY=VALUE; these win over the ports above
}

// NewReplica is one that Start starts.
func NewReplica(spec ReplicaSpec) *Replica {
	return &Replica{ReplicaSpec: spec, Log: &Transcript{}}
}

// Start runs the program, for the first time or again, and returns when it
// says that it is ready and accepts connections. An error shows its log.
func (r *Replica) Start(ctx context.Context) error {
	cmd := exec.Command(r.Program)
	cmd.Dir = r.Dir
	cmd.Env = append(Environ(), r.Settings()...)
	cmd.Stdout, cmd.Stderr = r.Log, r.Log
	p, err := StartProcess(cmd)
	if err != nil {
		return err
	}
	r.Process = p
	if err := Await(ctx, r.Done(), 0, func() bool { return r.ready(ctx) }); err != nil {
		r.Kill()
		return fmt.Errorf("the replica is not ready: %w\n%s", err, r.Log)
	}
	return nil
}

// Settings are the program's settings: where it listens, and what was given.
func (r *Replica) Settings() []string {
	return append([]string{
		"HOME=" + r.Dir,
		"SSH_ADDR=" + loopback(r.SSHPort),
		"HTTP_ADDR=" + loopback(r.HTTPPort),
	}, r.Env...)
}

func (r *Replica) ready(ctx context.Context) bool {
	if !slices.Contains(r.Env, "HTTP_ADDR=off") {
		if code, err := r.Get(ctx, "/readyz"); err != nil || code != http.StatusOK {
			return false
		}
	}
	return reachable(loopback(r.SSHPort)) == nil
}

// Get asks the replica's HTTP side for a path and returns the status code.
func (r *Replica) Get(ctx context.Context, path string) (int, error) {
	code, _, err := r.ask(ctx, time.Second, path)
	return code, err
}

// Read asks the replica's HTTP side for a path and returns what it answers. It
// is patient, as an answer may tell of a Redis that gives none.
func (r *Replica) Read(ctx context.Context, path string) (string, error) {
	_, body, err := r.ask(ctx, 10*time.Second, path)
	return body, err
}

// Metrics are what the replica counts, as its HTTP side shows them.
func (r *Replica) Metrics(ctx context.Context) (string, error) { return r.Read(ctx, "/metrics") }

func (r *Replica) ask(ctx context.Context, patience time.Duration, path string) (code int, body string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	url := r.URL() + path
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", fmt.Errorf("asking for %s: %w", url, err)
	}
	// A connection a question: nothing is kept that would have to be closed.
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", fmt.Errorf("asking for %s: %w", url, err)
	}
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), errors.Join(err, resp.Body.Close())
}

// URL is where the replica's HTTP side is, without a path.
func (r *Replica) URL() string { return "http://" + loopback(r.HTTPPort) }

// Stop asks the replica to end, as an operator does, and waits for it. Ending
// with another status than 0 is an error, which shows the log.
func (r *Replica) Stop(ctx context.Context) error {
	status, err := r.Process.Stop(ctx)
	if err != nil {
		return fmt.Errorf("stopping the replica: %w\n%s", err, r.Log)
	}
	if status != 0 {
		return fmt.Errorf("the replica ended with status %d\n%s", status, r.Log)
	}
	return nil
}

// Raced says whether the race detector has reported anything.
func (r *Replica) Raced() bool {
	return strings.Contains(r.Log.String(), "WARNING: DATA RACE")
}

// SSHAddr is where people come in, as host and port.
func (r *Replica) SSHAddr() string { return loopback(r.SSHPort) }
