package timeline

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"

	"teahouse/app/chat"
	"teahouse/app/ui/markup"
	"teahouse/app/ui/theme"
)

// long makes a room's messages from one id to another, one a line.
func long(from, to chat.MessageID) (ms []*chat.Message) {
	for id := from; id <= to; id++ {
		author := chat.UserID(1 + id%3)
		ms = append(ms, message(id, author, fmt.Sprintf("user%d", author), morning(float64(id)/4), fmt.Sprintf("message %d", id)))
	}
	return ms
}

func plain(width, height int) *Timeline {
	t := New(theme.New(termenv.Ascii, true), time.UTC, me, NewCache(&markup.Parser{}))
	t.SetSize(width, height)
	return t
}

func lastRow(t *Timeline) string {
	rows := t.Rows(nil)
	return strings.TrimSpace(rows[len(rows)-1])
}

func wantLast(t *testing.T, tl *Timeline, want string) {
	t.Helper()
	if got := lastRow(tl); !strings.HasSuffix(got, want) {
		t.Errorf("the last row is %q, want %q; all: %q", got, want, tl.Rows(nil))
	}
}

func TestFollowsTheEnd(t *testing.T) {
	tl := plain(80, 10)
	tl.Append(long(1, 30))
	wantLast(t, tl, "message 30")
	tl.Append(long(29, 31))
	wantLast(t, tl, "message 31")
	if !tl.AtBottom() || tl.Below() != 0 || tl.Newest() != 31 {
		t.Errorf("at bottom %v, %d below, newest %d", tl.AtBottom(), tl.Below(), tl.Newest())
	}
}

func TestStaysWhereOneReads(t *testing.T) {
	tl := plain(80, 10)
	tl.Append(long(100, 160))
	tl.Scroll(-12)
	wantLast(t, tl, "message 148")
	before := tl.Rows(nil)
	tl.Append(long(161, 170))
	tl.Notices([]chat.Notice{{At: morning(50), Turn: chat.TurnIn, User: 7, Name: "erin"}})
	tl.SetPending([]chat.Pending{{Draft: chat.Draft{Key: "a", Body: "waits"}}})
	tl.Prepend(chat.Page{Messages: long(50, 99), First: 1})
	if diff := cmp.Diff(before, tl.Rows(nil)); diff != "" {
		t.Errorf("the view has moved: %s", diff)
	}
	if tl.AtBottom() || tl.Below() != 22 || tl.Reached() != 148 {
		t.Errorf("at bottom %v, %d below, reached %d", tl.AtBottom(), tl.Below(), tl.Reached())
	}
	tl.PageDown()
	wantLast(t, tl, "message 156")
	tl.PageUp()
	wantLast(t, tl, "message 148")
	tl.ToBottom()
	wantLast(t, tl, "waits")
}

func TestTheTopIsTheTop(t *testing.T) {
	tl := plain(80, 10)
	tl.SetTitle("#general")
	tl.Append(long(1, 60))
	for _, up := range []func(){tl.ToTop, func() { tl.Scroll(-1000) }, tl.PageUp} {
		up()
		if row := tl.Rows(nil)[0]; !strings.Contains(row, "the beginning of #general") {
			t.Errorf("the first row is %q", row)
		}
	}
	tl.Scroll(1000)
	if !tl.AtBottom() {
		t.Error("scrolling down does not end at the bottom")
	}
}

func TestShortLogsStandAtTheBottom(t *testing.T) {
	tl := plain(80, 6)
	tl.SetTitle("#ops")
	if diff := cmp.Diff(make([]string, 6), tl.Rows(nil)); diff != "" {
		t.Error(diff)
	}
	tl.Append(nil)
	wantLast(t, tl, "the beginning of #ops —")
	tl.Append(long(1, 1))
	rows := tl.Rows(nil)
	if rows[2] != "" || !strings.Contains(rows[3], "beginning") || !strings.Contains(rows[4], "21 November") {
		t.Errorf("%q", rows)
	}
	tl.PageUp()
	if !tl.AtBottom() {
		t.Error("what fits can be scrolled")
	}
}

