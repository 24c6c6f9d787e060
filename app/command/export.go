package command

import (
	"bytes"
	"context"
	"io"
	"iter"
	"maps"
	"slices"

	"teahouse/app/chat"
)

// exportJSON is what export prints, before what the person wrote. The fields
// stay as they are.
type exportJSON struct {
	User     userJSON          `json:"user"`
	Created  string            `json:"created"`
	Seen     string            `json:"seen"`
	Away     string            `json:"away,omitempty"`
	Keys     []exportedKey     `json:"keys"`
	Settings map[string]string `json:"settings"`
	Ignored  []string          `json:"ignored"`
	Rooms    []exportedRoom    `json:"rooms"`

	CameBy   string `json:"came_by,omitempty"`   // the key of the last time
	CameFrom string `json:"came_from,omitempty"` // and the address
}

type exportedKey struct {
	Fingerprint string `json:"fingerprint"`
	Key         string `json:"key"`
}

type exportedRoom struct {
	Room  string         `json:"room"`
	Read  chat.MessageID `json:"read"`            // up to this message
	Quiet bool           `json:"quiet,omitempty"` // does not count as unread
	Open  bool           `json:"open,omitempty"`  // the one that was open last
	Draft string         `json:"draft,omitempty"`
}

type exportedReaction struct {
	Room  string         `json:"room"`
	ID    chat.MessageID `json:"id"` // of the message that it is under
	Emoji []string       `json:"emoji"`
}

// export prints one document, the messages as they are read.
func export(ctx context.Context, c *Call) error {
	if c.Face == Screen {
		return chat.Errorf(chat.CodeRefused, "that is more than fits here; give it outside, into a file: ssh HOST export > me.json")
	}
	all, err := c.Service.Belongings(ctx, c.User)
	if err != nil {
		return err
	}
	head, err := encoded(belongings(all))
	if err != nil {
		return err
	}
	if _, err := c.Out.W.Write(bytes.TrimSuffix(head, []byte("}"))); err != nil {
		return err
	}
	err = c.list("messages", c.Service.Written(ctx, c.User), func(t chat.Trace) any { return messageJSON(t.Room, t.Message) })
	if err != nil {
		return err
	}
	err = c.list("reactions", c.Service.Reacted(ctx, c.User), func(t chat.Trace) any {
		return exportedReaction{Room: roomName(t.Room), ID: t.Message.ID, Emoji: reactionsOf(c.User, t.Message)}
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(c.Out.W, "}\n")
	return err
}

// encoded gives an object as one line without its end.
func encoded(object any) ([]byte, error) {
	var b bytes.Buffer
	if err := (Printer{W: &b}).encode(object); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// list prints a field of the document whose values come one by one.
func (c *Call) list(name string, traces iter.Seq2[chat.Trace, error], as func(chat.Trace) any) error {
	gap := ",\"" + name + "\":[\n"
	for t, err := range traces {
		if err != nil {
			return err
		}
		line, err := encoded(as(t))
		if err != nil {
			return err
		}
		if _, err := io.WriteString(c.Out.W, gap+string(line)); err != nil {
			return err
		}
		gap = ",\n"
	}
	end := "]"
	if gap != ",\n" {
		end = gap + end
	}
	_, err := io.WriteString(c.Out.W, end)
	return err
}

func belongings(all chat.Belongings) exportJSON {
	object := exportJSON{
		User:    userJSON{ID: int64(all.User.ID), Name: all.User.Name},
		Created: stamp(all.User.Created), Seen: stamp(all.User.Seen), Away: all.Preferences.Away,
		Keys: []exportedKey{}, Settings: map[string]string{}, Rooms: []exportedRoom{},
		Ignored: slices.AppendSeq([]string{}, maps.Values(all.Preferences.Ignored)),
		CameBy:  all.Came.Fingerprint, CameFrom: all.Came.Address,
	}
	slices.Sort(object.Ignored)
	for _, k := range all.Keys {
		object.Keys = append(object.Keys, exportedKey{Fingerprint: k.Fingerprint, Key: k.Line})
	}
	for _, d := range chat.SettingsTable() {
		object.Settings[d.Name] = d.Of(all.Preferences.Settings)
	}
	for _, in := range all.Seats {
		object.Rooms = append(object.Rooms, exportedRoom{
			Room: roomName(in.Room), Read: in.Read, Quiet: all.Preferences.Muted[in.Room.ID],
			Open: all.Preferences.Room == in.Room.ID, Draft: all.Drafts[in.Room.ID],
		})
	}
	return object
}

func reactionsOf(user chat.User, m *chat.Message) (emoji []string) {
	for _, r := range m.Reactions {
		if slices.Contains(r.Users, user.ID) {
			emoji = append(emoji, r.Emoji)
		}
	}
	return emoji
}
