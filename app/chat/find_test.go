package chat_test

import (
	"testing"

	"teahouse/app/chat"
	"teahouse/storage/storagetest"
)

func TestReply(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna, bert := h.connect(a, "anna"), h.connect(b, "bert")
	anna.send("tea?")
	bert.await(1)
	must(t, bert.Reply(chat.General, 1, "yes"))
	anna.await(2)
	if m := anna.seen[1]; m.ReplyTo != 1 || m.Body != "yes" {
		t.Errorf("anna sees %+v", m)
	}
	wantCode(t, bert.Reply(chat.General, 1, " "), chat.CodeInvalid)
	must(t, bert.Reply(chat.General, 9, "to nothing"))
	bert.until("it is refused", func() bool {
		p := bert.Pending(chat.General)
		return len(p) == 1 && chat.ErrorCode(p[0].Refused) == chat.CodeNotFound
	})
}

func TestMessagesByNumber(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	svc := h.replica()
	anna, bert := h.connect(svc, "anna"), h.user(svc, "bert")
	ops, err := svc.Join(t.Context(), anna.User(), "ops")
	must(t, err)
	anna.look(ops.ID)
	for _, body := range []string{"one", "two", "three"} {
		anna.send(body)
	}
	anna.await(3)
	got, err := svc.Messages(t.Context(), anna.User(), ops, []chat.MessageID{3, 1, 7})
	must(t, err)
	if len(got) != 2 || got[0].Body != "one" || got[1].Body != "three" {
		t.Errorf("found %v", bodies(got))
	}
	_, err = svc.Messages(t.Context(), bert, ops, []chat.MessageID{1})
	wantCode(t, err, chat.CodeRefused)
	_, err = svc.Messages(t.Context(), anna.User(), ops, make([]chat.MessageID, chat.PageSize+1))
	wantCode(t, err, chat.CodeInvalid)
	for id, want := range map[chat.MessageID]bool{-1: false, 0: false, 1: true, 3: true, 4: false} {
		if m, ok := anna.Message(ops.ID, id); ok != want || ok && m.ID != id {
			t.Errorf("message %d: %+v, %v", id, m, ok)
		}
	}
	if _, ok := anna.Message("99", 1); ok {
		t.Error("a message of a room that one is not in")
	}
}

// sendsTheLast sends what there is still room for, once what was there before has
// left: the feed may bring that before its answer is taken in.
func sendsTheLast(v *screen) {
	v.t.Helper()
	storagetest.Until(v.t, "there is room for one more", func() bool { return v.Send(chat.General, chat.KindText, "waits") == nil })
}

// TestOutboxCountsAllSessions: it is the user who has so many, not each screen.
func TestOutboxCountsAllSessions(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	svc := h.replica(func(o *chat.Options) { o.MessageRate, o.MessageBurst = 0.001, 1 })
	desk, phone := h.connect(svc, "anna"), h.connect(svc, "anna")
	desk.send("goes")
	desk.await(1)
	desk.until("it waits no more", func() bool { return len(desk.Pending(chat.General)) == 0 })
	for n := range chat.LimitOutbox - 1 {
		[]*screen{phone, desk}[n%2].send("waits")
	}
	sendsTheLast(desk)
	wantCode(t, desk.Send(chat.General, chat.KindText, "too much"), chat.CodeTooFast)
	wantCode(t, phone.Send(chat.General, chat.KindText, "too much"), chat.CodeTooFast)
	must(t, h.connect(svc, "bert").Send(chat.General, chat.KindText, "another's"))
	// What a session gives up is not waiting any more, once only.
	phone.Close(ended())
	phone.Close(ended())
	for range chat.LimitOutbox / 2 {
		desk.send("waits")
	}
	wantCode(t, desk.Send(chat.General, chat.KindText, "too much"), chat.CodeTooFast)
	desk.Close(ended())
}
