package chat

import (
	"slices"
	"testing"
	"time"
)

// TestWhenItIsToldThatSomebodyTypes has keys come at times, in seconds, and tells
// at which of them it is told to others.
func TestWhenItIsToldThatSomebodyTypes(t *testing.T) {
	for name, c := range map[string]struct{ keys, told []float64 }{
		"sent at once":         {keys: []float64{0, .01, .02}},
		"a few keys":           {keys: []float64{0, .2, .4, .6}, told: []float64{.4}},
		"a pause":              {keys: []float64{0, 2}, told: []float64{2}},
		"a long pause":         {keys: []float64{0, 7, 7.1, 7.5}, told: []float64{7.5}},
		"on and on":            {keys: []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, told: []float64{1, 5, 9}},
		"on after a long rest": {keys: []float64{0, 1, 20, 20.1, 21}, told: []float64{1, 21}},
	} {
		st, began := &seat{}, time.Now()
		var told []float64
		for _, key := range c.keys {
			now := began.Add(time.Duration(key * float64(time.Second)))
			if st.types(now) {
				st.told = now
				told = append(told, key)
			}
		}
		if !slices.Equal(told, c.told) {
			t.Errorf("%s: told at %v", name, told)
		}
	}
}
