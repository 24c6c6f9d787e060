package ui_test

import (
	"slices"
	"testing"

	"teahouse/app/chat"
	"teahouse/app/ui/theme"
)

// TestThemesCanBeChosen: the themes that there are, and those that people may
// set, are the same.
func TestThemesCanBeChosen(t *testing.T) {
	setting, err := chat.FindSetting("theme")
	must(t, err)
	words, names := slices.Sorted(slices.Values(setting.Words)), slices.Sorted(slices.Values(theme.Names()))
	if !slices.Equal(words, names) {
		t.Errorf("one may set %q, and there are %q", words, names)
	}
}