func TestOlderMessagesAreWantedInTime(t *testing.T) {
	tl := plain(80, 10)
	tl.Append(long(101, 160))
	if before, ok := tl.WantsOlder(); ok {
		t.Errorf("wants what is before %d while at the end", before)
	}
	tl.Scroll(-41)
	if before, ok := tl.WantsOlder(); !ok || before != 101 {
		t.Errorf("WantsOlder() = %d, %v", before, ok)
	}
	tl.SetLoading(true)
	if _, ok := tl.WantsOlder(); ok {
		t.Error("wants more during a load")
	}
	tl.Prepend(chat.Page{Messages: long(41, 100), First: 41})
	tl.ToTop()
	if _, ok := tl.WantsOlder(); ok {
		t.Error("wants what is kept no more")
	}
	if row := tl.Rows(nil)[0]; !strings.Contains(row, "— 40 older messages are no longer kept —") {
		t.Errorf("the first row is %q", row)
	}
}

func TestAnEmptyPageIsNotAskedForAgain(t *testing.T) {
	tl := plain(80, 10)
	tl.Append(long(5, 8))
	if before, ok := tl.WantsOlder(); !ok || before != 5 {
		t.Errorf("WantsOlder() = %d, %v", before, ok)
	}
	tl.Prepend(chat.Page{})
	if _, ok := tl.WantsOlder(); ok {
		t.Error("asks again")
	}
}

func TestAHoleIsFilled(t *testing.T) {
	tl := plain(80, 30)
	tl.Append(long(1, 5))
	tl.Append(long(12, 14))
	wantLast(t, tl, "message 5")
	if after, ok := tl.WantsNewer(); !ok || after != 5 {
		t.Errorf("WantsNewer() = %d, %v", after, ok)
	}
	tl.SetLoading(true)
	tl.Append(long(15, 15))
	tl.Extend(chat.Page{Messages: long(9, 13), First: 9, Head: chat.Head{ID: 15}})
	if !slices.ContainsFunc(tl.Rows(nil), func(s string) bool { return strings.Contains(s, "— 3 messages are missing here") }) {
		t.Errorf("nothing says what is missing: %q", tl.Rows(nil))
	}
	if after, ok := tl.WantsNewer(); !ok || after != 13 {
		t.Errorf("WantsNewer() = %d, %v", after, ok)
	}
	tl.Extend(chat.Page{Messages: long(14, 16), First: 9, Head: chat.Head{ID: 16}})
	if _, ok := tl.WantsNewer(); ok {
		t.Error("wants more than there is")
	}
	wantLast(t, tl, "message 16")
}

func TestRewind(t *testing.T) {
	tl := plain(80, 10)
	tl.Append(long(1, 30))
	tl.Rewind(20)
	wantLast(t, tl, "message 20")
	tl.Append([]*chat.Message{message(21, 2, "bob", morning(30), "instead")})
	wantLast(t, tl, "instead")
}

// as makes a message what it is after some change.
func as(id chat.MessageID, body string) *chat.Message {
	m := *long(id, id)[0]
	m.Body, m.Edited = body, morning(60)
	return &m
}

func TestChangesTakeTheirPlace(t *testing.T) {
	tl := plain(80, 10)
	tl.Append(long(101, 130))
	tl.Rows(nil)
	tl.Notices([]chat.Notice{{At: morning(32), Turn: chat.TurnIn, User: 7, Name: "erin"}})
	tl.Append([]*chat.Message{as(129, "first"), as(130, "changed"), as(129, "changed too")})
	tl.Append([]*chat.Message{as(7, "not loaded"), as(131, "new"), as(132, "newer")})
	all := strings.Join(tl.Rows(nil), "\n")
	for text, want := range map[string]int{
		"message 129": 0, "message 130": 0, "first": 0, "changed (edited)": 1, "changed too (edited)": 1,
		"not loaded": 0, "new (edited)": 1, "newer (edited)": 1,
	} {
		if n := strings.Count(all, text); n != want {
			t.Errorf("%q is there %d times: %s", text, n, all)
		}
	}
	if tl.Newest() != 132 || tl.oldest() != 101 || tl.Below() != 0 {
		t.Errorf("from %d to %d, %d below", tl.oldest(), tl.Newest(), tl.Below())
	}
}

// An edit of an old message is none to begin with where the end is loading.
func TestChangesWhileTheEndLoads(t *testing.T) {
	tl := plain(80, 10)
	tl.Append(long(1, 30))
	tl.Append(long(40, 41))
	tl.Scroll(-5)
	tl.ToBottom()
	tl.Append([]*chat.Message{as(5, "old")})
	if before, ok := tl.WantsOlder(); !ok || before != 42 || tl.Newest() != 0 {
		t.Errorf("WantsOlder() = %d, %v; newest %d", before, ok, tl.Newest())
	}
}

