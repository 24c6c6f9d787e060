package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"teahouse/e2e/house"
)

// stage is what one script has started. A script's verbs run one after the
// other, so nothing here is locked.
type stage struct {
	suite   *suite
	dir     string
	patient time.Duration // how long a verb waits unless told otherwise

	redis      map[string]*house.Redis
	replicas   map[string]*house.Replica
	people     map[string]*house.Person
	screens    map[string]*house.Terminal
	background map[string]*background
	shapes     map[string]shape // of Redis, that are more than one server
	status     int              // of the last program that ran to its end
}

// background is an ssh command that a script left running.
type background struct {
	*house.Process
	out, err *house.Transcript
}

type stageKey struct{}

func setUp(env *testscript.Env, s *suite) error {
	patient, err := patience(os.Getenv("SEE_TIMEOUT"), 10*time.Second)
	if err != nil {
		return err
	}
	st := &stage{
		suite: s, dir: env.WorkDir, patient: patient,
		redis:      make(map[string]*house.Redis),
		replicas:   make(map[string]*house.Replica),
		people:     make(map[string]*house.Person),
		screens:    make(map[string]*house.Terminal),
		background: make(map[string]*background),
		shapes:     make(map[string]shape),
	}
	env.Values[stageKey{}] = st
	env.Defer(st.strike)
	if tb, ok := env.T().(testing.TB); ok {
		tb.Cleanup(func() { st.report(tb) })
	}
	return nil
}

// patience reads how long to wait; nothing means otherwise.
func patience(setting string, otherwise time.Duration) (time.Duration, error) {
	if setting == "" {
		return otherwise, nil
	}
	d, err := time.ParseDuration(setting)
	if err != nil {
		return 0, fmt.Errorf("reading how long to wait: %w", err)
	}
	return d, nil
}

// strike ends everything, people first, so that nobody logs the others' going.
func (st *stage) strike() {
	for _, t := range st.screens {
		t.Close()
	}
	for _, b := range st.background {
		b.Kill()
	}
	for _, r := range st.replicas {
		if r.Process != nil {
			r.Kill()
		}
	}
	for _, r := range st.redis {
		r.Kill()
	}
	for _, s := range st.shapes {
		s.Close()
	}
}

// report runs when the script's result is known: it fails one whose replicas
// raced, and shows all screens and logs of one that failed.
func (st *stage) report(tb testing.TB) {
	for name, r := range st.replicas {
		if r.Raced() {
			tb.Errorf("the race detector complained in replica %s", name)
		}
	}
	if !tb.Failed() {
		return
	}
	for name, t := range st.screens {
		tb.Logf("screen %s:\n%s", name, t.Screen)
	}
	for name, b := range st.background {
		tb.Logf("ssh %s:\n%s%s", name, b.out, b.err)
	}
	for name, r := range st.replicas {
		tb.Logf("log of replica %s:\n%s", name, r.Log)
	}
	for name, r := range st.redis {
		tb.Logf("log of redis %s:\n%s", name, r.Log)
	}
}

// within is a context that ends after d, or earlier where the test has to.
func (st *stage) within(d time.Duration) (context.Context, context.CancelFunc) {
	end := time.Now().Add(d)
	if end.After(st.suite.deadline) {
		end = st.suite.deadline
	}
	return context.WithDeadline(context.Background(), end)
}

// person is somebody by name, who is made where there is none yet.
func (st *stage) person(name string) (*house.Person, error) {
	if p, ok := st.people[name]; ok {
		return p, nil
	}
	ctx, cancel := st.within(st.patient)
	defer cancel()
	p, err := house.NewPerson(ctx, filepath.Join(st.dir, ".people"), name)
	if err == nil {
		st.people[name] = p
	}
	return p, err
}

// find looks a thing up by the name that the script gave it.
func find[T any](things map[string]T, kind, name string) (T, error) {
	thing, ok := things[name]
	if !ok {
		return thing, fmt.Errorf("there is no %s named %q", kind, name)
	}
	return thing, nil
}
