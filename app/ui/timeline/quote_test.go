package timeline

import (
	"strings"
	"testing"

	"teahouse/app/chat"
)

func answer(id, to chat.MessageID, body string) *chat.Message {
	m := message(id, 1, "alice", morning(float64(id)), body)
	m.ReplyTo = to
	return m
}

func TestAnswersQuote(t *testing.T) {
	tl := plain(60, 20)
	tl.SetTitle("")
	gone := message(12, 2, "bob", morning(12), "")
	gone.Deleted = true
	tl.Append([]*chat.Message{
		message(11, 2, "bob", morning(11), "who has the key?\nI do not"), gone,
		answer(13, 11, "I have"), answer(14, 12, "pity"), answer(15, 5, "so it was"),
	})
	want := []string{
		"↪ bob: who has the key?", "09:27  alice   I have", "↪ bob: message deleted", "09:28  alice   pity",
		"↪ a message that is no longer kept", "09:29  alice   so it was",
	}
	if got := texts(tl); strings.Join(got[len(got)-6:], "\n") != strings.Join(want, "\n") {
		t.Errorf("%q", got)
	}
	tl.SetQuote(func(id chat.MessageID) (*chat.Message, bool) { return nil, id == 5 })
	wantRow(t, tl, "↪ …")
	tl.SetQuote(func(id chat.MessageID) (*chat.Message, bool) {
		return message(5, me, "dora", morning(5), "it was "+strings.Repeat("very ", 20)+"late"), id == 5
	})
	wantRow(t, tl, "↪ you: it was very very very very very very very v…")
	edited := message(11, 2, "bob", morning(11), "who has both keys?")
	edited.Edited = morning(30)
	tl.Append([]*chat.Message{edited})
	wantRow(t, tl, "↪ bob: who has both keys?")
	tl.SetHidden(func(m *chat.Message) bool { return m.From == 2 })
	wantRow(t, tl, "↪ a message of somebody you ignore")
	tl.SetPending([]chat.Pending{{Draft: chat.Draft{Key: "a", Body: "waits", ReplyTo: 13}}})
	wantRow(t, tl, "↪ alice: I have")
}

func wantRow(t *testing.T, tl *Timeline, want string) {
	t.Helper()
	for _, text := range texts(tl) {
		if text == want {
			return
		}
	}
	t.Errorf("no row is %q; all: %q", want, texts(tl))
}

// TestAnswersQuoteWhatIsNow has an answer measured, on the way to somewhere else,
// before what it quotes changes.
func TestAnswersQuoteWhatIsNow(t *testing.T) {
	tl := plain(60, 10)
	ms := long(1, 100)
	ms[59] = answer(60, 30, "so it is")
	tl.Append(ms)
	tl.Rows(nil)
	tl.Scroll(-60) // past it, and nothing is drawn on the way
	tl.Rows(nil)
	gone := message(30, 1, "user1", morning(30), "")
	gone.Deleted = true
	tl.Append([]*chat.Message{gone})
	tl.Scroll(20)
	wantRow(t, tl, "↪ user1: message deleted")
}

// TestAnswersQuoteWhatIsNowBelowALine has a line taken away between what was drawn
// and what changes.
func TestAnswersQuoteWhatIsNowBelowALine(t *testing.T) {
	tl := plain(60, 20)
	ms := long(1, 10)
	ms[9] = answer(10, 5, "so it is")
	tl.Append(ms)
	tl.Info("welcome", "Welcome!")
	tl.Rows(nil)
	tl.Dismiss("welcome")
	gone := message(5, 3, "user3", morning(5), "")
	gone.Deleted = true
	tl.Append([]*chat.Message{gone})
	wantRow(t, tl, "↪ user3: message deleted")
}
