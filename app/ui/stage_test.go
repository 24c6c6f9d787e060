package ui_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"teahouse/app/chat"
	"teahouse/storage/storagetest"
)

// minutes is the layout of the times that a stage's messages have.
const minutes = "2006-01-02 15:04"

// today is the day of the stage, on which it is 9:33.
const today = "2020-11-21 "

func stageTime() time.Time { return timeOf(today + "09:33") }

func timeOf(s string) time.Time {
	at, err := time.Parse(minutes, s[:min(len(s), len(minutes))])
	if err != nil {
		return stageTime()
	}
	return at
}

// What the stage's storage does with a message of its own accord.
const (
	never = "who ate my biscuits?"   // is refused
	later = "and there were **two**" // gets no answer
)

// dated is storage whose messages have the times that their keys begin with, or
// else that of the stage.
type dated struct{ chat.Store }

func (dated) date(m *chat.Message) *chat.Message {
	if m == nil {
		return nil
	}
	copied := *m
	copied.At = timeOf(m.Key)
	return &copied
}

func (d dated) all(ms []*chat.Message) []*chat.Message {
	for i := range ms {
		ms[i] = d.date(ms[i])
	}
	return ms
}

func (d dated) Post(ctx context.Context, draft chat.Draft, among ...chat.UserID) (*chat.Message, error) {
	switch draft.Body {
	case never:
		return nil, chat.Errorf(chat.CodeRefused, "#general is archived")
	case later:
		<-ctx.Done()
		return nil, ctx.Err()
	}
	m, err := d.Store.Post(ctx, draft, among...)
	return d.date(m), err
}

func (d dated) Revise(ctx context.Context, r chat.Revision) (*chat.Message, error) {
	m, err := d.Store.Revise(ctx, r)
	return d.date(m), err
}

func (d dated) Before(ctx context.Context, room chat.RoomID, before chat.MessageID, n int) (chat.Page, error) {
	page, err := d.Store.Before(ctx, room, before, n)
	d.all(page.Messages)
	return page, err
}

func (d dated) After(ctx context.Context, room chat.RoomID, after chat.MessageID, n int) (chat.Page, error) {
	page, err := d.Store.After(ctx, room, after, n)
	d.all(page.Messages)
	return page, err
}

func (d dated) Messages(ctx context.Context, room chat.RoomID, ids []chat.MessageID) ([]*chat.Message, error) {
	ms, err := d.Store.Messages(ctx, room, ids)
	return d.all(ms), err
}

func (d dated) Changes(ctx context.Context, room chat.RoomID, after chat.Head, n int) (chat.Span, error) {
	span, err := d.Store.Changes(ctx, room, after, n)
	for i := range span.Entries {
		span.Entries[i].Message = d.date(span.Entries[i].Message)
	}
	return span, err
}

func (d dated) Listen(ctx context.Context, sink func(chat.News)) {
	d.Store.Listen(ctx, func(n chat.News) {
		n.Entry.Message = d.date(n.Entry.Message)
		sink(n)
	})
}

func (d dated) RoomInfos(ctx context.Context, rooms []chat.Room) ([]chat.RoomInfo, error) {
	infos, err := d.Store.RoomInfos(ctx, rooms)
	for i := range infos {
		infos[i].Last = d.date(infos[i].Last)
	}
	return infos, err
}

func (d dated) PublicRooms(ctx context.Context) ([]chat.RoomInfo, error) {
	rooms, err := d.Store.PublicRooms(ctx)
	for i := range rooms {
		rooms[i].Last = d.date(rooms[i].Last)
	}
	return rooms, err
}

// stage is a chat in which a few people have spoken, the same at every time.
type stage struct {
	*chat.Service
	t     *testing.T
	store chat.Store
	rooms map[string]chat.Room
	here  map[string]*chat.Session
}

// cast is who there is, in the order of their numbers.
func cast() []string { return []string{"alice", "bob", "carol", "dora", "花子", "erin"} }

// newStage has everybody say their lines before dora comes.
func newStage(t *testing.T) *stage {
	t.Helper()
	store := dated{storagetest.Start(t).Open(t)}
	s := &stage{
		t: t, store: store, rooms: map[string]chat.Room{}, here: map[string]*chat.Session{},
		Service: chat.New(store, slog.New(slog.DiscardHandler), chat.Options{Replica: "test", Now: stageTime}),
	}
	t.Cleanup(s.Close)
	for _, name := range cast() {
		userOf(t, s.Service, name)
	}
	s.build()
	s.speak(general())
	must(t, store.MarkRead(t.Context(), chat.ReadMark{User: s.user("dora").ID, Room: chat.General, ID: 15}))
	s.speak(elsewhere())
	for _, name := range []string{"alice", "bob", "carol"} {
		s.comes(name)
	}
	must(t, s.Away(t.Context(), s.user("bob"), "lunch"))
	s.until("bob is away", func(p chat.Person) bool { return p.Name == "bob" && p.Away })
	return s
}

func (s *stage) user(name string) chat.User { return userOf(s.t, s.Service, name) }

// build makes the rooms.
func (s *stage) build() {
	ctx, alice := s.t.Context(), s.user("alice")
	for _, name := range []string{"alice", "bob", "dora", "花子", "carol"} {
		s.rooms["#ops"] = join(s.t, s.Service, s.user(name), "ops")
	}
	s.rooms["#tea"] = join(s.t, s.Service, alice, "tea")
	must(s.t, s.SetTopic(ctx, alice, s.rooms["#tea"], "leaves, water, time"))
	must(s.t, s.SetTopic(ctx, alice, s.rooms["#ops"], "deploys, alerts and who is on call"))
	board, err := s.MakeRoom(ctx, alice, "board", true)
	must(s.t, err)
	must(s.t, s.Invite(ctx, alice, board, "dora"))
	join(s.t, s.Service, s.user("dora"), "&board")
	s.rooms["&board"] = board
	direct, err := s.store.EnsureDirect(ctx, s.user("bob"), s.user("dora"))
	must(s.t, err)
	s.rooms["@bob"] = direct
	s.rooms["#general"] = chat.Room{ID: chat.General}
}

