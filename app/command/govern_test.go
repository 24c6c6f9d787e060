package command

import (
	"testing"
	"time"
)

func TestParseSlow(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"off": 0, "0": 0, "30": 30 * time.Second, "30s": 30 * time.Second, "1h30m": 90 * time.Minute, "1500ms": time.Second,
		"soon": -1, "": -1, "-5": -1, "-5s": -1, "99999999": -1, "1e9h": -1,
	} {
		got, ok := parseSlow(text)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
