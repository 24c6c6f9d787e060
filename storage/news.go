package storage

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"teahouse/app/chat"
)

// channel names the Redis channel of a topic: room:{7}:feed.
func channel(t chat.Topic) string {
	kind, id, _ := strings.Cut(string(t), ":")
	return kind + ":{" + id + "}:feed"
}

func topic(channel string) (chat.Topic, bool) {
	kind, rest, ok := strings.Cut(channel, ":{")
	id, isFeed := strings.CutSuffix(rest, "}:feed")
	return chat.Topic(kind + ":" + id), ok && isFeed
}

// parse reads the payload of a channel: a letter for the kind, then the rest.
func parse(name, payload string) (chat.News, error) {
	t, ok := topic(name)
	if !ok || payload == "" {
		return chat.News{}, fmt.Errorf("%d bytes that are not a feed's", len(payload)) // what they are is nothing for a log
	}
	_, id, _ := strings.Cut(string(t), ":")
	news := chat.News{Topic: t, Room: chat.RoomID(id)}
	var err error
	switch rest := payload[1:]; payload[0] {
	case 'm':
		news.Kind = chat.NewsEntry
		news.Entry, err = parsePost(news.Room, rest)
	case 'e':
		news.Kind = chat.NewsEntry
		news.Entry, err = parseEntry(news.Room, rest)
	case 'r':
		news.Kind = chat.NewsRoll
		news.Change, err = parseChange(rest)
	case 'y':
		news.Kind = chat.NewsTyping
		news.Change, err = parseChange(rest)
	case 't':
		news.Kind = chat.NewsRoom
	case 'n':
		news.Kind = chat.NewsNotice
		news.Notice, err = parseNotice(rest)
	case 'o':
		news.Kind = chat.NewsRules
	case 's':
		news.Kind = chat.NewsSeats
	case 'd':
		news.Kind = chat.NewsRead
		news.Room, news.Read, err = parseRead(rest)
	default:
		err = fmt.Errorf("of an unknown kind: %.1q", payload)
	}
	return news, err
}

func parseChange(text string) (chat.Change, error) {
	var c struct {
		V int64
		T chat.Turn
		U chat.UserID
		N string
	}
	err := json.Unmarshal([]byte(text), &c)
	return chat.Change{Version: c.V, Turn: c.T, User: c.U, Name: c.N}, err
}

func parseRead(text string) (chat.RoomID, chat.MessageID, error) {
	id, room, _ := strings.Cut(text, " ")
	n, err := strconv.ParseInt(id, 10, 64)
	return chat.RoomID(room), chat.MessageID(n), err
}
