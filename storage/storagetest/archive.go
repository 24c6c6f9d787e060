package storagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
	"teahouse/storage"
	"teahouse/storage/archive"
)

func archives() map[string]func(*testing.T, *House) {
	return map[string]func(*testing.T, *House){
		"all of it comes back":                 comesBack,
		"an export is gone on with":            goneOnWith,
		"rooms as of one moment":               asOfOneMoment,
		"too much has changed to be made good": begunAnew,
		"an import is made again":              madeAgain,
		"only where there is no chat":          onlyIntoNone,
		"not beside a replica":                 notBesideReplica,
		"nothing unknown is left out":          nothingUnknown,
		"a replica that came meanwhile":        replicaMeanwhile,
	}
}

// attach gives a store that makes nothing by itself.
func (h *House) attach(t *testing.T) *storage.Store {
	t.Helper()
	s, err := storage.Attach(t.Context(), storage.Options{URL: h.URL, HistoryLimit: 10_000, Patience: patience, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	t.Cleanup(func() { report(t, s.Close()) })
	return s
}

func quietly(int64, int64) {}

// export writes all of the chat, and gives it without what is not the same in
// another one: the first line.
func export(t *testing.T, s *storage.Store) (whole []byte, lines string) {
	t.Helper()
	var out bytes.Buffer
	to, err := archive.NewWriter(&out, "a test")
	must(t, err)
	must(t, s.Export(t.Context(), to, quietly))
	must(t, to.Close())
	_, lines, _ = strings.Cut(out.String(), "\n")
	return out.Bytes(), lines
}

func restore(t *testing.T, s *storage.Store, from io.Reader) error {
	t.Helper()
	r, err := archive.NewReader(from)
	must(t, err)
	return s.Import(t.Context(), r, func(string) error { return errors.New("no host key was asked for") }, quietly, 0)
}

func everything(t *testing.T, h *House) map[string]string {
	t.Helper()
	all, err := Everything(t.Context(), h.Redis)
	must(t, err)
	return all
}

// comesBack: all keys are as they were, and a second export is the same text.
func comesBack(t *testing.T, h *House) {
	furnish(t, h)
	s, before := h.attach(t), everything(t, h)
	file, lines := export(t, s)
	h.Flush(t)
	must(t, restore(t, s, bytes.NewReader(file)))
	if diff := cmp.Diff(before, everything(t, h)); diff != "" {
		t.Errorf("what came back (-was +is): %s", diff)
	}
	if _, again := export(t, s); ageless(again) != ageless(lines) {
		t.Errorf("exported again: %s", cmp.Diff(lines, again))
	}
	h.Open(t)
}

// Move makes a chat in one Redis and moves it to the next, and so on: each of
// them has the same in the end.
func Move(t *testing.T, houses ...*House) {
	t.Helper()
	furnish(t, houses[0])
	before := everything(t, houses[0])
	for i, to := range houses[1:] {
		file, _ := export(t, houses[i].attach(t))
		must(t, restore(t, to.attach(t), bytes.NewReader(file)))
		if diff := cmp.Diff(before, everything(t, to)); diff != "" {
			t.Errorf("what came to %s (-was +is): %s", to.URL, diff)
		}
	}
}

// ageless leaves out when something expires, which is known to the millisecond
// only by whom it was told to.
func ageless(lines string) string {
	return regexp.MustCompile(`"(kept_)?until":"[^"]*"`).ReplaceAllString(lines, `"until":""`)
}

// goneOnWith: wherever it was interrupted, the end is the same; and what was
// changed meanwhile is as it is.
func goneOnWith(t *testing.T, h *House) {
	furnish(t, h)
	s := h.attach(t)
	file, lines := export(t, s)
	header := bytes.IndexByte(file, '\n') + 1
	for _, cut := range []int{header, header + 9, len(file) / 5, len(file) / 3, len(file) / 2, len(file) - 1} {
		_, again, _ := strings.Cut(string(resumed(t, s, file[:cut])), "\n")
		if diff := cmp.Diff(ageless(lines), ageless(again)); diff != "" {
			t.Errorf("cut at %d: %s", cut, diff)
		}
	}
	revise(t, s, chat.Revision{Room: chat.General, From: 1, ID: 1, Act: chat.ActEdit, Text: "changed meanwhile"})
	post(t, s, "&2", "posted meanwhile")
	sameAgain(t, h, s, resumed(t, s, file[:len(file)/5]))
}

// resumed gives an export of which a part had been written.
func resumed(t *testing.T, s *storage.Store, part []byte) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(path, part, 0o600))
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	defer func() { report(t, f.Close()) }()
	to, err := archive.Resume(f, "a test")
	must(t, err)
	must(t, s.Export(t.Context(), to, quietly))
	must(t, to.Close())
	whole, err := os.ReadFile(path)
	must(t, err)
	return whole
}

