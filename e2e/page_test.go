//go:build long

package e2e

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"teahouse/e2e/house"
)

var pictures = flag.String("pictures", "", "a `folder` for pictures of the page (make page)")

// TestLongPage looks at the page in a real browser: on the smallest phone, an
// ordinary one and a desk, by day and by night, with all well, with a replica
// that died, and without Redis.
func TestLongPage(t *testing.T) {
	t.Parallel() // most of it is waiting
	w := newTown(t, 0)
	for _, replica := range []string{"ams tea-ams-1", "ams tea-ams-2", "iad tea-iad-1"} {
		region, name, _ := strings.Cut(replica, " ")
		w.startReplica("REDIS_URL="+w.url(), "REGION="+region, "REPLICA_ID="+name, "MOTD=The kettle is on. Be kind.",
			"PUBLIC_HOST=chat.example.com")
	}
	for i, name := range []string{"alice", "bob", "carol"} {
		w.open(name, i%2)
	}
	b := openBrowser(t)
	w.pageSays(0, "3 people are here")
	b.looksGood(w, "well")
	w.replicas[2].Kill()
	w.pageSays(0, "silent for")
	b.looksGood(w, "dead")
	w.must(w.redis.Pause())
	w.pageSays(0, "memory does not answer")
	b.looksGood(w, "alone")
	w.must(w.redis.Resume())
}

// TestLongPageOfLongNames: whatever operators call things fits, too.
func TestLongPageOfLongNames(t *testing.T) {
	t.Parallel() // most of it is waiting
	w := newTown(t, 0)
	for i := range 2 {
		w.startReplica("REDIS_URL="+w.url(), "REGION=a region with a name as long as an operator may make it, 64 long",
			fmt.Sprint("REPLICA_ID=", i, strings.Repeat("0123456789abcdef", 3)), "SERVER_NAME="+strings.Repeat("tea", 20),
			"PUBLIC_HOST="+strings.Repeat("a-rather-long-name.", 8)+"example.com:2222", "MOTD="+strings.Repeat("kettle", 50))
	}
	w.pageSays(0, "Nobody is here")
	openBrowser(t).looksGood(w, "long")
}

// pageSays waits until a replica's page has a text.
func (w *town) pageSays(replica int, text string) {
	w.Helper()
	w.answers(w.replicas[replica], "/", regexp.QuoteMeta(text))
}

// answers waits until a replica answers for a path what matches the expression.
func (w *town) answers(r *house.Replica, path, expression string) {
	w.Helper()
	re := regexp.MustCompile(expression)
	ctx, cancel := w.soon()
	defer cancel()
	w.must(house.Await(ctx, r.Done(), 0, func() bool {
		body, err := r.Read(ctx, path)
		return err == nil && re.MatchString(body)
	}))
}

// looksGood looks at the page of the first replica in all ways. The name is for
// its pictures.
func (b *browser) looksGood(w *town, name string) {
	b.Helper()
	papers := map[string]bool{}
	for _, l := range looks() {
		f, wrong := b.open(w.replicas[0].URL()+"/", l)
		if len(wrong) > 0 {
			b.Errorf("%s, %d wide, %s:\n\t%s", name, l.width, l.scheme, strings.Join(wrong, "\n\t"))
		}
		if f.Texts < 25 {
			b.Errorf("%s, %d wide, %s: %d texts were looked at", name, l.width, l.scheme, f.Texts)
		}
		papers[f.Paper] = true
		if *pictures != "" {
			b.picture(filepath.Join(*pictures, fmt.Sprintf("page-%s-%d-%s.png", name, l.width, l.scheme)))
		}
	}
	if len(papers) != 2 {
		b.Errorf("%s: day and night look alike: %v", name, papers)
	}
}

// TestLongPageIsLookedAt: each thing that TestLongPage looks for is found where
// it is.
func TestLongPageIsLookedAt(t *testing.T) {
	b := openBrowser(t)
	for name, c := range map[string]struct{ policy, body, want string }{
		"wide":    {"", `<pre>` + strings.Repeat("x", 400) + `</pre>`, "too wide: the page"},
		"hidden":  {"", `<p style="overflow: hidden; white-space: pre">` + strings.Repeat("x", 400) + `</p>`, "too wide: p"},
		"pale":    {"", `<p style="color: #777">x</p>`, "too pale: 4.48"},
		"pale on": {"", `<div style="background: #333"><p style="color: #777">x</p></div>`, "too pale: 2.82"},
		"script":  {"", `<script>1</script>`, "scripts: 1"},
		"outside": {"", `<img src="/x.png">`, "it asks for http"},
		"policy":  {"default-src 'none'", `<style>p { color: red }</style>`, "it says: Applying inline style violates"},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				if c.policy != "" {
					w.Header().Set("Content-Security-Policy", c.policy)
				}
				_, _ = fmt.Fprintf(w, `<!doctype html><link rel="icon" href="data:,"><body>%s`, c.body)
			}))
			defer s.Close()
			_, wrong := b.open(s.URL+"/", look{320, "light"})
			if all := strings.Join(wrong, "\n"); !strings.Contains(all, c.want) {
				t.Errorf("it found %q, not %q", all, c.want)
			}
		})
	}
}