func TestRenew(t *testing.T) {
	for what, c := range map[string]struct {
		window []*chat.Message
		up     int
		oldest chat.MessageID
		last   string
	}{
		"as far":     {append(long(21, 29), as(30, "changed")), 0, 21, "changed (edited)"},
		"further":    {long(21, 35), 0, 21, "message 35"},
		"far beyond": {long(50, 60), 0, 50, "message 60"},
		"reading":    {append(long(26, 27), as(28, "changed")), 2, 1, "changed (edited)"},
		"nothing":    {nil, 0, 1, "message 30"},
	} {
		t.Run(what, func(t *testing.T) {
			tl := plain(80, 5)
			tl.Append(long(1, 30))
			tl.Scroll(-c.up)
			tl.Renew(c.window)
			wantLast(t, tl, c.last)
			if tl.oldest() != c.oldest || tl.AtBottom() != (c.up == 0) {
				t.Errorf("the oldest is %d, at the bottom: %v", tl.oldest(), tl.AtBottom())
			}
		})
	}
}

// Somebody who reads all there ever was holds no more than the bound, and
// finds the way back.
func TestMemoryIsBounded(t *testing.T) {
	const newest = 9000
	tl := plain(80, 10)
	tl.Append(long(newest-500, newest))
	if n := len(tl.entries); n > keepFollowing*5/4 {
		t.Errorf("%d entries are loaded while it follows", n)
	}
	for tl.oldest() > 1 {
		tl.ToTop()
		before, ok := tl.WantsOlder()
		if !ok {
			t.Fatalf("stuck at %d", tl.oldest())
		}
		tl.Prepend(chat.Page{Messages: long(max(before-100, 1), before-1), First: 1})
		if n := len(tl.entries); n > keepReading*5/4 {
			t.Fatalf("%d entries are loaded", n)
		}
	}
	tl.ToTop()
	tl.Append(long(newest+1, newest+1))
	if got := tl.Below(); got < newest-20 {
		t.Errorf("%d messages below the top", got)
	}
	tl.Scroll(1 << 20)
	if after, ok := tl.WantsNewer(); !ok || after != tl.Newest() || tl.AtBottom() {
		t.Errorf("WantsNewer() = %d, %v at the end of what is loaded", after, ok)
	}
	tl.ToBottom()
	before, ok := tl.WantsOlder()
	if !ok || before != newest+2 {
		t.Errorf("WantsOlder() = %d, %v", before, ok)
	}
	tl.Prepend(chat.Page{Messages: long(newest-98, newest+1), First: 1})
	wantLast(t, tl, fmt.Sprintf("message %d", newest+1))
}

// A tall window must not want what would be dropped at once.
func TestLoadingEnds(t *testing.T) {
	tl := plain(80, 200)
	tl.Append(long(5001, 5512))
	for range 20 {
		before, ok := tl.WantsOlder()
		if !ok {
			return
		}
		tl.Prepend(chat.Page{Messages: long(before-100, before-1), First: 1})
	}
	t.Error("it loads and drops for ever")
}

func TestPostedMessagesAreShownOnce(t *testing.T) {
	tl := plain(80, 10)
	tl.Append(long(1, 3))
	tl.SetPending([]chat.Pending{{Draft: chat.Draft{Key: "a", Body: "mine"}, Posted: 4}})
	wantLast(t, tl, "mine")
	tl.Append([]*chat.Message{message(4, me, "dora", morning(1), "mine")})
	if n := strings.Count(strings.Join(tl.Rows(nil), "\n"), "mine"); n != 1 {
		t.Errorf("it is shown %d times", n)
	}
}

func TestComingsAndGoingsFold(t *testing.T) {
	tl := plain(80, 10)
	tl.Append(nil)
	for _, n := range []chat.Notice{
		{Turn: chat.TurnIn, User: 1, Name: "a"}, {Turn: chat.TurnOut, User: 1, Name: "a"},
		{Turn: chat.TurnOut, User: 2, Name: "b"}, {Turn: chat.TurnIn, User: 2, Name: "b"},
		{Turn: chat.TurnIn, User: me, Name: "dora"},
		{Turn: chat.TurnOut, User: 3, Name: "c"}, {Turn: chat.TurnOut, User: 4, Name: "d"}, {Turn: chat.TurnOut, User: 5, Name: "e"},
		{Turn: chat.TurnOut, User: 6, Name: "f"}, {Turn: chat.TurnOut, User: 7, Name: "g"}, {Turn: chat.TurnOut, User: 8, Name: "h"},
	} {
		n.At = morning(0)
		tl.Notices([]chat.Notice{n})
	}
	wantLast(t, tl, "· you came, c, d, e, f and 2 others left, a came by, b came back")
}

