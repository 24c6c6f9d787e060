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
	goleak.VerifyTestMain(m,
		// Toxiproxy leaves what was on its way through a toxic behind when a
		// connection ends; only the long tests use it.
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"),
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/stream.(*ChanWriter).Write"),
	)
}

func TestScripts(t *testing.T) {
	runScripts(t, nil, testscript.Params{Dir: "testdata"})
}

// shape is a Redis of several servers.
type shape interface {
	URL() string
	Close()
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
	// shape, where it is set, starts what scripts get for a Redis.
	shape func(ctx context.Context, dir string, ports *house.Ports) (shape, error)
}

// runScripts runs the scripts that p names.
func runScripts(t *testing.T, shaped func(context.Context, string, *house.Ports) (shape, error), p testscript.Params) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "teahouse")
	s := &suite{shape: shaped, deadline: deadline(t), program: sync.OnceValues(func() (string, error) {
		return out, house.Build(context.Background(), out, raced)
	})}
	p.Cmds = commands()
	p.Setup = func(env *testscript.Env) error { return setUp(env, s) }
	p.RequireUniqueNames = true
	testscript.Run(t, p)
}

// deadline is a little before the tests' own.
func deadline(t *testing.T) time.Time {
	if end, ok := t.Deadline(); ok {
		return end.Add(-10 * time.Second)
	}
	return time.Now().Add(24 * time.Hour)
}