// sameAgain imports a file in the place of all that there is, and wants it to
// be that.
func sameAgain(t *testing.T, h *House, s *storage.Store, file []byte) {
	t.Helper()
	before := everything(t, h)
	h.Flush(t)
	must(t, restore(t, s, bytes.NewReader(file)))
	if diff := cmp.Diff(before, everything(t, h)); diff != "" {
		t.Errorf("what came back (-was +is): %s", diff)
	}
}

// meanwhile exports while do is done each time that some messages were written.
func meanwhile(t *testing.T, s *storage.Store, do func(round int)) []byte {
	t.Helper()
	var out bytes.Buffer
	to, err := archive.NewWriter(&out, "a test")
	must(t, err)
	round := 0
	must(t, s.Export(t.Context(), to, func(int64, int64) { round++; do(round) }))
	must(t, to.Close())
	return out.Bytes()
}

func asOfOneMoment(t *testing.T, h *House) {
	s := h.Open(t)
	for range 520 { // more than one page
		post(t, s, "5", "x")
	}
	file := meanwhile(t, s, func(round int) {
		if round > 6 {
			return
		}
		post(t, s, "5", "y")
		post(t, s, chat.RoomID(fmt.Sprint(5+round)), "a new room")
		for _, id := range []chat.MessageID{1, 510, 521} {
			revise(t, s, chat.Revision{Room: "5", From: 1, ID: id, Act: chat.ActEdit, Text: fmt.Sprint(round)})
			revise(t, s, chat.Revision{Room: "5", From: chat.UserID(round), ID: id, Act: chat.ActReact, Text: "👍"})
		}
	})
	sameAgain(t, h, s, file)
}

// begunAnew: no more than some changes are remembered, and all messages are
// read again.
func begunAnew(t *testing.T, h *House) {
	s := h.Open(t)
	for range 3 {
		post(t, s, "5", "x")
	}
	file := meanwhile(t, s, func(round int) {
		if round != 2 { // the second is room 5; the first is general
			return
		}
		revise(t, s, chat.Revision{Room: "5", From: 1, ID: 1, Act: chat.ActEdit, Text: "lost among the others"})
		for n := range 1010 {
			revise(t, s, chat.Revision{Room: "5", From: 1, ID: 2, Act: chat.ActEdit, Text: fmt.Sprint(n)})
		}
	})
	if n := bytes.Count(file, []byte(`{"log":{"room":"5"`)); n != 2 {
		t.Errorf("the messages were begun %d times", n)
	}
	sameAgain(t, h, s, file)
}

