//go:build long

package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"teahouse/e2e/house"
)

// TestLongReadReplica: a replica of teahouse reads from a Redis replica that is
// 80 ms behind. News and history come from one stream there: what has been
// shown is in history at that very moment.
func TestLongReadReplica(t *testing.T) {
	w := newGround(t)
	w.build()
	w.startRedis()
	far := w.startProxy(w.redis.Addr())
	copied := w.startCopy(far)
	w.Cleanup(far.poison("latency", `"latency":80`, "downstream"))
	w.startReplica("REDIS_URL="+w.redis.URL(), "MESSAGE_RATE=0")
	w.startReplica("REDIS_URL="+w.redis.URL(), "REDIS_READ_URL="+copied.URL(), "MESSAGE_RATE=0")
	tails := []*tail{w.tail("near", 0), w.tail("far", 1)}
	screen, reader := w.open("alice", 1), w.person("reader")

	for i := 1; i <= 20; i++ {
		text := fmt.Sprint("mine ", i)
		w.must(screen.Type(text + "\r"))
		w.must(w.sees(screen, text))
		w.must(tails[1].await(w.ctx, i))
		newest := w.ssh(reader, 1, "", "history", "general", "-n", "1", "--json")
		var m struct{ ID int }
		w.must(json.Unmarshal([]byte(newest), &m))
		if m.ID < i {
			t.Fatalf("message %d was shown, and history ends with %d", i, m.ID)
		}
	}
	confirmed := func(rows []house.Row) bool {
		for _, r := range rows {
			if strings.Contains(r.Text, "mine") && strings.Contains(r.Text, "…") {
				return false
			}
		}
		return true
	}
	w.must(screen.Await(w.ctx, 0, confirmed))
	w.must(w.whole(tails, 20))
}

// startCopy starts a Redis replica of what is behind the proxy and waits until
// it has caught up.
func (w *town) startCopy(of *proxy) *house.Redis {
	host, port, _ := strings.Cut(of.Listen, ":")
	r, err := house.StartRedis(w.ctx, w.folder("copy"), w.port(), "--replicaof", host+" "+port)
	w.must(err)
	w.Cleanup(func() { r.Kill() })
	w.must(house.Await(w.ctx, r.Done(), 0, func() bool {
		info, err := r.Do(w.ctx, "INFO", "replication")
		return err == nil && strings.Contains(info, "master_link_status:up")
	}))
	return r
}
