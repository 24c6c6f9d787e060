// Package page is what the chat shows to browsers: one small page without
// scripts, which says how to come in by ssh, by what to know the server, how many
// are here, and how the replicas are.
package page

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/crypto/ssh"

	"teahouse/app/chat"
	"teahouse/keys"
)

const (
	// keptFor is how old what storage says may be: whoever asks for the page
	// over and over puts no load on storage.
	keptFor = 2 * time.Second
	// askTime is how long a reader waits for storage at the most.
	askTime = 2 * time.Second
)

// Options say what there is to show. The functions may be called at the same
// time.
type Options struct {
	Name            string        // of the chat
	MOTD            func() string // what newcomers are told; may have more than one line
	Access          chat.Access
	Region, Replica string // of this one

	Host keys.Host // where people come in; without a name: by the name under which the page was found
	Port uint16    // where SSH listens, for such a name

	Keys   func() []ssh.PublicKey // the host keys, the one that is shown first; never empty
	Ready  func(context.Context) error
	Census func(context.Context) (chat.Census, error)
	Log    *slog.Logger
}

// Page answers GET and HEAD, and may be asked by many at a time. Make it with New.
type Page struct {
	opts   Options
	policy string

	turn chan struct{} // of size one, full while storage is asked: who comes meanwhile gets the same answer
	last state         // whose turn it is reads and writes it
}

// New makes the page.
func New(o Options) *Page {
	sum := sha256.Sum256([]byte(style))
	return &Page{
		opts: o, turn: make(chan struct{}, 1),
		// Nothing but the style that stands in the page, and the icon.
		policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src data:; " +
			"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	}
}

// ServeHTTP shows the page. Its status is 200 whether storage answers or not:
// the page says so in words, and /readyz to machines.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := string(p.view(r).markup())
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Content-Security-Policy", p.policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "public, max-age="+strconv.Itoa(int(keptFor/time.Second)))
	_, _ = io.WriteString(w, body) // whoever asked is gone
}

// state is how things are, as of a time.
type state struct {
	at     time.Time
	ready  bool
	known  bool // storage has told the census
	census chat.Census
}

// now gives how things are, asking storage once in keptFor at the most.
func (p *Page) now(ctx context.Context) state {
	p.turn <- struct{}{}
	defer func() { <-p.turn }()
	if time.Since(p.last.at) < keptFor {
		return p.last
	}
	// Not for this reader alone, who may be gone before the answer is there.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTime)
	defer cancel()
	census, err := p.opts.Census(ctx)
	if err != nil {
		p.opts.Log.Debug("asking who is here for the page", "error", err)
	}
	ready := err == nil && p.opts.Ready(ctx) == nil
	p.last = state{at: time.Now(), ready: ready, known: err == nil, census: census}
	return p.last
}
