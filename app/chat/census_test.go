package chat_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
	"teahouse/storage/storagetest"
)

// census asks until the replicas are so many, as a replica's first word is said
// behind New's back.
func census(t *testing.T, s *chat.Service, replicas int) (c chat.Census) {
	t.Helper()
	storagetest.Until(t, fmt.Sprintf("there are %d replicas", replicas), func() bool {
		var err error
		c, err = s.Census(t.Context())
		must(t, err)
		return len(c.Replicas) == replicas
	})
	slices.SortFunc(c.Replicas, func(a, b chat.Replica) int { return cmp.Compare(a.Name, b.Name) })
	return c
}

// TestCensus: people count once, replicas go by the name and the region that
// their operators gave them, whatever is in there.
func TestCensus(t *testing.T) {
	h := newHouse(t)
	a := h.replica(func(o *chat.Options) { o.Replica, o.Region = "a/1 %", "eu/west" })
	h.connect(a, "anna")
	b := h.replica(func(o *chat.Options) { o.Replica = "b" })
	h.connect(b, "anna")
	h.connect(b, "bert")
	// As a version of the program has it that knew nothing of regions.
	must(t, h.store().Restore(t.Context(), "old/ABCDEFGH", time.Hour, nil))

	got := census(t, b, 3)
	for i, r := range got.Replicas {
		if r.Late() {
			t.Errorf("%s is late: %s", r.Name, r.Silent)
		}
		got.Replicas[i].Silent = 0
	}
	want := chat.Census{Here: 2, Replicas: []chat.Replica{
		{Name: "a/1 %", Region: "eu/west", Sessions: 1},
		{Name: "b", Sessions: 2, Self: true},
		{Name: "old/ABCDEFGH"},
	}}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestCensusOfTheLate: a replica that said nothing for a while is late before
// it is buried.
func TestCensusOfTheLate(t *testing.T) {
	h := newHouse(t)
	s := h.replica()
	must(t, h.store().Restore(t.Context(), "quiet", chat.LeaseTerm-20*time.Second, nil))
	r := census(t, s, 2).Replicas[0]
	if r.Name != "quiet" || !r.Late() || r.Silent < 20*time.Second {
		t.Errorf("%+v", r)
	}
}

// TestCensusOfThoseWhoLeave: a replica that ends in order is gone at once, with a
// session that could not be ended.
func TestCensusOfThoseWhoLeave(t *testing.T) {
	h := newHouse(t)
	s := h.replica()
	other := chat.New(h.Open(t), slog.New(slog.DiscardHandler), chat.Options{Replica: "other"})
	_, err := other.Connect(t.Context(), h.user(other, "anna"))
	must(t, err)
	if c := census(t, s, 2); c.Here != 1 {
		t.Fatalf("%+v", c)
	}
	other.Close()
	if c := census(t, s, 1); c.Here != 0 {
		t.Errorf("%+v", c)
	}
}

func TestCensusWithoutStorage(t *testing.T) {
	s := newHouse(t).replica()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Census(ctx); err == nil {
		t.Error("it is told without being asked for")
	}
}
