package timeline

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teahouse/app/chat"
)

// texts is what the rows say, without the blanks around it and empty rows.
func texts(tl *Timeline) (texts []string) {
	for _, row := range tl.Rows(nil) {
		if row = strings.TrimSpace(row); row != "" {
			texts = append(texts, row)
		}
	}
	return texts
}

func wantTexts(t *testing.T, tl *Timeline, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, texts(tl)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// centre is a line of the house's in the middle of a width.
func centre(width int, s string) string {
	return "·" + strings.Repeat(" ", (width-len(s))/2-2) + s
}

func TestHiddenMessagesFold(t *testing.T) {
	tl := plain(80, 12)
	tl.SetHidden(func(m *chat.Message) bool { return m.From == 2 })
	tl.Append([]*chat.Message{
		message(1, 2, "bob", morning(-24*60), "yesterday"),
		message(2, 2, "bob", morning(0), "spam"),
		message(3, 2, "bob", morning(0), "spam"),
		message(4, 1, "alice", morning(0), "hello"),
		message(5, 2, "bob", morning(1), "spam"),
		message(6, 2, "bob", morning(1), "spam"),
	})
	tl.SetNew(5)
	tl.Append([]*chat.Message{message(7, 2, "bob", morning(1), "spam")})
	wantTexts(t, tl,
		centre(80, "Friday 20 November"), "09:14  · a message of somebody you ignore",
		centre(80, "Saturday 21 November"), "09:14  · 2 messages of people you ignore", "alice   hello",
		"09:15  · a message of somebody you ignore",
		strings.TrimSpace(tl.newRule()), "09:15  · 2 messages of people you ignore")
	tl.SetHidden(nil)
	if n := strings.Count(strings.Join(tl.Rows(nil), "\n"), "spam"); n != 5 {
		t.Errorf("%d of 5 are seen again", n)
	}
}

// Scrolling through folded messages moves by rows that can be seen.
func TestScrollingOverHiddenMessages(t *testing.T) {
	tl := plain(80, 5)
	tl.SetHidden(func(m *chat.Message) bool { return m.ID > 20 && m.ID <= 80 })
	tl.Append(long(1, 100))
	for _, by := range []int{1, 3, 7} {
		tl.ToTop()
		all := tl.Rows(nil)
		for !tl.AtBottom() {
			before := tl.Rows(nil)
			tl.Scroll(by)
			after := tl.Rows(nil)
			moved := 0
			for moved < len(before) && before[moved] != after[0] {
				moved++
			}
			if !tl.AtBottom() && moved != min(by, 5) {
				t.Fatalf("scrolling by %d moved by %d: %q, %q", by, moved, before, after)
			}
			all = append(all, after[max(5-moved, 0):]...)
		}
		if n := strings.Count(strings.Join(all, "\n"), "60 messages of people you ignore"); n == 0 {
			t.Errorf("by %d: nothing tells of the hidden ones: %q", by, all)
		}
	}
}

func TestTrafficIsToldWhenWanted(t *testing.T) {
	tl := plain(80, 6)
	in := []chat.Notice{{At: morning(20), Turn: chat.TurnIn, User: 5, Name: "erin"}}
	topic := []chat.Notice{{At: morning(20), Turn: chat.TurnTopic, User: 5, Name: "erin", Text: "tea"}}
	tl.Append(long(1, 60))
	tl.Notices(in)
	tl.Append(long(61, 80))
	tl.Scroll(-10)
	before := tl.Rows(nil)
	tl.SetTraffic(false)
	if diff := cmp.Diff(before, tl.Rows(nil)); diff != "" {
		t.Errorf("the view has moved: %s", diff)
	}
	tl.ToBottom()
	tl.Notices(in)
	wantLast(t, tl, "message 80")
	tl.Notices(topic)
	wantLast(t, tl, "erin set the topic: tea")
	tl.SetTraffic(true)
	tl.Notices(in)
	wantLast(t, tl, "erin came")
	if all := strings.Join(tl.Rows(nil), "\n"); strings.Count(all, "erin came") != 1 {
		t.Errorf("what was not told is told later: %s", all)
	}
}

func TestClock(t *testing.T) {
	tl := plain(80, 3)
	tl.SetTitle("")
	tl.Append([]*chat.Message{message(1, 1, "alice", morning(0), "hello")})
	tl.SetPending([]chat.Pending{{Draft: chat.Draft{Key: "a", Body: "waits"}}})
	wantTexts(t, tl, centre(80, "Saturday 21 November"), "09:14  alice   hello", "…    you     waits")
	tl.SetClock(time.UTC, true)
	if diff := cmp.Diff([]string{
		" " + centre(80, "Saturday 21 November"),
		"  9:14am  alice   hello",
		"    …     you     waits",
	}, tl.Rows(nil)); diff != "" {
		t.Error(diff)
	}
	tl.SetClock(time.FixedZone("far away", 15*60*60), true)
	wantTexts(t, tl, centre(80, "Sunday 22 November"), "12:14am  alice   hello", "…     you     waits")
	tl.SetSize(30, 5)
	wantTexts(t, tl, centre(30, "Sun 22 November"), "alice 12:14am", "hello", "you …", "waits")
}
