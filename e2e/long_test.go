//go:build long

package e2e

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"teahouse/e2e/house"
)

// TestLongScripts runs what takes minutes: outages, deaths and time-outs.
func TestLongScripts(t *testing.T) {
	runScripts(t, nil, testscript.Params{Dir: "testdata/long"})
}

func onCluster(ctx context.Context, dir string, ports *house.Ports) (shape, error) {
	return house.StartCluster(ctx, dir, ports)
}

func onSentinels(ctx context.Context, dir string, ports *house.Ports) (shape, error) {
	return house.StartSentinels(ctx, dir, ports)
}

// TestLongShapes runs all that there is about people and commands on a Redis of
// several servers. What befalls such a Redis itself is in failover_test.go.
func TestLongShapes(t *testing.T) {
	scripts := testscript.Params{Files: shapeless(t)}
	for name, start := range map[string]starter{"cluster": onCluster, "sentinel": onSentinels} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runScripts(t, start, scripts)
			for name, test := range map[string]func(*testing.T, starter){
				"OneNewKeyAtOnce": oneNewKeyAtOnce, "OneNameForManyKeys": oneNameForManyKeys,
				"CrowdPosts": crowdPosts, "IdenticalLines": identicalLines,
			} {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					test(t, start)
				})
			}
		})
	}
}

// shapeless lists the scripts that mean the same whatever Redis there is.
func shapeless(t *testing.T) []string {
	t.Helper()
	scripts, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	long, err := filepath.Glob("testdata/long/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(append(scripts, long...), func(path string) bool {
		switch filepath.Base(path) {
		case "bad_settings.txtar", "bad_start.txtar", "check.txtar": // start no chat; storage/wrong_long_test.go has the shapes' own mistakes
		case "harness.txtar": // no chat either
		case "restart.txtar", "host_keys_own.txtar": // the Redis that teahouse starts itself
		case "redis_outage.txtar", "dumb_outage.txtar", "health.txtar", "page.txtar", "silent_log.txtar":
			// They stop one server; of several another takes over.
		default:
			return false
		}
		return true
	})
}
