package house

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// ClusterPatience is how long a node may be silent before the others take it
// for dead.
const ClusterPatience = "1500" // milliseconds

// Slots is how many slots a cluster has.
const Slots = 16384

// Cluster is a Redis Cluster of three primaries with a replica each: the
// primaries are the first three of Nodes at the start, and the replica of
// Nodes[i] is Nodes[i+3].
type Cluster struct {
	Nodes []*Redis
	buses []int
}

// StartCluster starts the nodes, makes a cluster of them, and returns when all
// agree that it is complete. The caller closes what it gets, also with an error.
func StartCluster(ctx context.Context, dir string, ports *Ports) (*Cluster, error) {
	c := &Cluster{}
	for i := range 6 {
		if err := c.startNode(ctx, filepath.Join(dir, "node"+strconv.Itoa(i)), ports); err != nil {
			return c, err
		}
	}
	if err := c.form(ctx); err != nil {
		return c, fmt.Errorf("forming a cluster: %w", err)
	}
	return c, nil
}

func (c *Cluster) startNode(ctx context.Context, dir string, ports *Ports) error {
	port, err := ports.Free()
	if err != nil {
		return err
	}
	bus, err := ports.Free()
	if err != nil {
		return err
	}
	node, err := StartRedis(ctx, dir, port,
		"--cluster-enabled", "yes", "--cluster-port", strconv.Itoa(bus),
		"--cluster-node-timeout", ClusterPatience, "--cluster-replica-validity-factor", "0",
		"--repl-diskless-sync-delay", "0")
	if err != nil {
		return err
	}
	c.Nodes, c.buses = append(c.Nodes, node), append(c.buses, bus)
	return nil
}

// form does what redis-cli --cluster create does.
func (c *Cluster) form(ctx context.Context) error {
	for i := range 3 {
		from, to := i*Slots/3, (i+1)*Slots/3-1
		if err := c.do(ctx, i, "CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(from), strconv.Itoa(to)); err != nil {
			return err
		}
	}
	for i := range c.Nodes {
		if err := c.do(ctx, i, "CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i+1)); err != nil {
			return err
		}
		if i > 0 {
			if err := c.do(ctx, 0, "CLUSTER", "MEET", "127.0.0.1", strconv.Itoa(c.Nodes[i].Port), strconv.Itoa(c.buses[i])); err != nil {
				return err
			}
		}
	}
	if err := c.agreed(ctx, "cluster_known_nodes:6"); err != nil {
		return err
	}
	for i := range 3 {
		id, err := c.ID(ctx, c.Nodes[i])
		if err != nil {
			return err
		}
		if err := c.do(ctx, i+3, "CLUSTER", "REPLICATE", id); err != nil {
			return err
		}
	}
	return c.agreed(ctx, "cluster_state:ok")
}

func (c *Cluster) do(ctx context.Context, node int, args ...string) error {
	_, err := c.Nodes[node].Do(ctx, args...)
	return err
}

// agreed waits until every node says the line of itself, knows all six, and
// no replica waits for its primary.
func (c *Cluster) agreed(ctx context.Context, line string) error {
	return Await(ctx, nil, 0, func() bool {
		return !slices.ContainsFunc(c.Nodes, func(n *Redis) bool {
			info, err := n.Do(ctx, "CLUSTER", "INFO")
			link, linkErr := n.Do(ctx, "INFO", "replication")
			nodes, nodesErr := n.Do(ctx, "CLUSTER", "NODES")
			return err != nil || linkErr != nil || nodesErr != nil || !strings.Contains(info, line) ||
				strings.Contains(link, "master_link_status:down") || strings.Contains(nodes, "handshake")
		})
	})
}

// ID is the name that the cluster has for a node.
func (c *Cluster) ID(ctx context.Context, node *Redis) (string, error) {
	id, err := node.Do(ctx, "CLUSTER", "MYID")
	return strings.TrimSpace(id), err
}

// Served waits until the node, a replica before, is a primary and the cluster
// is complete again.
func (c *Cluster) Served(ctx context.Context, by *Redis) error {
	return Await(ctx, by.Done(), 0, func() bool {
		role, err := by.Do(ctx, "ROLE")
		info, infoErr := by.Do(ctx, "CLUSTER", "INFO")
		return err == nil && infoErr == nil && strings.HasPrefix(role, "master") && strings.Contains(info, "cluster_state:ok")
	})
}

// Home is the primary that serves a key, and the key's slot.
func (c *Cluster) Home(ctx context.Context, key string) (node *Redis, slot string, err error) {
	client := c.cluster()
	defer func() { _ = client.Close() }()
	n, err := client.ClusterKeySlot(ctx, key).Result()
	if err != nil {
		return nil, "", fmt.Errorf("asking for a key's slot: %w", err)
	}
	home, err := client.MasterForKey(ctx, key)
	if err != nil {
		return nil, "", fmt.Errorf("asking who serves a key: %w", err)
	}
	i := slices.IndexFunc(c.Nodes, func(r *Redis) bool { return r.Addr() == home.Options().Addr })
	if i < 0 {
		return nil, "", fmt.Errorf("%s is no node that was started here", home.Options().Addr)
	}
	return c.Nodes[i], strconv.FormatInt(n, 10), nil
}

// Migrate moves a slot with all its keys, as operators do it, a few keys every
// so often.
func (c *Cluster) Migrate(ctx context.Context, slot string, from, to *Redis, every time.Duration) error {
	source, err := c.ID(ctx, from)
	if err != nil {
		return err
	}
	target, err := c.ID(ctx, to)
	if err != nil {
		return err
	}
	if _, err := to.Do(ctx, "CLUSTER", "SETSLOT", slot, "IMPORTING", source); err != nil {
		return err
	}
	if _, err := from.Do(ctx, "CLUSTER", "SETSLOT", slot, "MIGRATING", target); err != nil {
		return err
	}
	if err := moveKeys(ctx, slot, from, to, every); err != nil {
		return err
	}
	for _, r := range []*Redis{to, from} {
		if _, err := r.Do(ctx, "CLUSTER", "SETSLOT", slot, "NODE", target); err != nil {
			return err
		}
	}
	return nil
}

// moveKeys moves all keys of a slot, and others write in between.
func moveKeys(ctx context.Context, slot string, from, to *Redis, every time.Duration) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		keys, err := from.Do(ctx, "CLUSTER", "GETKEYSINSLOT", slot, "20")
		if err != nil || strings.TrimSpace(keys) == "" {
			return err
		}
		args := []string{"MIGRATE", "127.0.0.1", strconv.Itoa(to.Port), "", "0", "5000", "KEYS"}
		if _, err := from.Do(ctx, append(args, strings.Fields(keys)...)...); err != nil {
			return err
		}
		<-tick.C
	}
}

// Client is a client of the whole cluster, which the caller closes.
func (c *Cluster) Client() redis.UniversalClient { return c.cluster() }

func (c *Cluster) cluster() *redis.ClusterClient {
	return redis.NewClusterClient(&redis.ClusterOptions{
		Addrs: addrs(c.Nodes), Protocol: 2, DialerRetries: 1, MaintNotificationsConfig: noMaintenance(),
	})
}

// URL is the address as REDIS_URL takes it.
func (c *Cluster) URL() string { return "redis+cluster://" + strings.Join(addrs(c.Nodes[:3]), ",") }

// Close ends all.
func (c *Cluster) Close() { closeAll(c.Nodes) }
