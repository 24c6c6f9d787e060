package chat

import (
	"context"
	"fmt"
)

// Demo fills a chat in which nothing was ever said with a few people, rooms
// and a conversation, to look at. A chat in use stays as it is.
func (s *Service) Demo(ctx context.Context) error {
	page, err := s.store.Before(ctx, General, 0, 1)
	if err != nil || page.Head.ID > 0 {
		return err
	}
	people := map[string]User{}
	for _, name := range []string{"alice", "carol", "dave", "mina"} {
		key := Key{Fingerprint: "demo:" + name, Line: "demo"}
		if people[name], _, err = s.store.EnsureUser(ctx, key, Candidates(name)); err != nil {
			return fmt.Errorf("making %s: %w", name, err)
		}
	}
	for _, line := range demoLines {
		if err := s.demoLine(ctx, people[line[0]], line[1], line[2]); err != nil {
			return err
		}
	}
	room, err := s.Join(ctx, people["dave"], "ops")
	if err != nil {
		return err
	}
	return s.SetTopic(ctx, people["dave"], room, "deploys, alerts and who is on call")
}

func (s *Service) demoLine(ctx context.Context, by User, ref, body string) error {
	room, err := s.Join(ctx, by, ref)
	if err != nil {
		return err
	}
	draft, err := s.Compose(by, room.ID, KindText, body)
	if err != nil {
		return err
	}
	_, err = s.Post(ctx, draft)
	return err
}

// demoLines are who, where, what.
var demoLines = [...][3]string{
	{"alice", "general", "morning! the kettle is on"},
	{"carol", "general", "thanks ☕"},
	{"carol", "general", "has anyone seen the new build?\nit fails on arm64"},
	{"dave", "general", "looking. it is the cgo flag again, I think"},
	{"mina", "general", "お茶 for me please 🍵"},
	{"dave", "ops", "the arm64 runners are back"},
	{"alice", "ops", "nice, thank you!"},
	{"dave", "general", "fixed: green on both. details in #ops"},
	{"alice", "general", "that was quick. biscuits are next to the kettle"},
}
