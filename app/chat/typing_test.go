package chat_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"teahouse/app/chat"
	"teahouse/storage/storagetest"
)

func TestTyping(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna, bert, cleo := h.connect(a, "anna"), h.connect(b, "bert"), h.connect(a, "cleo")
	sees := func(v *screen, names ...string) bool { return slices.Equal(v.Typers(chat.General), names) }
	types := func(v *screen, names ...string) {
		t.Helper()
		v.until(fmt.Sprint("these type: ", names), func() bool { return sees(v, names...) })
	}
	typesUntil(t, func() bool { return sees(bert, "anna", "cleo") && sees(anna, "cleo") /* not oneself */ }, anna, cleo)
	began := time.Now()
	anna.send("what was typed")
	bert.await(1)
	types(bert, "cleo")
	// What comes next is told anew.
	typesUntil(t, func() bool { return sees(bert, "anna", "cleo") }, anna)
	// An edit, or somebody's reaction, is not what was typed.
	_, err := b.React(t.Context(), bert.User(), general, 1, "👍", true)
	must(t, err)
	bert.until("the reaction is there", func() bool { return len(bert.seen[0].Reactions) == 1 })
	types(bert, "anna", "cleo")
	types(bert) // all stop
	if took := time.Since(began); took < 5*time.Second || took > 15*time.Second {
		t.Errorf("it ends after %s", took)
	}
	if got := bert.Typers("99"); got != nil {
		t.Errorf("in a room that bert is not in %v type", got)
	}
}

// typesUntil has some type until it is heard: what is told before a replica has
// subscribed to the room is lost, and told again by whoever types on.
func typesUntil(t *testing.T, heard func() bool, typists ...*screen) {
	t.Helper()
	storagetest.Until(t, "it is heard who types", func() bool {
		for _, v := range typists {
			v.Typing(chat.General)
		}
		return heard()
	})
}

// TestTypingOff: nobody learns it of one who does not want it, nor of one whom
// they ignore.
func TestTypingOff(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna, bert, cleo := h.connect(a, "anna"), h.connect(b, "bert"), h.connect(a, "cleo")
	_, err := a.Set(t.Context(), anna.User(), "typing", "off")
	must(t, err)
	anna.until("it is off", func() bool { return anna.Preferences().Settings.Typing == "off" })
	must(t, a.Ignore(t.Context(), anna.User(), "bert", true))
	anna.until("bert is ignored", func() bool { return len(anna.Preferences().Ignored) == 1 })
	typesUntil(t, func() bool {
		return slices.Equal(bert.Typers(chat.General), []string{"cleo"}) &&
			slices.Equal(cleo.Typers(chat.General), []string{"bert"}) && slices.Equal(anna.Typers(chat.General), []string{"cleo"})
	}, anna, bert, cleo)
	cleo.send("x") // what anna told would have come before
	bert.await(1)
	if got := bert.Typers(chat.General); len(got) > 0 {
		t.Errorf("%v type", got)
	}
}

// teller counts how often others are told that somebody types.
type teller struct {
	chat.Store
	mu   sync.Mutex
	told map[chat.RoomID]int
}

func (s *teller) Typing(ctx context.Context, room chat.RoomID, user chat.User) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told[room]++
	return s.Store.Typing(ctx, room, user)
}

func TestTypingIsToldSparingly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	store := &teller{Store: h.store(), told: map[chat.RoomID]int{}}
	svc := chat.New(store, slog.New(slog.DiscardHandler), chat.Options{Replica: "test"})
	anna := h.connect(svc, "anna")
	small, err := svc.Join(t.Context(), anna.User(), "small")
	must(t, err)
	large, err := svc.Join(t.Context(), anna.User(), "large")
	must(t, err)
	for id := range chat.UserID(50) {
		_, err := store.AddMember(t.Context(), large.ID, chat.User{ID: 100 + id, Name: fmt.Sprint("x", id)})
		must(t, err)
	}
	anna.until("all are there", func() bool { return anna.Count(large.ID) == 51 && anna.Count(small.ID) == 1 })
	types := func() {
		anna.Typing(small.ID)
		anna.Typing(large.ID)
		anna.Typing("99")
	}
	storagetest.Until(t, "it is told", func() bool {
		types()
		store.mu.Lock()
		defer store.mu.Unlock()
		return store.told[small.ID] > 0
	})
	for range 9 {
		types()
	}
	anna.Close(t.Context())
	anna.Typing(small.ID)
	svc.Close()
	if want := map[chat.RoomID]int{small.ID: 1}; !maps.Equal(store.told, want) {
		t.Errorf("told %v times", store.told)
	}
}
