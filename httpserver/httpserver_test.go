package httpserver_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"go.uber.org/goleak"

	"teahouse/httpserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is a server and what it is told.
type house struct {
	t       *testing.T
	url     string
	client  *http.Client
	ready   atomic.Pointer[func(context.Context) error]
	kettles atomic.Int64
}

// open starts a server, and stops it with the test.
func open(t *testing.T, change ...func(*httpserver.Options)) *house {
	t.Helper()
	h := &house{t: t, client: &http.Client{Transport: &http.Transport{}, Timeout: 20 * time.Second}}
	h.is(nil)
	o := httpserver.Options{
		Ready: func(ctx context.Context) error { return (*h.ready.Load())(ctx) },
		Metrics: []prometheus.Collector{prometheus.NewCounterFunc(
			prometheus.CounterOpts{Name: "kettles_total", Help: "Kettles that were put on."}, func() float64 { return float64(h.kettles.Load()) })},
		Page:   http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "come in") }),
		Region: "ams", Replica: `re"plica`, Log: slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&o)
	}
	s := httpserver.New(o)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	h.url = "http://" + ln.Addr().String()
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	t.Cleanup(func() {
		h.client.CloseIdleConnections()
		must(t, s.Close())
		must(t, <-served)
	})
	return h
}

// is makes the server ready, or tells why it is not.
func (h *house) is(err error) {
	ready := func(context.Context) error { return err }
	h.ready.Store(&ready)
}

func (h *house) get(path string) (status int, body string) {
	h.t.Helper()
	answer, err := h.client.Get(h.url + path)
	must(h.t, err)
	text, err := io.ReadAll(answer.Body)
	must(h.t, err)
	must(h.t, answer.Body.Close())
	return answer.StatusCode, string(text)
}

func (h *house) want(path string, status int, words string) {
	h.t.Helper()
	if got, body := h.get(path); got != status || !strings.Contains(body, words) {
		h.t.Errorf("%s answers %d %q, want %d %q", path, got, body, status, words)
	}
}

func TestHealthAndReadiness(t *testing.T) {
	h := open(t)
	h.want("/healthz", 200, "ok")
	h.want("/readyz", 200, "ready")
	h.is(errors.New("storage does not answer"))
	h.want("/readyz", 503, "not ready: storage does not answer")
	h.want("/healthz", 200, "ok")
	h.is(nil)
	h.want("/readyz", 200, "ready")
}

func TestReadinessDoesNotWaitForEver(t *testing.T) {
	h := open(t)
	hangs := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	h.ready.Store(&hangs)
	h.want("/readyz", 503, "not ready: ")
}

func TestOtherQuestionsAreRefused(t *testing.T) {
	h := open(t)
	for _, path := range []string{"/healthz/x", "/index.html", "/favicon.ico"} {
		h.want(path, 404, "the page at / says how to come in")
	}
	answer, err := h.client.Post(h.url+"/readyz", "text/plain", strings.NewReader("x"))
	must(t, err)
	must(t, answer.Body.Close())
	if answer.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("a POST answers %s", answer.Status)
	}
}

func TestThePageIsAtTheRoot(t *testing.T) {
	h := open(t)
	h.want("/", 200, "come in")
	answer, err := h.client.Head(h.url + "/")
	must(t, err)
	must(t, answer.Body.Close())
	if answer.StatusCode != http.StatusOK || answer.ContentLength == 0 {
		t.Errorf("HEAD is answered with %s, %d bytes", answer.Status, answer.ContentLength)
	}
}

func TestMetrics(t *testing.T) {
	h := open(t)
	h.kettles.Store(3)
	status, body := h.get("/metrics")
	if status != 200 {
		t.Fatalf("status %d", status)
	}
	problems, err := promlint.New(strings.NewReader(body)).Lint()
	must(t, err)
	for _, p := range problems {
		if !strings.HasPrefix(p.Metric, "go_") { // named by the library
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
	for _, want := range []string{
		`kettles_total{region="ams",replica="re\"plica"} 3`, "go_goroutines ", "process_resident_memory_bytes ", "go_build_info{",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	h.kettles.Store(4)
	h.want("/metrics", 200, `} 4`)
}

func TestProfilesAreServedWhereAskedFor(t *testing.T) {
	open(t).want("/debug/pprof/", 404, "")
	h := open(t, func(o *httpserver.Options) { o.Profiles = true })
	h.want("/debug/pprof/", 200, "goroutine")
	h.want("/debug/pprof/heap?debug=1", 200, "heap profile")
	h.want("/debug/pprof/profile?seconds=1", 200, "")
}

func TestABrokenListenerIsTold(t *testing.T) {
	s := httpserver.New(httpserver.Options{Page: http.NotFoundHandler(), Log: slog.New(slog.DiscardHandler)})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, ln.Close())
	if err := s.Serve(ln); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve returned %v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
