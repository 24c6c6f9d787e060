// Package e2e drives the built program with the real ssh client, as scripts:
// see testdata/*.txtar, and verbs_test.go for the words they may use beside
// those of testscript. What a script starts ends with it.
package e2e

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"teahouse/e2e/house"
)

func TestMain(m *testing.M) {
	// What go-redis says by itself of servers that are dead on purpose.
	logging.Disable()
	goleak.VerifyTestMain(m,
		goleak.Cleanup(func(code int) {
			programs.clear()
			os.Exit(code)
		}),
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
	Client() redis.UniversalClient
	Close()
}

// starter starts a shape. What it gives is to be closed, also with an error.
type starter func(ctx context.Context, dir string, ports *house.Ports) (shape, error)

// programs are the built programs of this run of the tests.
var programs workshop

// workshop builds each kind of program when it is first asked for. Its zero
// value is ready and may be used from many goroutines.
type workshop struct {
	mu    sync.Mutex
	dir   string
	built map[string]error // by the tags
}

// get gives the file of the program with build tags.
func (w *workshop) get(tags ...string) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.built == nil {
		dir, err := os.MkdirTemp("", "teahouse-e2e")
		if err != nil {
			return "", err
		}
		w.dir, w.built = dir, map[string]error{}
	}
	kind := strings.Join(append([]string{"teahouse"}, tags...), "-")
	out := filepath.Join(w.dir, kind)
	err, done := w.built[kind]
	if !done {
		err = errors.Join(dependOnSources(), house.Build(context.Background(), out, raced, tags...))
		w.built[kind] = err
	}
	return out, err
}

// dependOnSources has go test run these tests again when the program has
// changed: of what a test reads it knows the files that the test itself looks
// at, and not those that it builds.
func dependOnSources() error {
	return filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && entry.Name() != ".." {
			return fs.SkipDir
		}
		if name := entry.Name(); entry.Type().IsRegular() && !strings.HasSuffix(name, "_test.go") {
			_, err = os.Stat(path)
		}
		return err
	})
}

func (w *workshop) clear() {
	if w.dir != "" {
		_ = os.RemoveAll(w.dir) // a folder of the system's for what may be lost
	}
}

// suite is what all scripts of a run share.
type suite struct {
	ports house.Ports
	// deadline is when a script has to give up so that it can still put away
	// what it started: go test's own end of time leaves nobody to do it.
	deadline time.Time
	// shape, where it is set, starts what scripts get for a Redis.
	shape starter
}

// runScripts runs the scripts that p names.
func runScripts(t *testing.T, shaped starter, p testscript.Params) {
	t.Helper()
	s := &suite{shape: shaped, deadline: deadline(t)}
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
