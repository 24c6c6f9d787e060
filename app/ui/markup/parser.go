package markup

import (
	"strings"
	"sync"

	"github.com/yuin/goldmark/parser"

	"teahouse/internal/contain"
)

// keptTexts is how many bytes of texts a Parser remembers, at most twice that.
const keptTexts = 256 << 10

// Parser reads texts. It remembers what it has read lately, for as a rule many
// sessions show the same: share one among them all. Its zero value is ready,
// and its methods may be called from many goroutines.
type Parser struct {
	Panics *contain.Panics // is told of what could not be read; nil: nobody is

	mu      sync.Mutex
	grammar parser.Parser
	lately  map[request]*reading
	before  map[request]*reading // what was lately before that
	size    int                  // of the texts in lately
}

type request struct {
	body  string
	marks marks
}

// reading is a text that is read once, by who wants it first.
type reading struct {
	once sync.Once
	doc  doc
}

// Line gives the first line of a text that says something, without markup.
func (p *Parser) Line(body string) string {
	if !isPlain(body) {
		for _, l := range p.read(body, keepNone) {
			if text := strings.TrimSpace(l.text()); text != "" {
				return text
			}
		}
	}
	for text := range strings.SplitSeq(body, "\n") {
		if text = strings.TrimSpace(clean(text)); text != "" {
			return text
		}
	}
	return ""
}

func (p *Parser) read(body string, m marks) doc {
	grammar, text := p.find(request{body, m})
	text.once.Do(func() {
		text.doc = unread(body)
		// A text that cannot be read is shown as it was typed, and must not end
		// the session of everyone who sees it.
		defer p.Panics.Recover("reading markup", nil)
		r := reader{marks: m}
		text.doc = r.read(grammar, body)
	})
	return text.doc
}

// unread is a text without markup.
func unread(body string) (d doc) {
	for text := range strings.SplitSeq(body, "\n") {
		d = append(d, line{spans: []span{{text: clean(text)}}})
	}
	return d
}

// find gives the reading of a text, done or not.
func (p *Parser) find(what request) (parser.Parser, *reading) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.grammar == nil {
		p.grammar = newGrammar()
	}
	if text, ok := p.lately[what]; ok {
		return p.grammar, text
	}
	text, ok := p.before[what]
	if !ok {
		text = &reading{}
	}
	if p.size += len(what.body); p.lately == nil || p.size > keptTexts {
		p.before, p.lately, p.size = p.lately, map[request]*reading{}, len(what.body)
	}
	p.lately[what] = text
	return p.grammar, text
}

// Code gives the blocks of code in a text, as they are to be copied.
func (p *Parser) Code(body string) (blocks []string) {
	inside := false
	for _, l := range p.read(body, keepNone) {
		switch {
		case l.code && inside:
			blocks[len(blocks)-1] += "\n" + l.text()
		case l.code:
			blocks = append(blocks, l.text())
		}
		inside = l.code
	}
	return blocks
}
