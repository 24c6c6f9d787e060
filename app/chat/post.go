package chat

import (
	"context"
	"crypto/rand"
	"time"

	"teahouse/internal/defence"
)

// Compose makes a draft of what the user typed, after the rules for bodies.
// CodeInvalid tells what breaks them.
func (s *Service) Compose(user User, room RoomID, kind Kind, body string) (Draft, error) {
	clean, err := CleanBody(body)
	if err != nil {
		return Draft{}, err
	}
	return Draft{Key: rand.Text(), Room: room, From: user.ID, Name: user.Name, Kind: kind, Body: clean}, nil
}

// Pace waits until it is the user's turn to post another message.
func (s *Service) Pace(ctx context.Context, user UserID) error {
	wait := s.pace.reserve(user, time.Now())
	if wait > 0 && !sleep(ctx, wait) {
		return ctx.Err()
	}
	return ctx.Err()
}

// Post appends the draft to its room; it is posted when Post returns without
// an error. After CodeUnavailable the same draft may be posted again, without
// ever being doubled. CodeRefused: the author is not in the room, or is muted.
func (s *Service) Post(ctx context.Context, d Draft) (*Message, error) {
	if err := s.mayWrite(d.From); err != nil {
		return nil, err
	}
	m, err := s.store.Post(ctx, d, d.among()...)
	if ErrorCode(err) == CodeAbsent {
		m, err = s.postByLists(ctx, d)
	}
	if err == nil {
		s.hub.counts.posts.Add(1)
	}
	return m, err
}

// among lists who must be in the room for the draft to be posted in one step: its
// author, and between two people the other one. In general everyone is.
func (d Draft) among() []UserID {
	if d.Room == General {
		return nil
	}
	if peer, direct := d.Room.Peer(d.From); direct {
		return []UserID{d.From, peer}
	}
	return []UserID{d.From}
}

// postByLists posts where somebody is not on the room's roll: people's own lists
// decide who is in it.
func (s *Service) postByLists(ctx context.Context, d Draft) (*Message, error) {
	in, err := s.store.IsMember(ctx, d.Room, d.From)
	if err != nil {
		return nil, err
	}
	if !in {
		return nil, Errorf(CodeRefused, "you are not in this room; join it to write there")
	}
	if err := s.invitePeer(ctx, d); err != nil {
		return nil, err
	}
	return s.store.Post(ctx, d)
}

// invitePeer brings the other one back into a room between two people, in case
// they had left it: what is written to somebody must reach them.
func (s *Service) invitePeer(ctx context.Context, d Draft) error {
	id, direct := d.Room.Peer(d.From)
	if !direct {
		return nil
	}
	in, err := s.store.IsMember(ctx, d.Room, id)
	if err != nil || in {
		return err
	}
	peer, err := s.store.User(ctx, id)
	if ErrorCode(err) == CodeGone || ErrorCode(err) == CodeNotFound {
		return Errorf(CodeNotFound, "the one you write to has left this chat for good; nobody would read it")
	}
	if err != nil {
		return err
	}
	_, err = s.store.AddMember(ctx, d.Room, peer)
	return err
}

// Deliver posts the draft, trying again for as long as storage is away and
// ctx goes on.
func (s *Service) Deliver(ctx context.Context, d Draft) (*Message, error) {
	return insist(ctx, func() (*Message, error) { return s.Post(ctx, d) })
}

// insist tries for as long as storage is away and ctx goes on. What is tried
// must be harmless to repeat.
func insist(ctx context.Context, try func() (*Message, error)) (*Message, error) {
	pause := 50 * time.Millisecond
	for {
		m, err := try()
		if ErrorCode(err) != CodeUnavailable || !defence.On {
			return m, err
		}
		if !sleep(ctx, pause) {
			return nil, err
		}
		pause = min(2*pause, time.Second)
	}
}
