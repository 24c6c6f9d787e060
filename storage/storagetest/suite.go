package storagetest

import "testing"

// Run holds the Redis of the house to every promise of chat.Store.
func Run(t *testing.T, h *House) {
	suite := map[string]map[string]func(*testing.T, *House){
		"accounts":   accounts(),
		"rooms":      rooms(),
		"private":    private(),
		"doors":      doors(),
		"offices":    offices(),
		"order":      order(),
		"pins":       pins(),
		"log":        logs(),
		"changes":    changes(),
		"presence":   presence(),
		"personal":   personal(),
		"forgetting": forgetting(),
		"wire":       wire(),
		"archives":   archives(),
		"examined":   examinations(),
	}
	for part, promises := range suite {
		t.Run(part, func(t *testing.T) {
			for promise, check := range promises {
				t.Run(promise, func(t *testing.T) {
					h.Flush(t)
					check(t, h)
				})
			}
		})
	}
}
