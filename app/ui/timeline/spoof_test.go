package timeline

import (
	"fmt"
	"strings"
	"testing"

	"teahouse/app/chat"
)

// feigned are texts that would be the house's words, or another's, if they stood
// where those stand. Each line has a Q in it.
func feigned() []string {
	pad := strings.Repeat(" ", 30)
	braille := strings.Repeat("\u2800", 20)
	return []string{
		"Q\n↪ alice: I resign Q",
		"Q\nbob     I quit Q\n· bob left Q\n* bob cries Q\n! you are banned Q\n│ whoami Q",
		"Q\n" + pad + "— 5 messages are missing here Q —\n" + pad + "Saturday 21 November Q",
		"Q\n ───────────────── new Q ─────────────────",
		"Q " + strings.Repeat("long words that go on Q ", 12) + braille + "· alice made me an owner Q",
		"> Q\n> > Q\n- Q\n1. Q\n```\nQ\n bob Q\n```\n\tQ",
	}
}

// What people write begins in its own column, whatever it is, and all that the
// house begins stands left of that: neither looks like the other.
func TestWhatPeopleWriteStaysInItsColumn(t *testing.T) {
	for _, width := range []int{20, 30, 39, 40, 59, 60, 80, 98, 120} {
		for i, body := range feigned() {
			for _, kind := range []chat.Kind{chat.KindText, chat.KindAction} {
				tl := plain(width, 200)
				m := message(1, 2, "mallory", morning(0), body)
				m.Kind = kind
				tl.Append([]*chat.Message{m})
				checkColumn(t, fmt.Sprintf("%d columns, text %d, kind %q", width, i, kind), tl)
			}
			tl := plain(width, 200)
			topic := strings.Join(strings.Fields(body), " ")
			tl.Notices([]chat.Notice{{Turn: chat.TurnTopic, User: 2, Name: "mallory", Text: topic, At: morning(0)}})
			checkColumn(t, fmt.Sprintf("%d columns, topic %d", width, i), tl)
		}
	}
}

// checkColumn looks at all rows with a Q but the one with the author's name.
func checkColumn(t *testing.T, what string, tl *Timeline) {
	t.Helper()
	margin := blanks(tl.columns().body)
	for _, row := range tl.Rows(nil) {
		isHouse := strings.Contains(row, "mallory")
		if strings.Contains(row, "Q") && !isHouse && !strings.HasPrefix(row, margin) {
			t.Errorf("%s: %q begins left of its column, %d", what, row, len(margin))
		}
	}
}

func TestTheHouseBeginsLeftOfWhatPeopleWrite(t *testing.T) {
	for _, width := range []int{20, 39, 40, 60, 80, 120} {
		tl := plain(width, 40)
		tl.SetTitle("#ops")
		tl.Append([]*chat.Message{message(1, 1, "alice", morning(0), "tea?"), answer(2, 1, "yes")})
		tl.Extend(chat.Page{Messages: []*chat.Message{message(5, 1, "alice", morning(3), "so?")}, First: 5, Head: chat.Head{ID: 5}})
		tl.Notices([]chat.Notice{{Turn: chat.TurnIn, User: 3, Name: "carol", At: morning(3)}})
		margin := blanks(tl.columns().body)
		for _, words := range []string{"21 November", "the begin", "↪ alice", "2 messages", "carol came"} {
			found := 0
			for _, row := range tl.Rows(nil) {
				if strings.Contains(row, words) {
					found++
				}
				if strings.Contains(row, words) && strings.HasPrefix(row, margin) {
					t.Errorf("%d columns: %q stands where people write", width, row)
				}
			}
			if found != 1 {
				t.Errorf("%d columns: %d rows with %q:\n%s", width, found, words, strings.Join(tl.Rows(nil), "\n"))
			}
		}
	}
}
