//go:build long

package storage_test

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"teahouse/e2e/house"
	"teahouse/storage/storagetest"
)

var ports house.Ports

// setUp is how long a group of servers may take to find together.
const setUp = time.Minute

func sentinels(t *testing.T) *house.Sentinels {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), setUp)
	defer cancel()
	s, err := house.StartSentinels(ctx, t.TempDir(), &ports)
	t.Cleanup(s.Close)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func cluster(t *testing.T) *house.Cluster {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), setUp)
	defer cancel()
	c, err := house.StartCluster(ctx, t.TempDir(), &ports)
	t.Cleanup(c.Close)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var noMaintenance = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}

// visitCluster makes a house of a cluster.
func visitCluster(t *testing.T, c *house.Cluster) *storagetest.House {
	t.Helper()
	var addrs []string
	for _, node := range c.Nodes {
		addrs = append(addrs, node.Addr())
	}
	return storagetest.VisitBy(t, c.URL(), redis.NewClusterClient(&redis.ClusterOptions{
		Addrs: addrs, MaintNotificationsConfig: noMaintenance,
	}))
}

// visitSentinels makes a house of a primary that sentinels watch. The
// operator's client is the one of the first primary.
func visitSentinels(t *testing.T, s *house.Sentinels) *storagetest.House {
	t.Helper()
	return storagetest.VisitBy(t, s.URL(), s.Servers[0].Client())
}

func TestLongSentinel(t *testing.T) { storagetest.Run(t, visitSentinels(t, sentinels(t))) }

func TestLongCluster(t *testing.T) { storagetest.Run(t, visitCluster(t, cluster(t))) }

// TestLongMove takes a chat through Redis of every shape.
func TestLongMove(t *testing.T) {
	single := storagetest.Visit(t, server(t).URL())
	behind, shards := visitSentinels(t, sentinels(t)), visitCluster(t, cluster(t))
	t.Setenv("PATH", "")
	storagetest.Move(t, single, behind, shards, storagetest.Start(t))
}
