package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestParseStat(t *testing.T) {
	u, parent, err := parseStat("4711 (a) strange (name) S 42 4711 4711 0 -1 4194560 1 0 0 0 150 50 0 0 20 0 9 0 100 1000000 256 1844 0")
	if err != nil {
		t.Fatal(err)
	}
	if u.CPU != 2*time.Second || u.Memory != int64(os.Getpagesize())/4 || parent != 42 {
		t.Errorf("read as %+v, a child of %d", u, parent)
	}
	if _, _, err := parseStat("4711 (cut"); err == nil {
		t.Error("half a line is taken for a whole one")
	}
}

func TestUsedByThisProcess(t *testing.T) {
	u, err := usedBy(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if u.CPU == 0 || u.Memory == 0 || u.Descriptors == 0 {
		t.Errorf("this process uses %+v", u)
	}
}

// TestRatios: a ratio is the median of ratios within a run, not the ratio of
// medians, and runs in which something failed are left out.
func TestRatios(t *testing.T) {
	s := &sheet{readings: map[string][]reading{
		"bare": {{cpuEach: 10}, {cpuEach: 20}, {cpuEach: 40}, nil},
		"ours": {{cpuEach: 30}, {cpuEach: 40}, {cpuEach: 40}, {cpuEach: 999}},
	}}
	if r, ok := s.ratio("ours", "bare", cpuEach); !ok || r != 2 {
		t.Errorf("the ratio is %v, %v; want 2", r, ok)
	}
	if v, ok := s.value("bare", cpuEach); !ok || v != 20 {
		t.Errorf("the median is %v, %v; want 20", v, ok)
	}
	if _, ok := s.ratio("bare", "bare", cpuEach); ok {
		t.Error("the yardstick is compared with itself")
	}
}

func TestLost(t *testing.T) {
	s := &sheet{readings: map[string][]reading{"whole": {{delivered: 100}}}}
	if err := s.lost(); err != nil {
		t.Errorf("all was delivered, and yet: %v", err)
	}
	s.readings["part"] = []reading{{delivered: 99.99}}
	s.readings["cut"] = []reading{{delivered: 100, cutOff: 1}}
	if err := s.lost(); err == nil || !strings.Contains(err.Error(), "part") || !strings.Contains(err.Error(), "cut") {
		t.Errorf("what was lost is told as %v", err)
	}
}

func TestDayEndsAsItBegan(t *testing.T) {
	d := day{seen: []health{{goroutines: 20, descriptors: 30}, {goroutines: 900}, {goroutines: 22, descriptors: 30}}}
	if err := d.err(); err != nil {
		t.Errorf("it ended as it began, and yet: %v", err)
	}
	d.seen[2].goroutines = 90
	if d.err() == nil {
		t.Error("seventy goroutines more are not noticed")
	}
}

func TestBetween(t *testing.T) {
	page := "above\n<!-- bench: big -->\nold\n<!-- bench: end of big -->\nbelow\n"
	got, err := between(page, "big", "new\n")
	if err != nil {
		t.Fatal(err)
	}
	if want := "above\n<!-- bench: big -->\n\nnew\n\n<!-- bench: end of big -->\nbelow\n"; got != want {
		t.Errorf("it is now %q, want %q", got, want)
	}
	if _, err := between(page, "tables", "new"); err == nil {
		t.Error("a place that is not there is found")
	}
}

// TestDocument: the page has a place for everything that is written into it.
func TestDocument(t *testing.T) {
	page, err := os.ReadFile("../" + document)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"tables", "big", "churn"} {
		if _, err := between(string(page), name, ""); err != nil {
			t.Error(err)
		}
	}
}

// TestPlot: a plot is well-formed, stays within its picture, and names its lines.
func TestPlot(t *testing.T) {
	text := drawPlot("CPU & more", []line{
		{name: bareCopy, points: []point{{100, 12}, {300, 11}, {1000, 10.5}}},
		{name: twoReplicas, points: []point{{100, 30}, {1000, 19}}},
	})
	decoder := xml.NewDecoder(strings.NewReader(string(text)))
	for {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
	}
	for _, want := range []string{bareCopy, twoReplicas, "CPU &amp; more", "1000"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("it lacks %q", want)
		}
	}
	a := axesOf([]line{{points: []point{{100, 12}, {1000, 30}}}})
	if a.x(100) != plotLeft || a.x(1000) != plotW-plotRight || a.y(0) != plotH-plotBottom || a.y(30) < plotTop {
		t.Errorf("points stand outside: %+v", a)
	}
}
