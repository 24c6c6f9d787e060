//go:build long

package e2e

import "testing"

// TestLongScripts runs what takes minutes: outages, deaths and time-outs.
func TestLongScripts(t *testing.T) {
	runScripts(t, "testdata/long")
}
