package chat

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"
	"time"
)

// Session is one connection of a user that stays: a screen, or a command that
// follows rooms. It is told that something changed through Wake, and asks what
// when it can; whoever never asks holds up nobody.
//
// Its methods may be called from several goroutines.
type Session struct {
	ID    string
	owner UserID
	key   Key // by which the user came in
	svc   *Service
	hub   *hub

	wake   chan struct{}
	notify atomic.Pointer[func() bool] // in the place of wake; nil until there is one
	out    *outbox

	focus   atomic.Pointer[Feed] // the feed that the face shows, where it said so
	stirred atomic.Bool          // something has changed beside new messages there
	touched atomic.Bool          // the person did something that is not kept
	kept    atomic.Int64         // when it was last kept that they did, in Unix ms

	mu    sync.Mutex
	user  User
	made  time.Time // when the user was, as it was known when the session began
	seats map[RoomID]*seat
	prefs Preferences
	gone  bool
	ended error // why it cannot go on

	invites []Invitation
	begins  bool              // nothing of the user has been asked for yet
	drafts  map[RoomID]string // as they were when the session began; nil once they are taken

	reading sync.Mutex // held while the seats are read; taken before mu
	seating bool       // somebody reads the seats from storage
	reseat  bool       // they have to be read (again)
}

type seat struct {
	feed   *Feed
	room   Room
	role   Role
	read   MessageID
	dirty  bool // read has moved and is not stored yet
	resets int  // of the feed's, those that read knows
	calls  calls
	typed  time.Time // when the user began to type here
	told   time.Time // and when others were told of it last
}

// RoomView is a room as its member sees it in a list.
type RoomView struct {
	Room
	Role   Role
	Head   MessageID
	Read   MessageID
	Unread int
	// Mentions is how many of the unread messages call the user, among the
	// newest ones that a session has at hand.
	Mentions int
	// Call is the oldest of these; 0 where there is none.
	Call  MessageID
	Muted bool // the user wants to hear little of it
}

// User gives the session's user with the present name.
func (s *Session) User() User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.user
}

// whose gives who began the session, by the name that their number has now.
func (s *Session) whose() User {
	s.mu.Lock()
	defer s.mu.Unlock()
	user := s.user
	user.Created = s.made
	return user
}

// Rooms lists the rooms that the user is in, in the order of the top bar.
// A direct room without a message is not listed yet, and one with somebody
// whom the user ignores not any more.
func (s *Session) Rooms() []RoomView {
	s.mu.Lock()
	defer s.mu.Unlock()
	views := make([]RoomView, 0, len(s.seats))
	for _, st := range s.seats {
		if v := s.viewLocked(st); s.prefs.lists(v, s.owner) {
			views = append(views, v)
		}
	}
	sortByRoom(views, func(x RoomView) Room { return x.Room })
	return views
}

func (s *Session) viewLocked(st *seat) RoomView {
	return s.prefs.adorn(st.view(s.user, s.prefs), s.owner)
}

func (st *seat) view(me User, prefs Preferences) RoomView {
	st.feed.mu.Lock()
	defer st.feed.mu.Unlock()
	room := st.room
	if st.feed.loaded && !room.IsDirect() {
		room = st.feed.room
	}
	if peer, ok := room.ID.Peer(me.ID); ok && st.feed.roll.People[peer] != "" {
		room.Name = st.feed.roll.People[peer]
	}
	st.unread()
	head := st.feed.head.ID
	mentions, call := st.calls.unread(st.feed, me, st.read, prefs)
	return RoomView{
		Room: room, Role: roleIn(room, me.ID, st.role), Head: head, Read: st.read, Unread: max(0, int(head-st.read)),
		Mentions: mentions, Call: call,
	}
}

// unread takes the read mark back behind messages that storage lost: others take
// their numbers. Feed.mu is held.
func (st *seat) unread() {
	for _, survived := range st.feed.resets[st.resets:] {
		st.read = min(st.read, survived)
	}
	st.resets = len(st.feed.resets)
}

// Room gives the view of one room; ok is false where the user is not in it.
func (s *Session) Room(id RoomID) (v RoomView, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, ok := s.seats[id]
	if !ok {
		return RoomView{}, false
	}
	return s.viewLocked(st), true
}

// Follow gives a cursor before the start of a room's tail; ok is false where
// the user is not in the room.
func (s *Session) Follow(id RoomID) (c *Cursor, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, ok := s.seats[id]
	if !ok {
		return nil, false
	}
	st.feed.mu.Lock()
	defer st.feed.mu.Unlock()
	return &Cursor{feed: st.feed, session: s, seat: st, resets: len(st.feed.resets), noticed: st.feed.noticed}, true
}

// DownSince tells since when storage has not answered; zero while it does.
func (s *Session) DownSince() time.Time { return s.hub.downSince() }

// Count tells how many are in the room; in general, how many are here.
func (s *Session) Count(id RoomID) int {
	if f := s.feedOf(id); f != nil {
		return f.count()
	}
	return 0
}

