package storagetest

import (
	"slices"
	"testing"
	"time"

	"teahouse/app/chat"
	"teahouse/storage"
)

func pins() map[string]func(*testing.T, *House) {
	return map[string]func(*testing.T, *House){
		"pinned messages":          pinning,
		"who may pin":              whoPins,
		"pins are bounded":         pinLimit,
		"messages that are gone":   pinsGone,
		"pins of an archived room": pinsArchived,
		"pins of messages too old": pinsOld,
	}
}

// pinned lists the numbers of the pinned messages.
func (r trio) pinned() (ids []chat.MessageID) {
	r.t.Helper()
	all, err := r.Pins(r.t.Context(), r.room.ID)
	must(r.t, err)
	for _, m := range all {
		ids = append(ids, m.ID)
	}
	return ids
}

func (r trio) pin(id chat.MessageID, yes bool) error {
	return r.Pin(r.t.Context(), r.room.ID, r.anna, chat.RoleModerator, id, yes)
}

func pinning(t *testing.T, h *House) {
	r := newTrio(t, h)
	for _, body := range []string{"a", "b", "c"} {
		post(t, r, r.room.ID, body)
	}
	other := h.Open(t)
	e := listen(t, other)
	other.Subscribe(chat.RoomTopic(r.room.ID))
	e.await("subscribed", 1, isKind(chat.NewsSubscribed))
	for _, id := range []chat.MessageID{3, 3, 1} {
		must(t, r.pin(id, true))
		time.Sleep(2 * time.Millisecond) // pins are told apart by the millisecond
	}
	if got := r.pinned(); !slices.Equal(got, []chat.MessageID{1, 3}) {
		t.Errorf("pinned are %v", got)
	}
	wantCode(t, r.pin(4, true), chat.CodeNotFound)
	must(t, r.pin(3, false))
	wantCode(t, r.pin(3, false), chat.CodeNotFound)
	revise(t, r, chat.Revision{Room: r.room.ID, From: 1, ID: 1, Act: chat.ActEdit, Text: "A"})
	if all, err := r.Pins(t.Context(), r.room.ID); err != nil || len(all) != 1 || all[0].Body != "A" {
		t.Errorf("pinned are %+v, %v", all, err)
	}
	var told []string
	for _, n := range e.await("notices", 3, isKind(chat.NewsNotice)) {
		told = append(told, n.Notice.Text)
	}
	if !slices.Equal(told, []string{"pinned message 3", "pinned message 1", "unpinned message 3"}) {
		t.Errorf("told %q", told)
	}
}

func whoPins(t *testing.T, h *House) {
	r := newTrio(t, h)
	post(t, r, r.room.ID, "a")
	must(t, r.SetModerator(t.Context(), r.room.ID, r.anna, r.cleo, true))
	wantCode(t, r.Pin(t.Context(), r.room.ID, r.bert, chat.RoleModerator, 1, true), chat.CodeRefused)
	must(t, r.Pin(t.Context(), r.room.ID, r.cleo, chat.RoleModerator, 1, true))
	wantCode(t, r.Pin(t.Context(), r.room.ID, r.bert, chat.RoleModerator, 1, false), chat.CodeRefused)
	must(t, r.Pin(t.Context(), r.room.ID, r.bert, chat.RoleMember, 1, false))
}

func pinLimit(t *testing.T, h *House) {
	r := newTrio(t, h)
	for id := range chat.MessageID(chat.LimitPins + 2) {
		post(t, r, r.room.ID, "x")
		if id < chat.LimitPins {
			must(t, r.pin(id+1, true))
		}
	}
	wantCode(t, r.pin(chat.LimitPins+1, true), chat.CodeRefused)
	revise(t, r, chat.Revision{Room: r.room.ID, From: 1, ID: 7, Act: chat.ActDelete})
	must(t, r.pin(chat.LimitPins+1, true))
	wantCode(t, r.pin(chat.LimitPins+2, true), chat.CodeRefused)
	if got := r.pinned(); len(got) != chat.LimitPins || slices.Contains(got, 7) {
		t.Errorf("pinned are %v", got)
	}
}

func pinsGone(t *testing.T, h *House) {
	r := newTrio(t, h)
	few := trio{Store: h.Open(t, func(o *storage.Options) { o.HistoryLimit = 3 }), t: t, room: r.room, anna: r.anna}
	for range 3 {
		post(t, few, r.room.ID, "x")
	}
	for _, id := range []chat.MessageID{1, 2, 3} {
		must(t, few.pin(id, true))
	}
	post(t, few, r.room.ID, "x") // 1 goes
	revise(t, few, chat.Revision{Room: r.room.ID, From: 1, ID: 2, Act: chat.ActDelete})
	if got := few.pinned(); !slices.Equal(got, []chat.MessageID{3}) {
		t.Errorf("pinned are %v", got)
	}
	wantCode(t, few.pin(1, true), chat.CodeNotFound)
	wantCode(t, few.pin(2, true), chat.CodeNotFound)
	must(t, few.pin(1, false))
}

func pinsArchived(t *testing.T, h *House) {
	r := newTrio(t, h)
	post(t, r, r.room.ID, "x")
	must(t, r.pin(1, true))
	must(t, r.Archive(t.Context(), r.room.ID, r.anna, true))
	wantCode(t, r.pin(1, false), chat.CodeRefused)
	if got := r.pinned(); !slices.Equal(got, []chat.MessageID{1}) {
		t.Errorf("pinned are %v", got)
	}
}

func pinsOld(t *testing.T, h *House) {
	r := newTrio(t, h)
	brief := trio{Store: h.Open(t, func(o *storage.Options) { o.HistoryTTL = 50 * time.Millisecond }), t: t, room: r.room, anna: r.anna}
	post(t, r, r.room.ID, "x")
	must(t, r.pin(1, true))
	Until(t, "the message is too old", func() bool { return len(brief.pinned()) == 0 })
	must(t, brief.pin(1, false))
	wantCode(t, brief.pin(1, true), chat.CodeNotFound)
}
