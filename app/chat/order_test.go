package chat_test

import (
	"fmt"
	"testing"

	"teahouse/app/chat"
)

// step makes one of messages by their ids, and notices by what they come after.
func step(ids, after []chat.MessageID) (s chat.Step) {
	for _, id := range ids {
		s.Messages = append(s.Messages, &chat.Message{ID: id})
	}
	for _, id := range after {
		s.Notices = append(s.Notices, chat.Notice{After: id})
	}
	return s
}

func TestInOrder(t *testing.T) {
	type list = []chat.MessageID
	for _, c := range []struct {
		ids, after list
		want       string
	}{
		{nil, nil, "|"},
		{list{1, 2}, nil, "1 2 |"},
		{nil, list{4, 4}, "| n4 n4"},
		{list{4, 5, 6}, list{5}, "4 5 | n5; 6 |"},
		{list{4, 5, 6}, list{3, 3, 5, 6}, "| n3 n3; 4 5 | n5; 6 | n6"},
		{list{4, 5}, list{9}, "4 5 | n9"},
		{list{7, 2, 8}, list{7}, "7 2 | n7; 8 |"}, // 2 was edited
		{list{7, 8}, list{8, 7}, "7 8 | n8 n7"},   // the log was rewound in between
	} {
		var got string
		for ms, notices := range step(c.ids, c.after).InOrder() {
			if got != "" {
				got += "; "
			}
			for _, m := range ms {
				got += fmt.Sprint(m.ID, " ")
			}
			got += "|"
			for _, n := range notices {
				got += fmt.Sprint(" n", n.After)
			}
		}
		if got != c.want {
			t.Errorf("%v and %v: %q, want %q", c.ids, c.after, got, c.want)
		}
	}
}

// TestNoticesHaveAPlace: what happens beside the log is told between which
// messages it did.
func TestNoticesHaveAPlace(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.replica(), h.replica()
	anna := h.connect(a, "anna")
	anna.send("one")
	anna.send("two")
	anna.await(2)
	h.connect(b, "bert")
	var came chat.Notice
	anna.until("bert has come", func() bool {
		for _, n := range anna.notices {
			if n.Name == "bert" {
				came = n
			}
		}
		return came.Name != ""
	})
	if came.After != 2 || came.Turn != chat.TurnIn {
		t.Errorf("the notice is %+v", came)
	}
}
