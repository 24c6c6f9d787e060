//go:build long

package storage_test

import (
	"context"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

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
	tr.more(50)
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
			tr.more(50)
			all, lost := tr.verify(posts, began.Add(-mayBeLost), began.Add(margin/10))
			t.Logf("%d posts, %d lost with the primary; the listener was told %v", all, lost, tr.turns)
		})
	}
}

// TestLongSlotsMove has the slots of rooms go from one primary to another, as
// operators do it, while people write there. Nothing may be lost and nobody
// told that Redis is away.
func TestLongSlotsMove(t *testing.T) {
	c := cluster(t)
	h := visitCluster(t, c)
	posts := h.Open(t)
	tr := startTraffic(t, posts, h.Open(t), manyRooms...)
	for _, room := range manyRooms {
		from, to, slot := route(t, h.Redis.(*redis.ClusterClient), c, "room:{"+string(room)+"}")
		if from == to {
			continue
		}
		began := time.Now()
		migrate(t, c, slot, from, to)
		moved := time.Now()
		posted, heard := tr.news(moved)
		t.Logf("room %s moved in %s, then posted after %s, heard after %s",
			room, moved.Sub(began), posted.Sub(moved), heard.Sub(moved))
		if late := heard.Sub(moved); late > 2*time.Second {
			t.Errorf("room %s was deaf for %s", room, late)
		}
	}
	tr.more(50)
	all, lost := tr.verify(posts, time.Time{}, time.Time{})
	t.Logf("%d posts, %d lost; the listener was told %v", all, lost, tr.turns)
	if len(tr.turns) != 1 {
		t.Errorf("the listener was told %v", tr.turns)
	}
}

// route tells who serves a key, a primary that shall, and the key's slot.
func route(t *testing.T, client *redis.ClusterClient, c *house.Cluster, key string) (from, to *house.Redis, slot string) {
	t.Helper()
	n, err := client.ClusterKeySlot(t.Context(), key).Result()
	if err != nil {
		t.Fatal(err)
	}
	node, err := client.MasterForKey(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range c.Nodes[:3] {
		if r.Addr() == node.Options().Addr {
			from = r
		}
	}
	return from, c.Nodes[0], strconv.FormatInt(n, 10)
}

// migrate moves a slot with all its keys.
func migrate(t *testing.T, c *house.Cluster, slot string, from, to *house.Redis) {
	t.Helper()
	do := func(r *house.Redis, args ...string) string {
		answer, err := r.Do(t.Context(), args...)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	source, target := strings.TrimSpace(do(from, "CLUSTER", "MYID")), strings.TrimSpace(do(to, "CLUSTER", "MYID"))
	do(to, "CLUSTER", "SETSLOT", slot, "IMPORTING", source)
	do(from, "CLUSTER", "SETSLOT", slot, "MIGRATING", target)
	for {
		keys := strings.Fields(do(from, "CLUSTER", "GETKEYSINSLOT", slot, "100"))
		if len(keys) == 0 {
			break
		}
		host, port, err := net.SplitHostPort(to.Addr())
		if err != nil {
			t.Fatal(err)
		}
		do(from, append([]string{"MIGRATE", host, port, "", "0", "5000", "KEYS"}, keys...)...)
	}
	do(to, "CLUSTER", "SETSLOT", slot, "NODE", target)
	do(from, "CLUSTER", "SETSLOT", slot, "NODE", target)
}
