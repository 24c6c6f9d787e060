// Package recent keeps what is dear to make and asked for again and again.
package recent

import "sync"

// Cache keeps values that were asked for lately, of at least the size that it
// is made for and at most twice that. Its methods may be called from many
// goroutines.
type Cache[K comparable, V any] struct {
	most int
	size func(K, V) int

	mu     sync.Mutex
	lately map[K]V
	before map[K]V // what was lately before that
	held   int     // the size of lately
}

// New makes a cache for so many of what size counts.
func New[K comparable, V any](most int, size func(K, V) int) *Cache[K, V] {
	return &Cache[K, V]{most: most, size: size, lately: map[K]V{}}
}

// Get gives the value of a key, which make is asked for where it is not known.
// Two that ask at once may both make it.
func (c *Cache[K, V]) Get(key K, make func() V) V {
	if v, ok := c.Find(key); ok {
		return v
	}
	v := make()
	c.Keep(key, v)
	return v
}

// Keep has a key be of a value from now on.
func (c *Cache[K, V]) Keep(key K, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(key, v)
}

// Find gives the value of a key, if it is known.
func (c *Cache[K, V]) Find(key K) (v V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok = c.lately[key]; ok {
		return v, true
	}
	if v, ok = c.before[key]; ok {
		c.keep(key, v)
	}
	return v, ok
}

// keep remembers a value, and forgets those that nobody asked for lately. c.mu
// is held.
func (c *Cache[K, V]) keep(key K, v V) {
	if old, ok := c.lately[key]; ok {
		c.held -= c.size(key, old)
	}
	if c.held += c.size(key, v); c.held > c.most {
		c.before, c.lately, c.held = c.lately, map[K]V{}, c.size(key, v)
	}
	c.lately[key] = v
}
