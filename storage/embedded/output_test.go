package embedded

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestRedisLinesReachTheLog(t *testing.T) {
	var log bytes.Buffer
	out := newOutput(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	say := func(text string) {
		t.Helper()
		for _, b := range []byte(text) { // the pipe cuts anywhere
			if _, err := out.Write([]byte{b}); err != nil {
				t.Fatal(err)
			}
		}
	}
	say("1:M 22 Nov 2026 04:48:03.161 # Server initialized\n")
	say("1:M 22 Nov 2026 04:48:03.161 # WARNING Memory overcommit must be enabled!\n\n")
	out.setServing(true)
	say("1:M 22 Nov 2026 04:48:03.161 * 100 changes\nplain\n1:M 22 Nov 2026 04:48:03.161 # Disk is full\nrest")

	want := []string{
		`level=DEBUG msg="Server initialized"`,
		`level=WARN msg="WARNING Memory overcommit must be enabled!"`,
		`level=DEBUG msg="100 changes"`,
		`level=DEBUG msg=plain`,
		`level=WARN msg="Disk is full"`,
	}
	got := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(got) != len(want) {
		t.Fatalf("the log holds %d lines:\n%s", len(got), log.String())
	}
	for i := range want {
		if !strings.HasSuffix(got[i], want[i]) {
			t.Errorf("line %d is %s, want %s", i, got[i], want[i])
		}
	}
	if last := out.lastLines(); !strings.HasSuffix(last, "Disk is full\n\trest") {
		t.Errorf("the last lines are %q", last)
	}
}

func TestOutputWithoutAnEndIsBounded(t *testing.T) {
	out := newOutput(slog.New(slog.DiscardHandler))
	for range 100 {
		if _, err := out.Write(bytes.Repeat([]byte("x"), 1000)); err != nil {
			t.Fatal(err)
		}
	}
	if kept := len(out.lastLines()); kept > (keptLines+1)*2*maxOutputLine {
		t.Errorf("%d bytes are kept", kept)
	}
}
