//go:build long

package e2e

import "testing"

// TestLongHostileTexts is TestHostileTexts with each text in every way.
func TestLongHostileTexts(t *testing.T) { giveHostileTexts(t, 1) }
