package ui_test

import (
	"fmt"
	"runtime"
	"testing"

	"teahouse/app/chat"
	"teahouse/app/ui"
)

// TestThoseWhoDoNotReadHoldUpNobody has more clients stop reading than there are
// goroutines that draw for all of them.
func TestThoseWhoDoNotReadHoldUpNobody(t *testing.T) {
	svc := newChat(t)
	shared := ui.NewShared(nil)
	share := func(o *ui.Options) { o.Shared = shared }
	bob := userOf(t, svc, "bob")
	reads := sit(t, svc, userOf(t, svc, "alice"), 80, 24, share)
	reads.sees("message #general")
	still := make([]*seat, 3*runtime.GOMAXPROCS(0))
	for i := range still {
		still[i] = sit(t, svc, userOf(t, svc, fmt.Sprint("still", i)), 80, 24, share)
		still[i].sees("message #general")
		still[i].gate.shut()
	}
	for i := range 20 {
		post(t, svc, bob, chat.General, fmt.Sprint("said ", i))
		reads.sees(fmt.Sprint("said ", i))
	}
	for _, s := range still {
		s.gate.reopen()
		s.sees("said 19")
	}
}
