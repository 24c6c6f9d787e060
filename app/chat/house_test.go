package chat_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"teahouse/app/chat"
	"teahouse/storage"
	"teahouse/storage/storagetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = time.Minute

// house is a chat with any number of replicas on one Redis.
type house struct {
	*storagetest.House
	t *testing.T
}

func newHouse(t *testing.T) house { return house{storagetest.Start(t), t} }

// replica starts another one.
func (h house) replica(change ...func(*chat.Options)) *chat.Service {
	h.t.Helper()
	opts := chat.Options{Replica: "test"}
	for _, c := range change {
		c(&opts)
	}
	s := chat.New(h.Open(h.t), slog.New(slog.DiscardHandler), opts)
	h.t.Cleanup(s.Close)
	return s
}

// store opens a store beside the replicas, which listens to nothing.
func (h house) store() *storage.Store { return h.Open(h.t) }

// user gives the person of the name.
func (h house) user(s *chat.Service, name string) chat.User {
	h.t.Helper()
	u, _, err := s.Enter(h.t.Context(), chat.Key{Fingerprint: "SHA256:" + name, Line: name}, name)
	must(h.t, err)
	return u
}

// screen is a person's session that shows one room.
type screen struct {
	*chat.Session
	t       *testing.T
	room    chat.RoomID
	cursor  *chat.Cursor
	seen    []*chat.Message
	notices []chat.Notice
	missed  int
	rewound int
}

// connect begins a session of the person, who looks at general.
func (h house) connect(s *chat.Service, name string) *screen {
	h.t.Helper()
	sess, err := s.Connect(h.t.Context(), h.user(s, name))
	must(h.t, err)
	h.t.Cleanup(func() { sess.Close(context.Background()) })
	v := &screen{Session: sess, t: h.t}
	v.look(chat.General)
	return v
}

// look turns to another room and waits until it is there to be seen.
func (v *screen) look(room chat.RoomID) {
	v.t.Helper()
	var ready bool
	*v = screen{Session: v.Session, t: v.t, room: room}
	v.until("the room is there", func() bool {
		if v.cursor == nil {
			v.cursor, _ = v.Follow(room)
		}
		if v.cursor != nil && !ready {
			ready = v.pull()
		}
		return ready
	})
}

// pull takes one step.
func (v *screen) pull() bool {
	step, ready := v.cursor.Next()
	if step.Rewound {
		v.rewound++
		v.seen = slices.DeleteFunc(v.seen, func(m *chat.Message) bool { return m.ID > step.To })
	}
	if step.Missed {
		v.missed++
	}
	for _, m := range step.Messages {
		v.take(m)
	}
	v.notices = append(v.notices, step.Notices...)
	return ready
}

// take puts a message in the place of what it was before, or at the end.
func (v *screen) take(m *chat.Message) {
	i, found := slices.BinarySearchFunc(v.seen, m.ID, func(m *chat.Message, id chat.MessageID) int { return int(m.ID - id) })
	if found {
		v.seen[i] = m
	} else if i == len(v.seen) {
		v.seen = append(v.seen, m)
	}
}

// until waits for a condition as faces do: it looks again only when woken.
func (v *screen) until(what string, ok func() bool) {
	v.t.Helper()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-v.Wake():
			if v.cursor != nil {
				v.pull()
			}
		case <-deadline:
			v.t.Fatalf("%s waited %s in vain: %s; seen %v", v.User().Name, patience, what, bodies(v.seen))
		}
	}
}

// eventually waits for what wakes no face.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	look, deadline := time.NewTicker(20*time.Millisecond), time.After(patience)
	defer look.Stop()
	for !ok() {
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("waited %s in vain: %s", patience, what)
		}
	}
}

// await waits until n messages are seen.
func (v *screen) await(n int) {
	v.t.Helper()
	v.until("messages", func() bool { return len(v.seen) >= n })
}

func (v *screen) send(body string) {
	v.t.Helper()
	must(v.t, v.Send(v.room, chat.KindText, body))
}

// unread gives how many messages of a room the session counts as unread.
func (v *screen) unread(room chat.RoomID) int {
	view, ok := v.Room(room)
	if !ok {
		return -1
	}
	return view.Unread
}

// lists tells whether the session's rooms include the one of the title.
func (v *screen) lists(title string) bool {
	return slices.ContainsFunc(v.Rooms(), func(r chat.RoomView) bool { return r.Title() == title })
}

// ended is a context that is over.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func bodies(ms []*chat.Message) []string {
	list := make([]string, 0, len(ms))
	for _, m := range ms {
		list = append(list, m.Body)
	}
	return list
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, want chat.Code) {
	t.Helper()
	if got := chat.ErrorCode(err); got != want {
		t.Fatalf("error %v has code %q, want %q", err, got, want)
	}
}