// comes has somebody be here.
func (s *stage) comes(name string) {
	s.t.Helper()
	session, err := s.Connect(s.t.Context(), s.user(name))
	must(s.t, err)
	s.here[name] = session
	s.t.Cleanup(func() { session.Close(context.Background()) })
	s.until(name+" is here", func(p chat.Person) bool { return p.Name == name && p.Here })
}

// until waits for everybody's screens to know somebody like this.
func (s *stage) until(what string, fits func(chat.Person) bool) {
	s.t.Helper()
	storagetest.Until(s.t, what, func() bool { return slices.ContainsFunc(s.here["alice"].Roster(chat.General).People, fits) })
}

// speech is something said, and what became of it.
type speech struct {
	at, by, room, body string
	kind               chat.Kind
	replyTo            chat.MessageID
	edited             string
	deleted            bool
	reactions          map[string][]string // emoji → names
}

func (s *stage) speak(all []speech) {
	s.t.Helper()
	for i, one := range all {
		draft, err := s.Compose(s.user(one.by), s.rooms[one.room].ID, one.kind, one.body)
		must(s.t, err)
		draft.Key, draft.ReplyTo = fmt.Sprint(one.at, " ", i), one.replyTo
		m, err := s.Post(s.t.Context(), draft)
		must(s.t, err)
		s.change(one, m)
	}
}

func (s *stage) change(one speech, m *chat.Message) {
	s.t.Helper()
	ctx, by, room := s.t.Context(), s.user(one.by), s.rooms[one.room]
	var err error
	if one.edited != "" {
		_, err = s.Edit(ctx, by, room, m.ID, one.edited)
		must(s.t, err)
	}
	if one.deleted {
		_, err = s.Delete(ctx, by, room, m.ID)
		must(s.t, err)
	}
	for emoji, names := range one.reactions {
		for _, name := range names {
			_, err = s.React(ctx, s.user(name), room, m.ID, emoji, true)
			must(s.t, err)
		}
	}
}

// general is what was said in the room where everybody is.
func general() []speech {
	const room, code = "#general", "it is `cgo` again:\n```go\nif runtime.GOARCH == \"arm64\" {\n\treturn errors.New(\"no tea\") // yet\n}\n```"
	return []speech{
		{at: "2020-11-20 17:48", room: room, by: "bob", body: "did anybody turn the kettle off?"},
		{at: "2020-11-20 17:49", room: room, by: "bob", kind: chat.KindAction, body: "runs back up the stairs"},
		{at: today + "09:14", room: room, by: "alice", body: "morning! **the kettle is on** ☕"},
		{at: today + "09:14", room: room, by: "alice", body: "cups are by the _window_, ~~dirty~~ clean"},
		{at: today + "09:15", room: room, by: "bob", body: "the new build fails", edited: "the new build fails on arm64:\n> ld: cannot find -lc\n> exit status 2"},
		{at: today + "09:17", room: room, by: "carol", body: code, reactions: map[string][]string{"👀": {"alice", "bob"}, "🎉": {"dora"}}},
		{at: today + "09:18", room: room, by: "dora", replyTo: 5, body: "on it, the log is at https://example.com/builds/41"},
		{at: today + "09:18", room: room, by: "bob", body: "it was me, I think", deleted: true},
		{at: today + "09:20", room: room, by: "花子", body: "お茶が好きです 🍵 毎朝一杯飲みます"},
		{at: today + "09:20", room: room, by: "花子", body: "👩🏽‍💻 👨‍👩‍👧 👍🏽 🏳️‍🌈 🇯🇵 cafe\u0301 ｔｅａ"},
		{at: today + "09:21", room: room, by: "carol", body: "before lunch, @here:\n- [the notes](https://example.com/notes)\n- _water the plant_\n1. then tea"},
		{at: today + "09:22", room: room, by: "dora", body: "I have the plant"},
		{at: today + "09:23", room: room, by: "alice", body: "thanks! #ops/1 has the rest", reactions: map[string][]string{"👍": {"bob", "carol"}}},
		{at: today + "09:23", room: room, by: "bob", kind: chat.KindAction, body: "puts the kettle on again 🫖"},
		{at: today + "09:24", room: room, by: "alice", body: "and biscuits, for those who are quick"},
		{at: today + "09:31", room: room, by: "carol", replyTo: 12, body: "@dora thank you! could you look at the build, too?"},
		{at: today + "09:32", room: room, by: "bob", body: "I would, but I am out for lunch"},
	}
}

// elsewhere is what was said in the other rooms.
func elsewhere() []speech {
	return []speech{
		{at: today + "09:01", room: "#ops", by: "bob", body: "eu-2 is back in the pool"},
		{at: today + "09:02", room: "#ops", by: "花子", body: "I will watch it until noon"},
		{at: today + "09:25", room: "#ops", by: "carol", body: "@dora it is your turn to be on call"},
		{at: today + "09:05", room: "#tea", by: "alice", body: "a new Darjeeling has come"},
		{at: today + "09:10", room: "&board", by: "alice", body: "this stays between us: there will be *cake*"},
		{at: today + "09:26", room: "@bob", by: "bob", body: "lunch at one? 🥟"},
	}
}
