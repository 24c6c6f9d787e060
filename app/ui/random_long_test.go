//go:build long

package ui_test

import "testing"

// TestLongRandom is TestRandom with all the seeds that are promised.
func TestLongRandom(t *testing.T) { bustles(t, 1, 50) }