// madeAgain: half an import is no chat, and goes when it is made again.
func madeAgain(t *testing.T, h *House) {
	furnish(t, h)
	s, before := h.attach(t), everything(t, h)
	file, _ := export(t, s)
	other, _ := export(t, s)
	h.Flush(t)
	if err := restore(t, s, bytes.NewReader(file[:len(file)*2/3])); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("of half a file: %v", err)
	}
	must(t, h.Redis.Set(t.Context(), "username:zoe", "1", 0).Err())
	_, err := storage.Open(t.Context(), storage.Options{URL: h.URL, HistoryLimit: 10, Patience: patience, Log: slog.New(slog.DiscardHandler)})
	wantWords(t, err, "has not come to its end")
	wantWords(t, restore(t, s, bytes.NewReader(other)), "the import of another file")
	must(t, restore(t, s, bytes.NewReader(file)))
	if diff := cmp.Diff(before, everything(t, h)); diff != "" {
		t.Errorf("what came back (-was +is): %s", diff)
	}
}

func wantWords(t *testing.T, err error, words string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("the error is %v, and should have the words %q", err, words)
	}
}

func onlyIntoNone(t *testing.T, h *House) {
	furnish(t, h)
	s := h.attach(t)
	file, _ := export(t, s)
	before := everything(t, h)
	wantWords(t, restore(t, s, bytes.NewReader(file)), "holds a chat already")
	if diff := cmp.Diff(before, everything(t, h)); diff != "" {
		t.Errorf("the chat that was there: %s", diff)
	}
	h.Flush(t)
	must(t, h.Redis.Set(t.Context(), "somebody:elses", "1", 0).Err())
	must(t, restore(t, s, bytes.NewReader(file)))
}

func notBesideReplica(t *testing.T, h *House) {
	furnish(t, h)
	s := h.attach(t)
	file, _ := export(t, s)
	e := listen(t, h.Open(t))
	e.await("listening", 1, isKind(chat.NewsRestart))
	h.Flush(t)
	wantWords(t, restore(t, s, bytes.NewReader(file)), "a teahouse runs on this Redis")
}

// replicaMeanwhile: one that listens at another server is known by its lease.
func replicaMeanwhile(t *testing.T, h *House) {
	s := h.attach(t)
	var file bytes.Buffer
	to, err := archive.NewWriter(&file, "a test")
	must(t, err)
	must(t, to.Write(archive.Line{HostKey: &archive.HostKey{PEM: "x"}}))
	must(t, to.Close())
	from, err := archive.NewReader(&file)
	must(t, err)
	arrives := func(string) error {
		return h.Redis.ZAdd(t.Context(), "room:{0}:leases", redis.Z{Score: 1, Member: "r1"}).Err()
	}
	wantWords(t, s.Import(t.Context(), from, arrives, quietly, 0), "a teahouse runs on this Redis")
}

func nothingUnknown(t *testing.T, h *House) {
	for what, add := range map[string]func(ctx context.Context, r redis.UniversalClient) error{
		"user:{1} shoe": func(ctx context.Context, r redis.UniversalClient) error {
			return r.HSet(ctx, "user:{1}", "shoe", 42).Err()
		},
		"room:{1}:meta hat": func(ctx context.Context, r redis.UniversalClient) error {
			return r.HSet(ctx, "room:{1}:meta", "hat", 1).Err()
		},
		"room:{1}:hats": func(ctx context.Context, r redis.UniversalClient) error {
			return r.Set(ctx, "room:{1}:hats", 1, 0).Err()
		},
		"chat:{house} roof": func(ctx context.Context, r redis.UniversalClient) error {
			return r.HSet(ctx, "chat:{house}", "roof", 1).Err()
		},
		"room:{1} weight": func(ctx context.Context, r redis.UniversalClient) error {
			return r.ZAdd(ctx, "room:{1}", redis.Z{Score: 99, Member: `{"id":99,"at":1,"weight":1}`}).Err()
		},
	} {
		h.Flush(t)
		furnish(t, h)
		must(t, add(t.Context(), h.Redis))
		to, err := archive.NewWriter(io.Discard, "a test")
		must(t, err)
		wantWords(t, h.attach(t).Export(t.Context(), to, quietly), what)
	}
}
