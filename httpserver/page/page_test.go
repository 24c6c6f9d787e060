package page_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"

	"teahouse/app/chat"
	"teahouse/httpserver/page"
	"teahouse/keys"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is what a page is told.
type house struct {
	page.Options
	asked atomic.Int64 // how often storage was
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{}
	h.Options = page.Options{
		Name: "teahouse", MOTD: func() string { return "" }, Region: "ams", Replica: "one", Port: 2222,
		Keys:  func() []ssh.PublicKey { return []ssh.PublicKey{hostKey(t, 1)} },
		Ready: func(context.Context) error { return nil },
		Census: func(context.Context) (chat.Census, error) {
			h.asked.Add(1)
			return chat.Census{Here: 2, Replicas: []chat.Replica{{Name: "one", Region: "ams", Sessions: 3, Self: true}}}, nil
		},
		Log: slog.New(slog.DiscardHandler),
	}
	return h
}

// hostKey makes the same key of the same number.
func hostKey(t *testing.T, n byte) ssh.PublicKey {
	t.Helper()
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = n
	key, err := ssh.NewPublicKey(ed25519.NewKeyFromSeed(seed).Public())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// get asks a page for itself under a host name.
func get(p http.Handler, host string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Host = host
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w
}

// shows fails the test where the page lacks a text or has one that it must not.
func shows(t *testing.T, w *httptest.ResponseRecorder, want []string, never ...string) {
	t.Helper()
	if w.Code != http.StatusOK {
		t.Errorf("the status is %d", w.Code)
	}
	for _, text := range want {
		if !strings.Contains(w.Body.String(), text) {
			t.Errorf("the page lacks %s", text)
		}
	}
	for _, text := range never {
		if strings.Contains(w.Body.String(), text) {
			t.Errorf("the page has %s", text)
		}
	}
	if t.Failed() {
		_, body, _ := strings.Cut(w.Body.String(), "</style>")
		t.Log(body)
	}
}

func TestThePageSaysHowToComeIn(t *testing.T) {
	shown, other := hostKey(t, 1), hostKey(t, 2)
	h := newHouse(t)
	h.MOTD = func() string { return "tea is ready\nand the cake, too" }
	h.Keys = func() []ssh.PublicKey { return []ssh.PublicKey{shown, other} }
	w := get(page.New(h.Options), "chat.example.com:8081")
	line := strings.Fields(string(ssh.MarshalAuthorizedKey(shown)))[1]
	shows(t, w, []string{
		"<code>ssh -p 2222 chat.example.com</code>", "ssh-keygen -t ed25519", "tea is ready",
		keys.Fingerprint(shown), "[chat.example.com]:2222 ssh-ed25519 " + line, keys.Fingerprint(other),
		"2 people are here.", `one <span class="self">(this one)</span>`, ">ams<", ">3<", ">ready<",
	}, "the cake", "memory does not answer", "<script", "{{")
	if got := w.Header().Get("Cache-Control"); got != "public, max-age=2" {
		t.Errorf("it may be kept for %s", got)
	}
}

// TestWhereToComeIn: the operator's word, or else the name by which the page was
// found, unless that is none.
func TestWhereToComeIn(t *testing.T) {
	for _, c := range []struct {
		set, found string
		port       uint16
		want       string
	}{
		{"", "chat.example.com", 22, "ssh chat.example.com"},
		{"", "chat.example.com.:80", 2222, "ssh -p 2222 chat.example.com"},
		{"", "[2001:db8::1]:8081", 2222, "ssh -p 2222 2001:db8::1"},
		{"", "[2001:db8::1]", 22, "ssh 2001:db8::1"},
		{"", "-oProxyCommand=x", 22, "ssh HOST"},
		{"", "a b;reboot", 2222, "ssh -p 2222 HOST"},
		{"", `"><script>`, 22, "ssh HOST"},
		{"", "", 22, "ssh HOST"},
		{"chat.example.com", "10.0.0.7:8081", 2222, "ssh chat.example.com"},
		{"chat.example.com:2022", "localhost", 2222, "ssh -p 2022 chat.example.com"},
	} {
		h := newHouse(t)
		h.Port = c.port
		if c.set != "" {
			var err error
			if h.Host, err = keys.ParseHost(c.set); err != nil {
				t.Fatal(err)
			}
		}
		shows(t, get(page.New(h.Options), c.found), []string{"<code>" + c.want + "</code>"})
	}
}

func TestWhoMayComeIn(t *testing.T) {
	for access, want := range map[chat.Access]string{
		chat.AccessOpen: "you are in at once", chat.AccessInvite: "ssh -p 2222 -t localhost join-code", chat.AccessClosed: "takes nobody new",
	} {
		h := newHouse(t)
		h.Access = access
		shows(t, get(page.New(h.Options), "localhost"), []string{want})
	}
}

func TestHowManyAreHere(t *testing.T) {
	for n, want := range map[int]string{0: "Nobody is here", 1: "One person is here.", 1234: "1234 people are here."} {
		h := newHouse(t)
		h.Census = func(context.Context) (chat.Census, error) { return chat.Census{Here: n}, nil }
		// Not even its own lease is there yet.
		shows(t, get(page.New(h.Options), "x"), []string{want, "(this one)", ">ready<"})
	}
}

func TestTheHealthOfReplicas(t *testing.T) {
	h := newHouse(t)
	h.Ready = func(context.Context) error { return errors.New("redis://secret@10.0.0.1 is away") }
	h.Census = func(context.Context) (chat.Census, error) {
		return chat.Census{Replicas: []chat.Replica{
			{Name: "two", Region: "iad", Sessions: 7, Silent: 4 * time.Second},
			{Name: "three", Region: "fra", Silent: 21 * time.Second},
			{Name: "one", Region: "ams", Self: true},
		}}, nil
	}
	w := get(page.New(h.Options), "x")
	shows(t, w, []string{`<td class="warn">not ready</td>`, `<td class="well">well</td>`, "<td class=\"warn\">silent for 21\u00a0s</td>"}, "secret", "10.0.0.1")
	one, three, two := strings.Index(w.Body.String(), ">one"), strings.Index(w.Body.String(), ">three"), strings.Index(w.Body.String(), ">two")
	if one < 0 || one > three || three > two {
		t.Error("the replicas do not go by region")
	}
}

func TestWithoutStorage(t *testing.T) {
	h := newHouse(t)
	h.Census = func(context.Context) (chat.Census, error) { return chat.Census{}, errors.New("dial tcp 10.0.0.1:6379") }
	shows(t, get(page.New(h.Options), "localhost"),
		[]string{"memory does not answer", "ssh -p 2222 localhost", ">not ready<"}, "10.0.0.1", "are here", ">ready<")
}

// TestStorageIsAskedRarely: once in two seconds, however many ask for the page
// and however often, also where it does not answer.
func TestStorageIsAskedRarely(t *testing.T) {
	for _, hangs := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			h := newHouse(t)
			tells := h.Census
			h.Census = func(ctx context.Context) (chat.Census, error) {
				c, _ := tells(ctx)
				if hangs {
					<-ctx.Done()
				}
				return c, ctx.Err()
			}
			p := page.New(h.Options)
			began := time.Now()
			for range 3 {
				var readers sync.WaitGroup
				for range 100 {
					readers.Go(func() { get(p, "x") })
				}
				readers.Wait()
			}
			if asked, took := h.asked.Load(), time.Since(began); asked != 1 || took > 2*time.Second {
				t.Errorf("hangs=%t: storage was asked %d times, and readers waited for %s", hangs, asked, took)
			}
			time.Sleep(2 * time.Second)
			get(p, "x")
			if asked := h.asked.Load(); asked != 2 {
				t.Errorf("hangs=%t: after a while storage was asked %d times", hangs, asked)
			}
		})
	}
}

// TestAReaderWhoLeaves has no say in what the next one is shown.
func TestAReaderWhoLeaves(t *testing.T) {
	h := newHouse(t)
	tells := h.Census
	h.Census = func(ctx context.Context) (chat.Census, error) {
		if err := ctx.Err(); err != nil {
			return chat.Census{}, err
		}
		return tells(ctx)
	}
	p := page.New(h.Options)
	gone, leave := context.WithCancel(t.Context())
	leave()
	p.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(gone, http.MethodGet, "/", nil))
	shows(t, get(p, "x"), []string{"2 people are here."})
}
