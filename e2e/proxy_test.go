//go:build long

package e2e

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"teahouse/app/chat"
	"teahouse/storage"
)

// proxy stands between a replica and Redis and does what networks do.
type proxy struct {
	*toxiproxy.Proxy
	w *town
}

// startProxy forwards a port of its own to addr.
func (w *town) startProxy(addr string) *proxy {
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p := toxiproxy.NewProxy(server, "redis", "127.0.0.1:0", addr) // any port that is free now
	w.must(p.Start())
	w.Cleanup(p.Stop)
	return &proxy{Proxy: p, w: w}
}

func (p *proxy) url() string { return "redis://" + p.Listen }

// poison puts toxics of a kind on the connections that there are and on new
// ones, until the returned function takes them away.
func (p *proxy) poison(kind, attributes string, streams ...string) (cure func()) {
	for _, s := range streams {
		text := fmt.Sprintf(`{"name":%q,"type":%q,"stream":%q,"attributes":{%s}}`, s, kind, s, attributes)
		_, err := p.Toxics.AddToxicJson(strings.NewReader(text))
		p.w.must(err)
	}
	return func() {
		for _, s := range streams {
			p.w.must(p.Toxics.RemoveToxic(context.Background(), s))
		}
	}
}

// TestLongOneReplicaCutOff: what happens between one replica and Redis is that
// replica's alone, and is made good when it is over.
func TestLongOneReplicaCutOff(t *testing.T) {
	t.Parallel() // most of it is waiting
	bothWays(t, func(w *town) error {
		w.startRedis()
		p := w.startProxy(w.redis.Addr())
		for _, url := range []string{p.url(), w.redis.URL()} {
			w.startReplica("REDIS_URL="+url, "MESSAGE_RATE=0", "LOG_LEVEL=error")
		}
		tails := []*tail{w.tail("far", 0), w.tail("near", 1)}
		quiet, err := w.timed(tails[1], "quiet", 0)
		if err != nil {
			return err
		}
		both := []string{"upstream", "downstream"}
		for i, toxic := range []struct {
			name, kind, attributes string
			streams                []string
		}{
			{"half open", "timeout", `"timeout":0`, both},
			{"300 ms late", "latency", `"latency":300`, both},
			{"resets", "reset_peer", `"timeout":100`, both},
			{"1 KiB a second", "bandwidth", `"rate":1`, both},
		} {
			cure := p.poison(toxic.kind, toxic.attributes, toxic.streams...)
			took, err := w.timed(tails[1], fmt.Sprint("toxic", i), i+1)
			if err != nil {
				return fmt.Errorf("%s: the other replica: %w", toxic.name, err)
			}
			// Long enough for a deaf subscription to have been found.
			w.must(w.wait(7 * time.Second))
			cure()
			over := time.Now()
			err = w.whole(tails, (i+2)*timedPosts)
			w.Logf("%s: %d posts at the other replica took %.2f of what they take in peace; all whole %s after the end",
				toxic.name, timedPosts, took.Seconds()/quiet.Seconds(), time.Since(over).Round(time.Millisecond))
			if err != nil {
				return fmt.Errorf("%s: %w", toxic.name, err)
			}
		}
		return nil
	})
}

const timedPosts = 200

// timed posts at the second replica and tells how long it took until its
// follower had seen all, rounds of posts before included.
func (w *town) timed(near *tail, name string, rounds int) (time.Duration, error) {
	w.person(name) // making the key is not what is timed
	began := time.Now()
	if err := w.post(name, 1, timedPosts); err != nil {
		return 0, err
	}
	ctx, cancel := w.soon()
	defer cancel()
	err := near.await(ctx, (rounds+1)*timedPosts)
	return time.Since(began), err
}

// TestLongAnswerLost: Redis has posted, but its answer does not come through.
// The same draft again, three times, is the same message; the control gives
// each try a key of its own.
func TestLongAnswerLost(t *testing.T) {
	t.Parallel() // most of it is waiting
	for _, sameKey := range []bool{true, false} {
		t.Run(fmt.Sprintf("sameKey=%t", sameKey), func(t *testing.T) {
			w := newGround(t)
			w.startRedis()
			p := w.startProxy(w.redis.Addr())
			store, err := storage.Open(w.ctx, storage.Options{
				URL: p.url(), HistoryLimit: 100, Patience: 5 * time.Second, Log: quietLog(),
			})
			w.must(err)
			t.Cleanup(func() { w.must(store.Close()) })
			draft := chat.Draft{Key: "first", Room: chat.General, From: 1, Name: "alice", Body: "once"}

			cure := p.poison("timeout", `"timeout":0`, "downstream")
			_, err = store.Post(w.ctx, draft)
			if chat.ErrorCode(err) != chat.CodeUnavailable {
				t.Fatalf("the answer was lost, and Post says %v", err)
			}
			cure()
			var ids []chat.MessageID
			for i := range 3 {
				if !sameKey {
					draft.Key = fmt.Sprint("another", i)
				}
				m, err := w.postAgain(store, draft)
				w.must(err)
				ids = append(ids, m.ID)
			}
			stored := len(w.stored())
			t.Logf("answered with %v, %d stored", ids, stored)
			if once := stored == 1 && ids[2] == 1; once != sameKey {
				t.Errorf("%d messages are stored", stored)
			}
		})
	}
}

// postAgain posts as soon as the way to Redis is open again.
func (w *town) postAgain(store *storage.Store, d chat.Draft) (*chat.Message, error) {
	ctx, cancel := context.WithTimeout(w.ctx, 20*time.Second)
	defer cancel()
	for {
		m, err := store.Post(ctx, d)
		if chat.ErrorCode(err) != chat.CodeUnavailable || ctx.Err() != nil {
			return m, err
		}
	}
}

// TestLongPortIsProxied guards the tests above: a proxy that is not in the way
// would let all of them pass.
func TestLongPortIsProxied(t *testing.T) {
	t.Parallel() // most of it is waiting
	w := newGround(t)
	w.startRedis()
	p := w.startProxy(w.redis.Addr())
	if _, port, _ := net.SplitHostPort(p.Listen); port == fmt.Sprint(w.redis.Port) {
		t.Error("the proxy listens where Redis does")
	}
}
