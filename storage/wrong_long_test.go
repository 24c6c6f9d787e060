//go:build long

package storage_test

import (
	"bytes"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"teahouse/e2e/house"
	"teahouse/storage"
)

// TestLongWrongShape names what is there by a URL of another shape. The start
// fails and says what to set.
func TestLongWrongShape(t *testing.T) {
	c, s := cluster(t), sentinels(t)
	replica := s.Servers[1]
	alone := "redis://" + s.Servers[0].Addr()
	for what, w := range map[string]struct{ url, read, says string }{
		"a cluster's node":          {url: c.Nodes[0].URL(), says: "give it as redis+cluster://"},
		"a cluster's replica":       {url: c.Nodes[3].URL(), says: "give it as redis+cluster://"},
		"no cluster":                {url: "redis+cluster://" + replica.Addr(), says: "no node of a cluster"},
		"a read replica":            {url: replica.URL(), says: "give its primary, 127.0.0.1:" + strconv.Itoa(s.Servers[0].Port)},
		"a sentinel":                {url: s.Sentinels[0].URL(), says: "redis+sentinel://HOST:PORT"},
		"another primary's name":    {url: strings.TrimSuffix(s.URL(), house.SentinelMaster) + "coffee", says: "no primary of that name"},
		"a replica of a cluster":    {url: c.URL(), read: replica.URL(), says: "a cluster is read where it is written"},
		"a cluster's node to read":  {url: alone, read: c.Nodes[3].URL(), says: "REDIS_READ_URL: this is a node of a cluster"},
		"several servers to read":   {url: alone, read: s.URL(), says: "REDIS_READ_URL: it must name one server"},
		"nobody is there":           {url: "redis+cluster://127.0.0.1:1", says: "could not be reached"},
		"no sentinel is there":      {url: "redis+sentinel://127.0.0.1:1/tea", says: "could not be reached"},
		"no replica to read from":   {url: alone, read: "redis://127.0.0.1:1", says: "correct REDIS_READ_URL"},
		"an unknown user":           {url: "redis://nobody:kettle@" + s.Servers[0].Addr(), says: "correct the user or password"},
		"a database it has not got": {url: alone + "/99", says: "choose a database"},
	} {
		t.Run(what, func(t *testing.T) {
			store, err := storage.Open(t.Context(), storage.Options{
				URL: w.url, ReadURL: w.read, HistoryLimit: 10, Patience: 3 * time.Second, Log: slog.New(slog.DiscardHandler),
			})
			if err == nil {
				err = store.Close()
				t.Fatalf("it was taken; closing it: %v", err)
			}
			if !strings.Contains(err.Error(), w.says) {
				t.Errorf("got %q, want %q", err, w.says)
			}
		})
	}
}

// TestLongWarnings: what may lose data is told, each once.
func TestLongWarnings(t *testing.T) {
	var log bytes.Buffer
	careless := server(t, "--appendonly", "no", "--maxmemory-policy", "allkeys-lru")
	store, err := storage.Open(t.Context(), storage.Options{
		URL: careless.URL(), ReadURL: server(t).URL(), HistoryLimit: 10, Patience: 3 * time.Second,
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, says := range []string{"maxmemory-policy noeviction", "set appendonly yes", "is no replica of the one"} {
		if n := strings.Count(log.String(), says); n != 1 {
			t.Errorf("%q is told %d times:\n%s", says, n, &log)
		}
	}
	if n := strings.Count(log.String(), "\n"); n != 3 {
		t.Errorf("%d lines:\n%s", n, &log)
	}
}
