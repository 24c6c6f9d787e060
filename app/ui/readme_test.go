package ui

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestReadmeTellsOfAllKeys: what the help lists stands in the README, too.
func TestReadmeTellsOfAllKeys(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "\n| key | |\n")
	if !found {
		t.Fatal("the README has no table of keys")
	}
	table, _, _ = strings.Cut(table, "\n\n")
	told := strings.FieldsFunc(table, func(r rune) bool { return strings.ContainsRune(" ,;|`\n", r) })
	for _, section := range keySections() {
		for _, line := range section.Lines {
			for _, key := range strings.Fields(line[0]) {
				if long := strings.Replace(key, "^", "Ctrl+", 1); !slices.Contains(told, long) {
					t.Errorf("the README lacks %s: %s", long, line[1])
				}
			}
		}
	}
}
