//go:build long

package e2e

import (
	"context"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"teahouse/e2e/house"
)

// TestLongScripts runs what takes minutes: outages, deaths and time-outs.
func TestLongScripts(t *testing.T) {
	runScripts(t, nil, testscript.Params{Dir: "testdata/long"})
}

// TestLongShapes runs the scripts of people and commands on a Redis of several
// servers. The other scripts are about one server, or none.
func TestLongShapes(t *testing.T) {
	scripts := testscript.Params{Files: []string{
		"testdata/across.txtar", "testdata/commands.txtar", "testdata/identity.txtar", "testdata/two_people.txtar",
	}}
	t.Run("cluster", func(t *testing.T) {
		runScripts(t, func(ctx context.Context, dir string, ports *house.Ports) (shape, error) {
			return house.StartCluster(ctx, dir, ports)
		}, scripts)
	})
	t.Run("sentinel", func(t *testing.T) {
		runScripts(t, func(ctx context.Context, dir string, ports *house.Ports) (shape, error) {
			return house.StartSentinels(ctx, dir, ports)
		}, scripts)
	})
}
