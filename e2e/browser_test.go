//go:build long

package e2e

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser is a tab of a real Chromium without a window.
type browser struct {
	*testing.T
	ctx context.Context

	mu    sync.Mutex
	said  []string // in its console, and of scripts and policies that failed
	asked []string // the addresses of all requests
}

// openBrowser starts Chromium, which ends with the test.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	ctx, stop := context.WithDeadline(t.Context(), deadline(t))
	t.Cleanup(stop)
	ctx, stop = chromedp.NewExecAllocator(ctx, append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	)...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	b := &browser{T: t, ctx: ctx}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting chromium, which make test-long installs: %v", err)
	}
	b.must(chromedp.Listen(ctx, b.hear))
	_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	b.must(err)
	return b
}

func (b *browser) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *browser) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.asked = append(b.asked, e.Request.URL)
	case *log.EventEntryAdded:
		b.said = append(b.said, e.Entry.Text)
	case *runtime.EventExceptionThrown:
		b.said = append(b.said, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		b.said = append(b.said, fmt.Sprintf("%s: %v", e.Type, e.Args))
	}
}

// look is a way to look at a page.
type look struct {
	width  int
	scheme string // light or dark
}

func looks() (all []look) {
	for _, width := range []int{320, 390, 1200} {
		for _, scheme := range []string{"light", "dark"} {
			all = append(all, look{width, scheme})
		}
	}
	return all
}

// finding is what shaped.js measures of a page.
type finding struct {
	Wide    []string // what stands out of the window on the right
	Pale    []string // texts whose contrast with what is behind them is below 4.5
	Texts   int      // how many there are
	Scripts int
	Paper   string // the colour behind everything
}

//go:embed testdata/browser/shaped.js
var shaped string

// open shows a page and gives what is wrong with it, in words.
func (b *browser) open(url string, l look) (f finding, wrong []string) {
	b.Helper()
	b.mu.Lock()
	b.said, b.asked = nil, nil
	b.mu.Unlock()
	_, err := chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: int64(l.width), Height: 800, DeviceScaleFactor: 1, Mobile: l.width < 600,
	})
	b.must(err)
	_, err = chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.scheme}},
	})
	b.must(err)
	b.must(chromedp.Do(b.ctx, chromedp.Navigate(url)))
	f, err = chromedp.Run(b.ctx, chromedp.Evaluate[finding](shaped))
	b.must(err)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, text := range b.said {
		wrong = append(wrong, "it says: "+text)
	}
	for _, asked := range b.asked {
		if asked != url && !strings.HasPrefix(asked, "data:") {
			wrong = append(wrong, "it asks for "+asked)
		}
	}
	for _, w := range f.Wide {
		wrong = append(wrong, "too wide: "+w)
	}
	for _, p := range f.Pale {
		wrong = append(wrong, "too pale: "+p)
	}
	if f.Scripts > 0 {
		wrong = append(wrong, fmt.Sprint("scripts: ", f.Scripts))
	}
	return f, wrong
}

// picture keeps what is open as a PNG.
func (b *browser) picture(file string) {
	b.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	b.must(err)
	b.must(os.WriteFile(file, png, 0o644))
}
