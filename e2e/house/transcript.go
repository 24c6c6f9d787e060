package house

import (
	"bytes"
	"strings"
	"sync"
)

// Transcript collects what a program writes. It may be written and read at the
// same time; its zero value is empty and ready.
type Transcript struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write appends p and never fails.
func (t *Transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.Write(p)
}

// String is everything written so far.
func (t *Transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}

// Lines are those written so far that hold the text.
func (t *Transcript) Lines(text string) (found []string) {
	for line := range strings.Lines(t.String()) {
		if strings.Contains(line, text) {
			found = append(found, line)
		}
	}
	return found
}
