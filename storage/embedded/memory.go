package embedded

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// agePeriod is how often keys in memory grow older, and by how much one may
// expire too early. A key expires on time with miniredis's own clock, but that
// visits every key at every command.
const agePeriod = 100 * time.Millisecond

// memory is Redis within this process; all it holds ends with it.
type memory struct {
	redis    *miniredis.Miniredis
	password string

	quit  chan struct{}
	aging sync.WaitGroup
	lost  chan struct{} // never closed: it cannot end alone
}

// startMemory serves on a port of the loopback interface. The password keeps
// out everyone else on this machine.
func startMemory() (*memory, error) {
	m := &memory{
		redis:    miniredis.NewMiniRedis(),
		password: rand.Text(),
		quit:     make(chan struct{}),
		lost:     make(chan struct{}),
	}
	m.redis.RequireAuth(m.password)
	if err := m.redis.Start(); err != nil {
		return nil, fmt.Errorf("starting Redis in memory: %w", err)
	}
	m.aging.Go(m.age)
	return m, nil
}

// age makes keys expire: in miniredis time passes only when told.
func (m *memory) age() {
	tick := time.NewTicker(agePeriod)
	defer tick.Stop()
	for last := time.Now(); ; {
		select {
		case <-m.quit:
			return
		case <-tick.C:
			// Measured, not counted: a busy machine skips ticks.
			now := time.Now()
			m.redis.FastForward(now.Sub(last))
			last = now
		}
	}
}

func (m *memory) URL() string {
	address := url.URL{Scheme: "redis", User: url.UserPassword("", m.password), Host: m.redis.Addr()}
	return address.String()
}

func (m *memory) Name() string            { return "memory" }
func (m *memory) Durable() bool           { return false }
func (m *memory) Exited() <-chan struct{} { return m.lost }
func (m *memory) Err() error              { return nil }

func (m *memory) stop() error {
	close(m.quit)
	m.aging.Wait()
	m.redis.Close()
	return nil
}
