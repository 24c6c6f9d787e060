//go:build long

package storage_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
	"teahouse/storage"
	"teahouse/storage/storagetest"
)

// TestLongSizes prints what a message and a user take in Redis: the figures of
// docs/redis.md.
func TestLongSizes(t *testing.T) {
	const messages, users = 10_000, 1000
	r := server(t)
	h := storagetest.Visit(t, r.URL())
	s := h.Open(t)
	empty := memory(t, h)
	storagetest.AtOnce(8, func(i int) {
		for range messages / 8 {
			_, err := s.Post(t.Context(), chat.Draft{
				Key: rand.Text(), Room: "5", From: 1234, Name: "johanna", Body: strings.Repeat("x", 80),
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
	fresh := memory(t, h)
	dropAnswers(t, h)
	old := memory(t, h)
	makeUsers(t, s, users)
	full := memory(t, h)
	t.Logf("a message of 80 bytes: %d bytes, and %d more in its first 15 minutes; a user: %d bytes",
		(old-empty)/messages, (fresh-old)/messages, (full-old)/users)
	if each := (old - empty) / messages; each < 80 || each > 600 {
		t.Errorf("a message takes %d bytes", each)
	}
}

// dropAnswers deletes what expires 15 minutes after a post.
func dropAnswers(t *testing.T, h *storagetest.House) {
	t.Helper()
	all := h.Redis.Scan(t.Context(), 0, "room:{5}:post:*", 1000).Iterator()
	for all.Next(t.Context()) {
		if err := h.Redis.Del(t.Context(), all.Val()).Err(); err != nil {
			t.Fatal(err)
		}
	}
	if err := all.Err(); err != nil {
		t.Fatal(err)
	}
}

// makeUsers makes users with a key each, who have joined and read a room.
func makeUsers(t *testing.T, s *storage.Store, n int) {
	t.Helper()
	for i := range n {
		name := fmt.Sprintf("visitor%d", i)
		key := chat.Key{Fingerprint: "SHA256:" + rand.Text() + rand.Text()[:17], Line: "ssh-ed25519 " + strings.Repeat("A", 68)}
		user, _, err := s.EnsureUser(t.Context(), key, chat.Candidates(name))
		if err == nil {
			_, err = s.AddMember(t.Context(), "5", user)
		}
		if err == nil {
			err = s.MarkRead(t.Context(), chat.ReadMark{User: user.ID, Room: "5", ID: 10})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// memory is how many bytes Redis has in use.
func memory(t *testing.T, h *storagetest.House) (bytes int) {
	t.Helper()
	info, err := h.Redis.(*redis.Client).InfoMap(context.WithoutCancel(t.Context()), "memory").Result()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(info["Memory"]["used_memory"], &bytes); err != nil {
		t.Fatal(err)
	}
	return bytes
}
