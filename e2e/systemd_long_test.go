//go:build long

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestLongUnits has systemd look at the units.
func TestLongUnits(t *testing.T) {
	m := newGround(t)
	m.build()
	var units []string
	for _, name := range []string{"teahouse.service", "teahouse.socket"} {
		text, err := os.ReadFile("../docs/deploy/" + name)
		m.must(err)
		unit := filepath.Join(m.dir, name)
		m.must(os.WriteFile(unit, []byte(strings.ReplaceAll(string(text), "/usr/local/bin/teahouse", m.program)), 0o600))
		units = append(units, unit)
	}
	for _, args := range [][]string{
		append([]string{"verify", "--man=no"}, units...),
		{"security", "--offline=true", "--threshold=15", units[0]},
	} {
		out, err := exec.CommandContext(m.ctx, "systemd-analyze", args...).CombinedOutput()
		if err != nil || args[0] == "verify" && strings.Contains(string(out), m.dir) {
			t.Errorf("systemd-analyze %s: %v\n%s", args[0], err, out)
		}
	}
}
