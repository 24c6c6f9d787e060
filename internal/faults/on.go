//go:build faults

package faults

import (
	"os"
	"path/filepath"
	"strings"
)

// On says that faults can be injected.
const On = true

// At panics where the folder $FAULTS has a file named after the place whose
// text, which may be empty, is in about. It takes the file away: one file is
// one panic, and a file that is gone is one that happened.
func At(place, about string) {
	dir := os.Getenv("FAULTS")
	if dir == "" {
		return
	}
	file := filepath.Join(dir, place)
	wanted, err := os.ReadFile(file)
	if err != nil || !strings.Contains(about, string(wanted)) {
		return
	}
	if os.Remove(file) == nil {
		panic("injected: " + place)
	}
}
