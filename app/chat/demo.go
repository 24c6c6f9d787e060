package chat

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// Demo fills a chat in which nothing was ever said with a few people, rooms
// and a conversation, to look at. A chat in use stays as it is. Replicas that
// do so at the same time make one conversation.
func (s *Service) Demo(ctx context.Context) error {
	page, err := s.store.Before(ctx, General, 0, 1)
	if err != nil || page.Head.ID > 0 {
		return err
	}
	d := demo{Service: s, people: map[string]User{}, rooms: map[string]Room{}, said: map[string]MessageID{}}
	for i, line := range demoLines() {
		if err := d.say(ctx, line, fmt.Sprintf("demo:%d", i)); err != nil {
			return fmt.Errorf("having %s say something in %s: %w", line.by, line.room, err)
		}
	}
	topics := demoTopics()
	for _, name := range slices.Sorted(maps.Keys(topics)) {
		if err := s.SetTopic(ctx, d.people["dave"], d.rooms[name], topics[name]); err != nil {
			return fmt.Errorf("setting the topic of %s: %w", name, err)
		}
	}
	return nil
}

// demo is who has spoken so far, and where.
type demo struct {
	*Service
	people map[string]User
	rooms  map[string]Room
	said   map[string]MessageID // by the body
}

// demoLine is something said, and what became of it.
type demoLine struct {
	by, room  string
	kind      Kind
	body      string
	answers   string              // the body of an earlier line in the room; "" for none
	edited    string              // what it was made later; "" for nothing
	reactions map[string][]string // emoji → names
}

// say posts the line. The key makes saying it again harmless.
func (d demo) say(ctx context.Context, line demoLine, key string) error {
	by, err := d.enters(ctx, line.by, line.room)
	if err != nil {
		return err
	}
	draft, err := d.Compose(by, d.rooms[line.room].ID, line.kind, line.body)
	if err != nil {
		return err
	}
	draft.Key, draft.ReplyTo = key, d.said[line.answers]
	m, err := d.Post(ctx, draft)
	if err != nil {
		return err
	}
	d.said[line.body] = m.ID
	return d.revise(ctx, line, m)
}

// enters gives the person of the name, who is in the room then.
func (d demo) enters(ctx context.Context, name, room string) (User, error) {
	user, known := d.people[name]
	if !known {
		var err error
		key := Key{Fingerprint: "demo:" + name, Line: "demo"}
		if user, _, err = d.store.EnsureUser(ctx, key, Candidates(name)); err != nil {
			return User{}, err
		}
		d.people[name] = user
	}
	joined, err := d.Join(ctx, user, room)
	d.rooms[room] = joined
	return user, err
}

// revise makes the line what it was made later. None of that waits for the
// pace that people are held to.
func (d demo) revise(ctx context.Context, line demoLine, m *Message) error {
	all := []Revision{}
	if line.edited != "" {
		all = append(all, Revision{Key: m.Key + ":edit", From: m.From, Act: ActEdit, Text: line.edited})
	}
	for _, emoji := range slices.Sorted(maps.Keys(line.reactions)) {
		for _, name := range line.reactions[emoji] {
			user, err := d.enters(ctx, name, line.room)
			if err != nil {
				return err
			}
			all = append(all, Revision{Key: m.Key + ":" + name + emoji, From: user.ID, Act: ActReact, Text: emoji})
		}
	}
	for _, r := range all {
		r.Room, r.ID = m.Room, m.ID
		if _, err := d.store.Revise(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func demoTopics() map[string]string {
	return map[string]string{"ops": "deploys, alerts and who is on call", "tea": "leaves, water, time"}
}

func demoLines() []demoLine {
	const kettle, build = "morning! the kettle is on", "has anyone seen the new build?\n> arm64: exit status 2"
	list := "that was quick, @dave! before lunch:\n- ~~the build~~\n- biscuits: next to the kettle\n- _water the plant_"
	return []demoLine{
		{by: "alice", room: "general", body: kettle},
		{by: "carol", room: "general", body: "thanks ☕"},
		{by: "carol", room: "general", body: build, edited: "has anyone seen the new build? it fails on arm64:\n> ld: cannot find -lc"},
		{by: "dave", room: "general", body: "looking. it is the `cgo` flag again, I think", reactions: map[string][]string{"👀": {"mina"}}},
		{by: "mina", room: "general", body: "お茶 for me please", answers: kettle, reactions: map[string][]string{"🍵": {"alice", "carol"}}},
		{by: "dave", room: "ops", body: "the arm64 runners are back"},
		{by: "alice", room: "ops", body: "nice, thank you!"},
		{by: "dave", room: "ops", body: "on call: @mina this week, @carol the next one", reactions: map[string][]string{"👍": {"mina", "carol"}}},
		{by: "mina", room: "tea", body: "the new Darjeeling is in: 85°, three minutes"},
		{by: "carol", room: "tea", body: "noted. the others are at https://example.com/teas", reactions: map[string][]string{"🫖": {"mina", "dave"}}},
		{by: "dave", room: "general", body: "@carol, this is all there is to it:\n```sh\nCGO_ENABLED=0 go build ./...\n```", answers: build},
		{by: "dave", room: "general", body: "**fixed**: green on both, details in #ops", reactions: map[string][]string{"🎉": {"carol", "alice", "mina"}, "👍": {"mina"}}},
		{by: "mina", room: "general", kind: KindAction, body: "hands out cups"},
		{by: "alice", room: "general", body: list},
	}
}