func TestTextFitsEveryWidth(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		tl := conversation(theme.New(termenv.ANSI, true))
		for range 10 {
			width, height := 20+r.IntN(120), 1+r.IntN(50)
			tl.SetSize(width, height)
			tl.Scroll(r.IntN(60) - 40)
			rows := tl.Rows(nil)
			if len(rows) != height {
				t.Fatalf("%d rows at a height of %d", len(rows), height)
			}
			for _, row := range rows {
				if ansi.StringWidth(row) > width || strings.ContainsAny(row, "\n\t\r") {
					t.Fatalf("%q does not fit %d", row, width)
				}
			}
		}
	}
}

func TestHostileTextIsHarmless(t *testing.T) {
	tl := plain(80, 10)
	evil := "\x1b[2J\x1b]0;x\x07\u202eevil\x9b1m\nsecond"
	m := message(1, 1, evil, morning(0), evil)
	tl.SetTitle(evil)
	tl.Append([]*chat.Message{m})
	tl.Notices([]chat.Notice{{At: morning(0), Turn: chat.TurnTopic, Name: evil, Text: evil}})
	tl.Info(evil, evil)
	for _, row := range tl.Rows(nil) {
		if chat.Printable(row) != row {
			t.Errorf("%q is not printable", row)
		}
	}
}

func BenchmarkRows(b *testing.B) {
	for _, n := range []chat.MessageID{100, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			tl := plain(80, 20)
			for id := chat.MessageID(1); id <= n; id += 100 {
				tl.Append(long(id, id+99))
			}
			next := long(n+1, n+1)[0]
			b.ReportAllocs()
			for b.Loop() {
				m := *next
				tl.Append([]*chat.Message{&m})
				tl.Rows(nil)
				next.ID++
			}
		})
	}
}

// wantRun wants the loaded messages to follow each other.
func wantRun(t *testing.T, tl *Timeline) {
	t.Helper()
	last := chat.MessageID(0)
	for i := range tl.entries {
		id := tl.entries[i].id()
		if id > 0 && last > 0 && id != last+1 {
			t.Errorf("message %d follows %d", id, last)
		}
		last = id
	}
}

// TestAnOlderPageThatIsLate: what it was to be put above is not loaded any more.
func TestAnOlderPageThatIsLate(t *testing.T) {
	for what, meanwhile := range map[string]func(*Timeline){
		"much was said":       func(tl *Timeline) { tl.Append(long(301, 700)) },
		"changes were missed": func(tl *Timeline) { tl.Renew(long(260, 320)) },
		"more was missed":     func(tl *Timeline) { tl.Renew(long(900, 920)) },
	} {
		tl := plain(80, 24)
		tl.Append(long(201, 300))
		tl.SetLoading(true)
		meanwhile(tl)
		oldest := tl.oldest()
		tl.Prepend(chat.Page{Messages: long(101, 200), First: 1})
		wantRun(t, tl)
		tl.Scroll(-10_000)
		if before, ok := tl.WantsOlder(); !ok || before != oldest {
			t.Errorf("%s: then wants older than %d (%v), want %d", what, before, ok, oldest)
		}
	}
}

// TestANewerPageThatIsLate: no messages are said to be missing that storage has.
func TestANewerPageThatIsLate(t *testing.T) {
	tl := plain(80, 24)
	tl.Append(long(201, 300))
	tl.Scroll(-30)
	tl.SetLoading(true)
	tl.Rewind(280)
	tl.Extend(chat.Page{Messages: long(301, 320), First: 1})
	wantRun(t, tl)
	tl.Extend(chat.Page{Messages: long(281, 300), First: 1})
	wantRun(t, tl)
	if got := strings.Join(tl.Rows(nil), "\n"); strings.Contains(got, "no longer") || tl.Newest() != 300 {
		t.Errorf("the newest is %d: %s", tl.Newest(), got)
	}
}

// TestRewindToBeforeWhatWasKept: where a log begins anew, all of it can be read.
func TestRewindToBeforeWhatWasKept(t *testing.T) {
	tl := plain(80, 24)
	tl.Append(long(600, 700))
	tl.Prepend(chat.Page{Messages: long(500, 599), First: 500})
	tl.Rewind(0)
	tl.Renew(nil)
	tl.Append(long(1, 400))
	tl.Scroll(-10_000)
	if before, ok := tl.WantsOlder(); !ok {
		t.Errorf("the oldest is %d, and nothing older is wanted", before)
	}
}
