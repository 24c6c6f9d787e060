package chat

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"
)

// Found is a step of a search: a message, or, where there is none, only how far
// it has come.
type Found struct {
	Room     Room
	Message  *Message // nil: nothing was found since the step before
	Searched int      // how many messages were looked at
}

// Search looks for messages in all rooms that the user is in, as they are now,
// and gives them from the newest to the oldest. It reads as it is asked: each
// page that was read is a step, and the last one tells how many messages there
// were. Deleted ones are not found, nor those of people whom the user ignores.
// An error ends it: ctx's, CodeNotFound and CodeRefused for a room that the query
// names, CodeTooFast with the time to wait, and CodeUnavailable.
func (s *Service) Search(ctx context.Context, user User, q Query) iter.Seq2[Found, error] {
	return func(yield func(Found, error) bool) {
		if err := s.rates.searches.allow(user.ID, "searches"); err != nil {
			yield(Found{}, err)
			return
		}
		h := &hunt{svc: s, user: user, query: q, yield: func(f Found) bool { return yield(f, nil) }}
		if err := h.run(ctx); err != nil && !errors.Is(err, errEnough) {
			yield(Found{}, err)
		}
	}
}

var errEnough = errors.New("nobody wants more")

// hunt is one search.
type hunt struct {
	svc      *Service
	user     User
	query    Query
	author   UserID // 0: go by the name that stands in the message
	prefs    Preferences
	searched int
	yield    func(Found) bool
}

// trail is a room that a search goes back through, a page at a time.
type trail struct {
	room   Room
	before MessageID  // the oldest that was looked at
	since  time.Time  // when that was posted; everything else is older
	hits   []*Message // found and not told yet, ascending
	end    bool       // there is nothing older
}

// next is when the newest thing on the trail was posted, be it that nothing is
// known of it yet.
func (t *trail) next() time.Time {
	if len(t.hits) > 0 {
		return t.hits[len(t.hits)-1].At
	}
	return t.since
}

func (h *hunt) run(ctx context.Context) error {
	trails, err := h.begin(ctx)
	for _, t := range trails {
		if err == nil {
			err = h.read(ctx, t)
		}
	}
	for err == nil {
		trails = slices.DeleteFunc(trails, func(t *trail) bool { return t.end && len(t.hits) == 0 })
		if len(trails) == 0 {
			return nil
		}
		newest := slices.MaxFunc(trails, func(a, b *trail) int { return a.next().Compare(b.next()) })
		if len(newest.hits) > 0 {
			err = h.tell(newest)
		} else {
			err = h.read(ctx, newest)
		}
	}
	return err
}

// begin reads what there is to know before the first page.
func (h *hunt) begin(ctx context.Context) ([]*trail, error) {
	if err := h.findAuthor(ctx); err != nil {
		return nil, err
	}
	own, err := h.svc.store.Belongings(ctx, h.user.ID)
	if err != nil {
		return nil, err
	}
	h.prefs = own.Preferences
	return h.trails(ctx, own.Seats)
}

// findAuthor finds whose messages are wanted. Somebody who is no longer here
// is still found by the name that stands in the messages.
func (h *hunt) findAuthor(ctx context.Context) error {
	switch h.query.From {
	case "":
		return nil
	case "me":
		h.query.From, h.author = h.user.Name, h.user.ID
		return nil
	}
	user, err := h.svc.FindUser(ctx, h.query.From)
	h.author = user.ID
	if ErrorCode(err) == CodeNotFound {
		return nil
	}
	return err
}

// trails lists the rooms to look through: the one that is asked for, or all of seats.
func (h *hunt) trails(ctx context.Context, seats []Seat) (all []*trail, err error) {
	if h.query.Room != "" {
		room, err := h.svc.SeeRoom(ctx, h.user, h.query.Room)
		return []*trail{{room: room}}, err
	}
	for _, in := range seats {
		if in.Head.ID > 0 {
			all = append(all, &trail{room: in.Room})
		}
	}
	return all, err
}

func (h *hunt) tell(t *trail) error {
	last := len(t.hits) - 1
	m := t.hits[last]
	t.hits = t.hits[:last]
	return h.say(Found{Room: t.room, Message: m, Searched: h.searched})
}

func (h *hunt) say(f Found) error {
	if !h.yield(f) {
		return errEnough
	}
	return nil
}

// read looks through the next page of a trail. A room that the user has left
// meanwhile is at its end.
func (h *hunt) read(ctx context.Context, t *trail) error {
	page, err := h.page(ctx, t)
	if ErrorCode(err) == CodeRefused && h.query.Room == "" {
		err = nil
	}
	if err != nil {
		return err
	}
	t.end = len(page.Messages) == 0
	for i, m := range page.Messages {
		if i == 0 {
			t.before, t.since, t.end = m.ID, m.At, m.ID <= page.First
		}
		if h.wants(m) {
			t.hits = append(t.hits, m)
		}
	}
	h.searched += len(page.Messages)
	return h.say(Found{Room: t.room, Searched: h.searched})
}

// page reads from storage, which a replica does for few searches at a time.
func (h *hunt) page(ctx context.Context, t *trail) (Page, error) {
	select {
	case h.svc.seek <- struct{}{}:
	case <-ctx.Done():
		return Page{}, ctx.Err()
	}
	defer func() { <-h.svc.seek }()
	return h.svc.History(ctx, h.user, t.room, t.before, PageSize)
}

func (h *hunt) wants(m *Message) bool {
	return !m.Deleted && !h.prefs.Ignores(m) && h.isFrom(m) && h.query.occurIn(m.Body)
}

func (h *hunt) isFrom(m *Message) bool {
	if h.author != 0 {
		return m.From == h.author
	}
	return h.query.From == "" || m.Name == h.query.From
}