func (s *Session) feedOf(id RoomID) *Feed {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st, ok := s.seats[id]; ok {
		return st.feed
	}
	return nil
}

// Read moves the read mark of a room forward. It returns at once; the mark is
// kept a few seconds later, or when the session closes, for all of the user's
// devices.
func (s *Session) Read(room RoomID, id MessageID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st, ok := s.seats[room]; ok {
		s.reads(st, id)
	}
}

// reads moves the read mark forward. Session.mu is held.
func (s *Session) reads(st *seat, id MessageID) {
	if id > st.read {
		st.read = id
		s.soil(st)
	}
}

// soil notes that a read mark has to be stored. Session.mu is held.
func (s *Session) soil(st *seat) {
	if !st.dirty {
		st.dirty = true
		s.hub.mark(s)
	}
}

// ReadMark is how far a user has read in a room.
type ReadMark struct {
	User UserID
	Room RoomID
	ID   MessageID
}

// movedMarks takes the marks that moved since they were last taken.
func (s *Session) movedMarks() (moved []ReadMark) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, st := range s.seats {
		if st.dirty {
			moved = append(moved, ReadMark{s.owner, id, st.read})
			st.dirty = false
		}
	}
	return moved
}

// unmoved gives marks back that could not be kept.
func (s *Session) unmoved(marks []ReadMark) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range marks {
		if st, ok := s.seats[m.Room]; ok {
			s.soil(st)
		}
	}
}

// readElsewhere takes in how far another device has read.
func (s *Session) readElsewhere(room RoomID, id MessageID) {
	s.mu.Lock()
	st, ok := s.seats[room]
	moved := ok && id > st.read
	if moved {
		st.read = id
	}
	s.mu.Unlock()
	if moved {
		s.Nudge()
	}
}

// sitFirst gives a new session its rooms, unless news had them read already:
// what was read then is newer.
func (s *Session) sitFirst(all Belongings) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drafts, s.made = all.Drafts, all.User.Created
	if len(s.seats) == 0 {
		s.sitLocked(all)
	}
}

func (s *Session) isBeginning() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begins
}

// awaitNews waits until news of the user comes, so that what is read of them
// then needs no second reading, or a moment. News that comes only later has it
// read again.
func (s *Session) awaitNews(ctx context.Context, heard <-chan struct{}) {
	timer := time.NewTimer(newsPatience)
	defer timer.Stop()
	select {
	case <-heard:
	case <-ctx.Done():
	case <-timer.C:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begins = false
}

// TakeDrafts gives, once, what the user had begun to write when the session
// began.
func (s *Session) TakeDrafts() map[RoomID]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.drafts
	s.drafts = nil
	return taken
}

// Await waits a moment until the session has its place in a room that the
// user has just joined.
func (s *Session) Await(ctx context.Context, room RoomID) error {
	if _, in := s.Room(room); in {
		return nil
	}
	return s.readSeats(ctx)
}

// sit makes the session's rooms those given, keeping feeds that stay.
func (s *Session) sit(all Belongings) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.gone {
		s.sitLocked(all)
	}
}

func (s *Session) sitLocked(all Belongings) {
	all.User.Key, all.User.Admin = s.key, s.user.Admin
	s.user, s.invites, s.prefs = all.User, all.Invitations, all.Preferences
	left := maps.Clone(s.seats)
	for _, in := range all.Seats {
		st, ok := s.seats[in.Room.ID]
		if !ok {
			st = &seat{}
			s.seats[in.Room.ID] = st
		}
		// A mark behind the log's end is of messages that storage lost.
		st.room, st.role, st.read = in.Room, in.Role, max(st.read, min(in.Read, in.Head.ID))
		delete(left, in.Room.ID)
	}
	for id := range left {
		delete(s.seats, id)
	}
	s.attach(left)
}

// attach follows the rooms that are new and leaves those that are not ours
// any more. Session.mu is held.
func (s *Session) attach(left map[RoomID]*seat) {
	for id, st := range s.seats {
		if st.feed == nil {
			st.feed = s.hub.join(s, id)
			st.resets = st.feed.restarts()
		}
	}
	for _, st := range left {
		s.hub.part(s, st.feed)
	}
	s.Nudge()
}

// Close ends the session: what is being sent is finished first, as long as
// ctx allows. It gives what was not, which nobody else knows of: where the
// answer to one did not come, it may have been posted all the same.
func (s *Session) Close(ctx context.Context) (unsent []Pending) {
	unsent = s.out.close(ctx)
	s.svc.keepMarks(ctx, s)
	s.svc.disconnect(ctx, s)
	return unsent
}

// unseat has the session read no room any more.
func (s *Session) unseat() {
	s.mu.Lock()
	s.gone = true
	left := s.seats
	s.seats = map[RoomID]*seat{}
	s.mu.Unlock()
	for _, st := range left {
		s.hub.part(s, st.feed)
	}
}
