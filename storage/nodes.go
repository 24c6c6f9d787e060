package storage

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// nodes tells which servers bring news. Each wants a connection of its own.
type nodes interface {
	// all lists them as they are now.
	all(ctx context.Context) ([]*redis.Client, error)
	// home gives the one that serves the channel, as far as is known.
	home(ctx context.Context, channel string) (*redis.Client, error)
	// probe names a channel of ours that the node serves.
	probe(ctx context.Context, node *redis.Client) (string, error)
	// sharded tells whether channels belong to slots.
	sharded() bool
}

func nodesOf(rdb redis.UniversalClient) nodes {
	if c, ok := rdb.(*redis.ClusterClient); ok {
		return shards{c}
	}
	// Sentinel's client is one of these as well: it asks at every dial where
	// the primary is.
	return lone{rdb.(*redis.Client)}
}

// lone is one server.
type lone struct{ *redis.Client }

func (n lone) all(context.Context) ([]*redis.Client, error)        { return []*redis.Client{n.Client}, nil }
func (n lone) home(context.Context, string) (*redis.Client, error) { return n.Client, nil }
func (n lone) probe(context.Context, *redis.Client) (string, error) {
	return "probe:" + rand.Text(), nil
}
func (n lone) sharded() bool { return false }

// shards are the primaries of a cluster.
type shards struct{ *redis.ClusterClient }

func (n shards) sharded() bool { return true }

func (n shards) all(ctx context.Context) ([]*redis.Client, error) {
	// One node that hangs must not keep the others' news waiting; the next
	// time another one is asked.
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var mu sync.Mutex
	var list []*redis.Client
	err := n.ForEachMaster(ctx, func(_ context.Context, node *redis.Client) error {
		mu.Lock()
		defer mu.Unlock()
		list = append(list, node)
		return nil
	})
	return list, err
}

func (n shards) home(ctx context.Context, channel string) (*redis.Client, error) {
	return n.MasterForKey(ctx, channel)
}

// probe tries names until one falls into a slot of the node. A node with one
// slot of all has it found but for once in three thousand times; then the
// caller tries again.
func (n shards) probe(ctx context.Context, node *redis.Client) (string, error) {
	own := rand.Text()
	for i := range 8 * 16384 {
		name := fmt.Sprintf("probe:{%s-%d}", own, i)
		home, err := n.home(ctx, name)
		if err != nil {
			return "", err
		}
		if home == node {
			return name, nil
		}
	}
	return "", fmt.Errorf("%s serves no slot", node.Options().Addr)
}
