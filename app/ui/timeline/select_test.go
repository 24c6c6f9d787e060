package timeline

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"

	"teahouse/app/chat"
	"teahouse/app/ui/theme"
)

// barred lists what stands beside the bar of the selection.
func barred(t *Timeline) (rows []string) {
	for _, row := range t.Rows(nil) {
		if rest, ok := strings.CutPrefix(row, selectMark); ok {
			rows = append(rows, strings.TrimSpace(rest))
		}
	}
	return rows
}

func wantBarred(t *testing.T, tl *Timeline, want string) {
	t.Helper()
	if rows := barred(tl); len(rows) != 1 || !strings.HasSuffix(rows[0], want) {
		t.Errorf("%q is selected, want %q; all: %q", rows, want, tl.Rows(nil))
	}
}

func TestSelect(t *testing.T) {
	tl := plain(80, 10)
	tl.Append(long(1, 60))
	if m, ok := tl.Selected(); ok || len(barred(tl)) > 0 {
		t.Errorf("%v is selected from the beginning", m)
	}
	tl.SelectUp()
	wantBarred(t, tl, "message 60")
	for range 14 {
		tl.SelectUp()
	}
	wantBarred(t, tl, "message 46")
	if row := tl.Rows(nil)[0]; !strings.Contains(row, "message 46") {
		t.Errorf("the view does not follow the selection: the first row is %q", row)
	}
	if m, ok := tl.Selected(); !ok || m.ID != 46 || tl.AtBottom() {
		t.Errorf("Selected() = %v, %v; at the bottom: %v", m, ok, tl.AtBottom())
	}
	for range 14 {
		tl.SelectDown()
	}
	wantBarred(t, tl, "message 60")
	tl.SelectDown()
	if _, ok := tl.Selected(); ok || !tl.AtBottom() {
		t.Error("below the last message there is another")
	}
}

// What happened, what is gone, and what is hidden cannot be selected.
func TestSelectPassesOverTheRest(t *testing.T) {
	tl := plain(80, 20)
	ms := long(1, 8)
	ms[4].Deleted, ms[4].Body = true, ""
	tl.Append(ms)
	tl.SetHidden(func(m *chat.Message) bool { return m.ID == 7 })
	tl.Notices([]chat.Notice{{At: morning(3), Turn: chat.TurnIn, User: 7, Name: "erin"}})
	tl.Info("", "two\nrows")
	tl.SetPending([]chat.Pending{{Draft: chat.Draft{Key: "a", Body: "waits"}}})
	var ids []chat.MessageID
	for range 9 {
		tl.SelectUp()
		if m, ok := tl.Selected(); ok {
			ids = append(ids, m.ID)
		}
	}
	if diff := cmp.Diff([]chat.MessageID{8, 6, 4, 3, 2, 1, 1, 1, 1}, ids); diff != "" {
		t.Error(diff)
	}
	tl.Select(5)
	if m, ok := tl.Selected(); ok {
		t.Errorf("%+v is selected", m)
	}
	tl.Select(4)
	tl.Append([]*chat.Message{as(4, "changed")})
	if m, ok := tl.Selected(); !ok || m.Body != "changed" {
		t.Errorf("%+v is selected", m)
	}
	gone := *as(4, "")
	gone.Deleted = true
	tl.Append([]*chat.Message{&gone})
	if m, ok := tl.Selected(); ok {
		t.Errorf("%+v is selected", m)
	}
}

// New messages push the selected one up, and not out of the view.
func TestTheSelectionStaysInView(t *testing.T) {
	tl := plain(80, 10)
	tl.Append(long(1, 60))
	tl.Select(55)
	for id := chat.MessageID(61); id < 100; id++ {
		tl.Append(long(id, id))
		wantBarred(t, tl, "message 55")
	}
	if tl.AtBottom() || tl.Below() == 0 {
		t.Errorf("at the bottom: %v, %d below", tl.AtBottom(), tl.Below())
	}
	tl.Scroll(1000)
	if tl.Append(long(100, 100)); !tl.AtBottom() || len(barred(tl)) > 0 {
		t.Error("the selection takes back who went to the end")
	}
}

func TestARewoundSelectionIsGone(t *testing.T) {
	tl := plain(80, 10)
	tl.Append(long(1, 30))
	tl.Select(25)
	tl.Rewind(20)
	tl.Append(long(21, 30))
	if _, ok := tl.Selected(); ok {
		t.Error("another message of the same number is selected")
	}
}

