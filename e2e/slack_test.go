package e2e

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"testing"
)

// TestTimersMayBeLate: the program has the system wake it less often, and is the
// same process as before.
func TestTimersMayBeLate(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("timers have no slack here")
	}
	w := newGround(t)
	w.build()
	w.startRedis()
	w.startReplica()
	for name, want := range map[string]string{"timerslack_ns": "1000000", "comm": "teahouse"} {
		got, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", w.replicas[0].Pid(), name))
		if errors.Is(err, fs.ErrPermission) {
			t.Logf("who is not root may not see %s", name)
			continue
		}
		w.must(err)
		if strings.TrimSpace(string(got)) != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}
