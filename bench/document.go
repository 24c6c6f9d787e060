package main

import (
	"fmt"
	"os"
	"strings"
)

// document is where the figures are kept, and the plots beside it.
const document = "docs/performance.md"

// keep puts a text between the marks of its name in a file. What stands around
// them is written by people.
func keep(path, name, text string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("keeping the figures: %w", err)
	}
	now, err := between(string(old), name, text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := os.WriteFile(path, []byte(now), 0o644); err != nil {
		return fmt.Errorf("keeping the figures: %w", err)
	}
	return nil
}

// between replaces what stands between two marks.
func between(old, name, text string) (string, error) {
	begin, end := "<!-- bench: "+name+" -->\n", "<!-- bench: end of "+name+" -->\n"
	before, rest, found := strings.Cut(old, begin)
	_, after, ends := strings.Cut(rest, end)
	if !found || !ends {
		return "", fmt.Errorf("there is no place for %s: the marks %q and %q are missing", name, begin, end)
	}
	return before + begin + "\n" + strings.Trim(text, "\n") + "\n\n" + end + after, nil
}