func TestShow(t *testing.T) {
	tl := plain(80, 11)
	tl.Append(long(901, 1000))
	tl.Show(chat.Page{Messages: long(401, 500), First: 1, Head: chat.Head{ID: 1000}}, 450)
	wantBarred(t, tl, "message 450")
	if row := tl.Rows(nil)[5]; !strings.HasPrefix(row, selectMark) {
		t.Errorf("it is not in the middle: %q", tl.Rows(nil))
	}
	if tl.AtBottom() || tl.Shown() != 450 || tl.Below() == 0 {
		t.Errorf("at the bottom: %v, shown %d, %d below", tl.AtBottom(), tl.Shown(), tl.Below())
	}
	if _, ok := tl.Selected(); ok {
		t.Error("what is shown is selected")
	}
	tl.Append(long(1001, 1001))
	wantBarred(t, tl, "message 450")
	tl.Unmark()
	if len(barred(tl)) > 0 {
		t.Error("the mark stays")
	}
	tl.SelectUp()
	tl.SelectDown()
	tl.Scroll(1 << 20)
	if after, ok := tl.WantsNewer(); !ok || after != 500 {
		t.Errorf("WantsNewer() = %d, %v", after, ok)
	}
	tl.ToBottom()
	if before, ok := tl.WantsOlder(); !ok || before != 1002 {
		t.Errorf("WantsOlder() = %d, %v", before, ok)
	}
}

func TestShowWhatIsNotThere(t *testing.T) {
	for id, want := range map[chat.MessageID]chat.MessageID{1: 41, 44: 44, 99: 0} {
		tl := plain(80, 10)
		tl.Show(chat.Page{Messages: long(41, 60), First: 41, Head: chat.Head{ID: 60}}, id)
		if got := tl.Shown(); got != want {
			t.Errorf("Show of %d marks %d", id, got)
		}
	}
	tl := plain(80, 10)
	tl.Show(chat.Page{}, 7)
	wantLast(t, tl, "")
}

// Whatever is done, the view is full, and what is selected can be seen right
// after it was.
func TestSelectingAtRandom(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 5))
		tl := conversation(theme.New(termenv.Ascii, true))
		tl.SetHidden(func(m *chat.Message) bool { return m.From == 3 })
		for range 30 {
			do(tl, r)
			rows := tl.Rows(nil)
			if len(rows) != tl.height {
				t.Fatalf("seed %d: %d rows", seed, len(rows))
			}
			if m, ok := tl.Selected(); ok && r.IntN(2) == 0 {
				tl.Select(m.ID)
				if !slices.ContainsFunc(tl.Rows(nil), func(s string) bool { return strings.HasPrefix(s, selectMark) }) && tl.height > 2 {
					t.Fatalf("seed %d: %d is selected and not seen: %q", seed, m.ID, tl.Rows(nil))
				}
			}
		}
	}
}

func do(tl *Timeline, r *rand.Rand) {
	switch r.IntN(9) {
	case 0:
		tl.SetSize(20+r.IntN(100), 1+r.IntN(20))
	case 1, 2:
		tl.SelectUp()
	case 3:
		tl.SelectDown()
	case 4:
		tl.Select(chat.MessageID(r.IntN(16)))
	case 5:
		tl.Scroll(r.IntN(30) - 15)
	case 6:
		tl.SetTraffic(r.IntN(2) == 0)
	case 7:
		next := tl.Newest() + 1
		tl.Append(long(next, next+chat.MessageID(r.IntN(3))))
	case 8:
		tl.Show(chat.Page{Messages: long(1, 40), First: 1, Head: chat.Head{ID: 45}}, chat.MessageID(r.IntN(45)))
	}
}

// TestSelectHigh selects messages that are higher than the view, the last one
// among them.
func TestSelectHigh(t *testing.T) {
	for _, height := range []int{1, 2, 5, 9, 19, 20, 40} {
		tl := plain(80, height)
		tl.Append(long(1, 3))
		for _, m := range long(4, 5) {
			m.Body = "begins here" + strings.Repeat("\n\nand on", 10)
			tl.Append([]*chat.Message{m})
		}
		for _, id := range []chat.MessageID{5, 4} {
			tl.SelectUp()
			m, ok := tl.Selected()
			if rows := barred(tl); !ok || m.ID != id || !strings.HasSuffix(rows[0], "begins here") {
				t.Errorf("%d rows: of %d the beginning is not in view: %q", height, id, tl.Rows(nil))
			}
		}
		tl.Select(0)
		tl.ToBottom()
		if rows := tl.Rows(nil); !strings.HasSuffix(rows[height-1], "and on") || !tl.AtBottom() {
			t.Errorf("%d rows: the end is not the end: %q", height, rows)
		}
	}
}
