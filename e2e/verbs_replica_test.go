package e2e

import (
	"fmt"
	"html"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"teahouse/e2e/house"
)

func replicaVerbs() map[string]verb {
	return map[string]verb{
		"replica": {
			usage: "replica NAME [KEY=VALUE…]: starts the program and sets $NAME_PORT and $NAME_HTTP; again under a name: on the same ports with the same DATA_DIR",
			min:   1, max: -1, run: replicaStart,
		},
		"replica-stop":   {usage: "replica-stop [-timeout=D] NAME: SIGTERM; it must end with status 0; stdout is how long it took", min: 1, max: 1, run: onReplica(replicaStop)},
		"replica-term":   {usage: "replica-term NAME: SIGTERM, without waiting", min: 1, max: 1, run: onReplica(func(_ *call, r *house.Replica) error { return r.Terminate() })},
		"replica-ended":  {usage: "replica-ended [-timeout=D] NAME STATUS: waits until it has ended, with that status; -1: by a signal", min: 2, max: 2, run: onReplica(replicaEnded)},
		"replica-kill":   {usage: "replica-kill NAME: SIGKILL", min: 1, max: 1, run: onReplica(replicaKill)},
		"replica-pause":  {usage: "replica-pause NAME: SIGSTOP", min: 1, max: 1, run: onReplica(func(_ *call, r *house.Replica) error { return r.Pause() })},
		"replica-resume": {usage: "replica-resume NAME: SIGCONT", min: 1, max: 1, run: onReplica(func(_ *call, r *house.Replica) error { return r.Resume() })},
		"see-log":        {usage: "see-log [-timeout=D] NAME REGEXP: waits for it in the replica's log", min: 2, max: 2, not: true, run: onReplica(replicaLog)},
		"wait-http":      {usage: "wait-http [-timeout=D] NAME PATH CODE: waits until the replica answers so", min: 3, max: 3, run: onReplica(waitHTTP)},
		"see-http":       {usage: "see-http [-timeout=D] NAME PATH REGEXP: waits until the replica's answer has it, as people read it", min: 3, max: 3, run: onReplica(seeHTTP)},
		"run-teahouse": {
			usage: "run-teahouse [KEY=VALUE…] [-- ARG…]: runs the program to its end; with ! it must fail",
			max:   -1, not: true, run: runTeahouse,
		},
	}
}

// startingUp is how long a replica may take to be ready: longer than other
// things, as the race detector and a busy machine multiply it.
const startingUp = 30 * time.Second

// draining is how long one may take to end: DRAIN_TIMEOUT unless told
// otherwise, and then some.
const draining = 40 * time.Second

// onReplica makes a verb of what is done with the replica that its first word
// names.
func onReplica(do func(c *call, r *house.Replica) error) func(c *call) error {
	return func(c *call) error {
		r, err := find(c.replicas, "replica", c.args[0])
		if err != nil {
			return err
		}
		return do(c, r)
	}
}

func replicaStart(c *call) error {
	name := c.args[0]
	r, known := c.replicas[name]
	if !known {
		spec, err := c.newReplica(name)
		if err != nil {
			return err
		}
		r = house.NewReplica(spec)
	} else if r.Process != nil {
		r.Kill()
	}
	r.Env = append([]string{"DATA_DIR=" + filepath.Join(c.dir, "."+name+".data"), "REPLICA_ID=" + name}, c.args[1:]...)
	c.replicas[name] = r
	c.ts.Setenv(name+"_PORT", strconv.Itoa(r.SSHPort))
	c.ts.Setenv(name+"_HTTP", strconv.Itoa(r.HTTPPort))
	c.takes(startingUp)
	ctx, cancel := c.waiting()
	defer cancel()
	return r.Start(ctx)
}

func (st *stage) newReplica(name string) (spec house.ReplicaSpec, err error) {
	spec.Dir = st.dir
	if spec.Program, err = programs.get(); err != nil {
		return spec, err
	}
	if spec.SSHPort, err = st.suite.ports.Free(); err != nil {
		return spec, err
	}
	spec.HTTPPort, err = st.suite.ports.Free()
	return spec, err
}

func replicaStop(c *call, r *house.Replica) error {
	c.takes(draining)
	ctx, cancel := c.waiting()
	defer cancel()
	start := time.Now()
	err := r.Stop(ctx)
	_, _ = fmt.Fprintln(c.ts.Stdout(), time.Since(start).Round(time.Millisecond))
	return err
}

func replicaEnded(c *call, r *house.Replica) error {
	c.takes(draining)
	ctx, cancel := c.waiting()
	defer cancel()
	status, err := r.Wait(ctx)
	if err == nil && strconv.Itoa(status) != c.args[1] {
		err = fmt.Errorf("it ended with status %d\n%s", status, r.Log)
	}
	return err
}

func replicaKill(_ *call, r *house.Replica) error {
	r.Kill()
	return nil
}

// replicaLog waits for the line; negated it does not wait, as a log only grows.
func replicaLog(c *call, r *house.Replica) error {
	return c.seeIn(r.Log, r.Done(), c.args[1])
}

// seeIn waits until text is found in a transcript, a line at a time.
func (c *call) seeIn(t *house.Transcript, over <-chan struct{}, pattern string) error {
	re, err := regexp.Compile("(?m)" + pattern)
	if err != nil {
		return fmt.Errorf("reading the expression: %w", err)
	}
	if c.not {
		if re.MatchString(t.String()) {
			return fmt.Errorf("%q is there:\n%s", pattern, t)
		}
		return nil
	}
	ctx, cancel := c.waiting()
	defer cancel()
	if err := house.Await(ctx, over, 0, func() bool { return re.MatchString(t.String()) }); err != nil {
		return fmt.Errorf("looking for %q: %w:\n%s", pattern, err, t)
	}
	return nil
}

func waitHTTP(c *call, r *house.Replica) error {
	ctx, cancel := c.waiting()
	defer cancel()
	last := "nothing"
	err := house.Await(ctx, r.Done(), 0, func() bool {
		code, err := r.Get(ctx, c.args[1])
		if last = strconv.Itoa(code); err != nil {
			last = err.Error()
		}
		return last == c.args[2]
	})
	if err != nil {
		return fmt.Errorf("%w; the last answer was: %s", err, last)
	}
	return nil
}

func seeHTTP(c *call, r *house.Replica) error {
	re, err := regexp.Compile("(?m)" + c.args[2])
	if err != nil {
		return fmt.Errorf("reading the expression: %w", err)
	}
	ctx, cancel := c.waiting()
	defer cancel()
	last := ""
	err = house.Await(ctx, r.Done(), 0, func() bool {
		body, err := r.Read(ctx, c.args[1])
		if last = html.UnescapeString(body); err != nil {
			last = err.Error()
		}
		return re.MatchString(last)
	})
	if err != nil {
		return fmt.Errorf("looking for %q: %w; the last answer was:\n%s", re, err, last)
	}
	return nil
}

func runTeahouse(c *call) error {
	settings, args := c.args, []string(nil)
	for i, arg := range c.args {
		if arg == "--" {
			settings, args = c.args[:i], c.args[i+1:]
			break
		}
	}
	spec, err := c.newReplica("once")
	if err != nil {
		return err
	}
	spec.Env = append([]string{"DATA_DIR=" + filepath.Join(c.dir, ".once.data")}, settings...)
	cmd := exec.Command(spec.Program, args...)
	cmd.Dir = c.dir
	cmd.Env = house.Environ(house.NewReplica(spec).Settings()...)
	c.takes(startingUp)
	return c.runToEnd(cmd)
}
