// Package e2e drives the built program with the real ssh client, as scripts:
// see testdata/*.txtar, and verbs_test.go for the words they may use beside
// those of testscript. What a script starts ends with it.
package e2e

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"teahouse/e2e/house"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func TestScripts(t *testing.T) {
	runScripts(t, "testdata")
}

// suite is what all scripts of a run share.
type suite struct {
	ports house.Ports
	// deadline is when a script has to give up so that it can still put away
	// what it started: go test's own end of time leaves nobody to do it.
	deadline time.Time
	// program builds the program when it is first asked for, so that the
	// harness's own script runs without one, and returns the built file.
	program func() (string, error)
}

func runScripts(t *testing.T, dir string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "teahouse")
	s := &suite{deadline: deadline(t), program: sync.OnceValues(func() (string, error) {
		return out, house.Build(context.Background(), out, raced)
	})}
	testscript.Run(t, testscript.Params{
		Dir:                dir,
		Cmds:               commands(),
		Setup:              func(env *testscript.Env) error { return setUp(env, s) },
		RequireUniqueNames: true,
	})
}

// deadline is a little before the tests' own.
func deadline(t *testing.T) time.Time {
	if end, ok := t.Deadline(); ok {
		return end.Add(-10 * time.Second)
	}
	return time.Now().Add(24 * time.Hour)
}
