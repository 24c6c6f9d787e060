package recent_test

import (
	"testing"

	"teahouse/internal/recent"
)

// maker counts what it makes.
type maker struct {
	*recent.Cache[int, string]
	made int
}

func (m *maker) get(key int) string {
	return m.Get(key, func() string { m.made++; return "some" })
}

func TestWhatIsAskedForStays(t *testing.T) {
	m := &maker{Cache: recent.New[int](40, func(_ int, s string) int { return len(s) })} // ten of them
	for i := range 100 {
		m.get(0)
		m.get(i % 3)
	}
	if m.made != 3 {
		t.Errorf("three things were made %d times", m.made)
	}
	for i := range 1000 {
		m.get(0)
		m.get(i)
	}
	if m.made != 1000 {
		t.Errorf("a thousand things, the first again and again, were made %d times", m.made)
	}
}

func TestWhatIsNotAskedForGoes(t *testing.T) {
	m := &maker{Cache: recent.New[int](40, func(_ int, s string) int { return len(s) })}
	for i := range 30 {
		m.get(i)
	}
	m.made = 0
	for i := range 30 {
		m.get(i)
	}
	if m.made < 10 {
		t.Errorf("of thirty things, where ten have room, only %d were made again", m.made)
	}
}

func TestWhatIsKeptAgainTakesNoMoreRoom(t *testing.T) {
	c := recent.New[int](40, func(_ int, s string) int { return len(s) })
	c.Keep(1, "cups")
	for range 1000 {
		c.Keep(2, "teas")
	}
	if v, ok := c.Find(1); !ok || v != "cups" {
		t.Errorf("of two things one is %q, %v", v, ok)
	}
}
