package chat

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
)

// A panic in one of the hub's goroutines must not end the process.
func TestHubContainsPanics(t *testing.T) {
	var log bytes.Buffer
	h := newHub(context.Background(), nil, slog.New(slog.NewTextHandler(&log, nil)))
	h.spawn(func() { panic("spilt tea") })
	h.work.Wait()
	if !strings.Contains(log.String(), "spilt tea") {
		t.Errorf("the log says %q", log.String())
	}
}
