package embedded

import (
	"bytes"
	"context"
	"log/slog"
	"regexp"
	"strings"
	"sync"
)

const (
	// keptLines is how much of the child's last words an error repeats.
	keptLines = 8
	// maxOutputLine bounds what is kept of a line without an end.
	maxOutputLine = 4 << 10
)

// output takes what the child writes, line by line, into the log, and keeps
// the last lines for the error that tells why it ended.
type output struct {
	log  *slog.Logger
	line *regexp.Regexp

	mu      sync.Mutex
	partial []byte
	last    []string
	serving bool
}

func newOutput(log *slog.Logger) *output {
	// "3803:M 22 Nov 2026 04:48:03.161 # Server initialized"
	line := regexp.MustCompile(`^\d+:[A-Z] .*?\d\d:\d\d:\d\d\.\d+ ([.*#-]) (.*)$`)
	return &output{log: log, line: line}
}

// Write takes any part of the output; it never fails.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.partial = append(o.partial, p...)
	for {
		line, rest, found := bytes.Cut(o.partial, []byte("\n"))
		if !found && len(line) < maxOutputLine {
			return len(p), nil
		}
		o.take(strings.TrimSpace(string(line)))
		o.partial = append(o.partial[:0], rest...)
	}
}

// take logs one line and keeps it. The caller holds mu.
func (o *output) take(line string) {
	if line == "" {
		return
	}
	o.last = append(o.last, line)
	if len(o.last) > keptLines {
		o.last = o.last[1:]
	}
	mark, text := "", line
	if parts := o.line.FindStringSubmatch(line); parts != nil {
		mark, text = parts[1], parts[2]
	}
	o.log.Log(context.Background(), o.level(mark, text), text)
}

// level finds the warnings. While it starts and ends, Redis marks everything
// "#", its banner and its good-bye too; only there the wording decides.
func (o *output) level(mark, text string) slog.Level {
	if strings.Contains(text, "vm.overcommit_memory") {
		// It is about forks of Redis's that need as much memory again, which
		// a chat's few megabytes do not run into, and would be the first that
		// everybody reads.
		return slog.LevelDebug
	}
	if mark == "#" && (o.serving || strings.Contains(strings.ToLower(text), "warning")) {
		return slog.LevelWarn
	}
	return slog.LevelDebug
}

// setServing tells that the child has started, or is about to be stopped.
func (o *output) setServing(serving bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.serving = serving
}

// lastLines is the end of what the child wrote, for an error.
func (o *output) lastLines() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	lines := o.last
	if rest := strings.TrimSpace(string(o.partial)); rest != "" {
		lines = append(lines[:len(lines):len(lines)], rest)
	}
	if len(lines) == 0 {
		return "it wrote nothing"
	}
	return "its last lines:\n\t" + strings.Join(lines, "\n\t")
}
