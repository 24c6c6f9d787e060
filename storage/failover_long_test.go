//go:build long

package storage_test

import (
	"context"
	"testing"
	"time"

	"teahouse/app/chat"
	"teahouse/e2e/house"
)

// margin is how much longer than those who decide on a new primary the chat
// may take until messages are posted and heard again.
const margin = 5 * time.Second

// mayBeLost is how far behind its primary a replica may be: what was
// acknowledged that shortly before the primary died may be lost with it.
const mayBeLost = time.Second

func TestLongSentinelFailover(t *testing.T) {
	for what, fault := range map[string]func(*testing.T, *house.Sentinels){
		"the primary is killed": func(_ *testing.T, s *house.Sentinels) { s.Servers[0].Kill() },
		"the primary hangs":     func(t *testing.T, s *house.Sentinels) { pause(t, s.Servers[0]) },
		// As where both run on one machine.
		"the primary hangs, and the sentinel that is asked": func(t *testing.T, s *house.Sentinels) {
			pause(t, s.Servers[0])
			pause(t, s.Sentinels[0])
		},
	} {
		t.Run(what, func(t *testing.T) { sentinelFailover(t, fault) })
	}
}

func pause(t *testing.T, r *house.Redis) {
	t.Helper()
	if err := r.Pause(); err != nil {
		t.Fatal(err)
	}
}

func sentinelFailover(t *testing.T, fault func(*testing.T, *house.Sentinels)) {
	s := sentinels(t)
	h := visitSentinels(t, s)
	// This sentinel is asked as long as it answers; of the others it tells.
	h.URL = "redis+sentinel://" + s.Sentinels[0].Addr() + "/" + house.SentinelMaster
	posts, hears := h.Open(t), h.Open(t)
	tr := startTraffic(t, posts, hears, "1", "2")

	began := time.Now()
	fault(t, s)
	decided := awaitPrimary(t, s, s.Servers[0])
	posted, heard := tr.news(began)
	t.Logf("decided after %s, then posted after %s, heard after %s",
		decided.Sub(began), posted.Sub(decided), heard.Sub(decided))
	if late := max(posted.Sub(decided), heard.Sub(decided)); late > margin {
		t.Errorf("it took %s longer than the sentinels did", late)
	}
	all, lost := tr.verify(posts, began.Add(-mayBeLost), began.Add(margin/10))
	t.Logf("%d posts, %d lost with the primary; the listener was told %v", all, lost, tr.turns)
}

// awaitPrimary waits until the sentinels have another primary.
func awaitPrimary(t *testing.T, s *house.Sentinels, old *house.Redis) time.Time {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := house.Await(ctx, nil, 0, func() bool {
		now, err := s.Primary(ctx)
		return err == nil && now != old
	})
	if err != nil {
		t.Fatal(err)
	}
	return time.Now()
}

// manyRooms lie in the slots of all primaries.
var manyRooms = []chat.RoomID{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}

func TestLongClusterFailover(t *testing.T) {
	for what, fault := range map[string]func(*testing.T, *house.Redis){
		"a primary is killed": func(_ *testing.T, r *house.Redis) { r.Kill() },
		"a primary hangs":     pause,
	} {
		t.Run(what, func(t *testing.T) {
			c := cluster(t)
			h := visitCluster(t, c)
			posts := h.Open(t)
			tr := startTraffic(t, posts, h.Open(t), manyRooms...)

			began := time.Now()
			fault(t, c.Nodes[0])
			if err := c.Served(t.Context(), c.Nodes[3]); err != nil {
				t.Fatal(err)
			}
			decided := time.Now()
			posted, heard := tr.news(began)
			t.Logf("decided after %s, then posted after %s, heard after %s",
				decided.Sub(began), posted.Sub(decided), heard.Sub(decided))
			if late := max(posted.Sub(decided), heard.Sub(decided)); late > margin {
				t.Errorf("it took %s longer than the cluster did", late)
			}
			all, lost := tr.verify(posts, began.Add(-mayBeLost), began.Add(margin/10))
			t.Logf("%d posts, %d lost with the primary; the listener was told %v", all, lost, tr.turns)
		})
	}
}
