package storage

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

// verdict reads the answer of a script that may refuse: {”, result}, or
// {code, words for the user}, or {'too_fast', ”, how long to wait (ms)}, or
// {'held', the sanction as JSON}.
func verdict(doing string, cmd *redis.Cmd) (result string, err error) {
	answer, err := cmd.StringSlice()
	switch {
	case err != nil:
		return "", wrap(doing, err)
	case len(answer) < 2:
		return "", fmt.Errorf("%s: an answer of %d parts", doing, len(answer))
	case answer[0] == "":
		return answer[1], nil
	case answer[0] == "held":
		sanction, err := parseSanction(answer[1])
		if err != nil {
			return "", err
		}
		return "", sanction.InRoom(time.Now())
	case len(answer) > 2:
		wait, err := strconv.ParseInt(answer[2], 10, 64)
		if err != nil {
			return "", fmt.Errorf("%s: reading how long to wait: %w", doing, err)
		}
		return "", chat.Slowed(time.Duration(wait) * time.Millisecond)
	}
	return "", chat.Errorf(chat.Code(answer[0]), "%s", answer[1])
}

// noticeRecord is a notice on its way to the sessions of a room.
type noticeRecord struct {
	User   chat.UserID `json:"u"`
	Name   string      `json:"n"`
	Text   string      `json:"x"`
	Verb   chat.Verb   `json:"v,omitempty"`
	Target string      `json:"t,omitempty"`
	Why    string      `json:"w,omitempty"`
}

func formatNotice(by chat.User, did chat.Doing) (string, error) {
	text, err := json.Marshal(noticeRecord{
		User: by.ID, Name: by.Name, Text: did.Words(), Verb: did.Verb, Target: did.Target, Why: did.Why,
	})
	if err != nil {
		return "", fmt.Errorf("encoding a notice: %w", err)
	}
	return string(text), nil
}

func parseNotice(text string) (chat.Notice, error) {
	var r noticeRecord
	err := json.Unmarshal([]byte(text), &r)
	return chat.Notice{
		Turn: chat.TurnDid, User: r.User, Name: r.Name, Text: r.Text,
		Did: chat.Doing{Verb: r.Verb, Target: r.Target, Why: r.Why},
	}, err
}
