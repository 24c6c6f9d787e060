package chat_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"teahouse/app/chat"
	"teahouse/storage"
)

// say posts messages by turns into the rooms.
func (h house) say(by chat.User, n int, rooms ...chat.RoomID) {
	h.t.Helper()
	store := h.store()
	for i := range n {
		room := rooms[i%len(rooms)]
		d := chat.Draft{Key: fmt.Sprint(room, i), Room: room, From: by.ID, Name: by.Name, Body: fmt.Sprintf("Tea %d.", i)}
		m, err := store.Post(h.t.Context(), d)
		must(h.t, err)
		// No two of them at the same moment, by the clock that storage has, too.
		for time.Since(m.At) < time.Millisecond {
			runtime.Gosched()
		}
	}
}

// search looks for the text and lists what was found, and how many messages
// were looked at.
func (h house) search(svc *chat.Service, by chat.User, text string) (bodies []string, searched int) {
	h.t.Helper()
	q, err := chat.ParseQuery(text)
	must(h.t, err)
	for found, err := range svc.Search(h.t.Context(), by, q) {
		must(h.t, err)
		if found.Searched < searched {
			h.t.Errorf("after %d messages, %d", searched, found.Searched)
		}
		searched = found.Searched
		if found.Message != nil {
			bodies = append(bodies, found.Room.Title()+" "+found.Message.Body)
		}
	}
	return bodies, searched
}

func (h house) finds(svc *chat.Service, by chat.User, text string, want ...string) {
	h.t.Helper()
	if got, _ := h.search(svc, by, text); !slices.Equal(got, want) {
		h.t.Errorf("%q finds %q, want %q", text, got, want)
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	svc := h.replica()
	anna, bert := h.user(svc, "anna"), h.user(svc, "bert")
	ops, err := svc.Join(t.Context(), anna, "ops")
	must(t, err)
	dev, err := svc.Join(t.Context(), bert, "dev")
	must(t, err)
	direct, err := svc.FindRoom(t.Context(), anna, "@bert")
	must(t, err)
	h.say(anna, 6, chat.General, ops.ID, direct.ID)
	h.say(bert, 3, dev.ID)
	h.finds(svc, anna, "TEA", "@bert Tea 5.", "#ops Tea 4.", "#general Tea 3.", "@bert Tea 2.", "#ops Tea 1.", "#general Tea 0.")
	h.finds(svc, bert, "ea 0", "#dev Tea 0.", "#general Tea 0.")
	h.finds(svc, bert, "tea in:@anna", "@anna Tea 5.", "@anna Tea 2.")
	h.finds(svc, anna, "tea milk")

	// By author: also under a name that came later, and by one who is unknown.
	_, err = svc.Rename(t.Context(), bert, "bertha")
	must(t, err)
	h.finds(svc, bert, "from:bertha 1.", "#dev Tea 1.")
	h.finds(svc, bert, "from:me 1.", "#dev Tea 1.")
	h.finds(svc, anna, "from:me in:ops", "#ops Tea 4.", "#ops Tea 1.")
	h.finds(svc, anna, "from:nobody-known tea")

	// As they are now.
	_, err = svc.Edit(t.Context(), anna, general, 1, "Éclair, 2 ＥＵＲ")
	must(t, err)
	_, err = svc.Delete(t.Context(), anna, general, 2)
	must(t, err)
	h.finds(svc, anna, "tea in:#general")
	h.finds(svc, anna, "e\u0301CLAIR eur", "#general Éclair, 2 ＥＵＲ")

	// What one is not in.
	for text, want := range map[string]chat.Code{"tea in:dev": chat.CodeRefused, "tea in:nowhere": chat.CodeNotFound, "tea in:@anna": chat.CodeNotFound} {
		q, err := chat.ParseQuery(text)
		must(t, err)
		for found, err := range svc.Search(t.Context(), anna, q) {
			if found.Searched > 0 || err == nil {
				t.Errorf("%s: %+v", text, found)
			}
			wantCode(t, err, want)
		}
	}
}

// TestSearchOfManyPages also has rooms of other lengths, and one of which only
// the newest messages are kept.
func TestSearchOfManyPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	svc := h.replica()
	anna := h.user(svc, "anna")
	ops, err := svc.Join(t.Context(), anna, "ops")
	must(t, err)
	h.say(anna, 450, chat.General, ops.ID, chat.General)
	got, searched := h.search(svc, anna, "tea")
	if len(got) != 450 || searched != 450 || got[0] != "#general Tea 449." || got[449] != "#general Tea 0." {
		t.Errorf("%d found among %d", len(got), searched)
	}
	for i, found := range got {
		title := "#general"
		if (449-i)%3 == 1 {
			title = "#ops"
		}
		if want := fmt.Sprintf("%s Tea %d.", title, 449-i); found != want {
			t.Fatalf("%d: %s, want %s", i, found, want)
		}
	}
	h.finds(svc, anna, "a 307.", "#ops Tea 307.")
	few := h.Open(t, func(o *storage.Options) { o.HistoryLimit = 150 })
	_, err = few.Post(t.Context(), chat.Draft{Key: "k", Room: chat.General, From: anna.ID, Name: "anna", Body: "coffee"})
	must(t, err)
	if got, searched := h.search(svc, anna, "coffee"); len(got) != 1 || searched != 300 {
		t.Errorf("found %q among %d", got, searched)
	}
}

// TestSearchEnds: with its caller, and with its context.
func TestSearchEnds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	svc := h.replica()
	anna := h.user(svc, "anna")
	h.say(anna, 250, chat.General)
	q, err := chat.ParseQuery("tea")
	must(t, err)
	n := 0
	for found, err := range svc.Search(t.Context(), anna, q) {
		must(t, err)
		if n++; found.Searched > 100 {
			t.Errorf("nobody asked for %d", found.Searched)
		}
		if n == 5 {
			break
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	for found, err := range svc.Search(ctx, anna, q) {
		last = err
		if found.Searched >= 200 {
			cancel()
		}
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("it ends with %v", last)
	}
}
