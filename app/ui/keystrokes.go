package ui

import (
	"bytes"
	"io"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"teahouse/app/chat"
	"teahouse/internal/contain"
	"teahouse/internal/faults"
)

const (
	// keyPiece is how much is handed on at a time, less than Bubble Tea's
	// buffer takes: what fills that, it gathers without bound for as long as
	// more comes, and reads all of it anew each time.
	keyPiece = 255
	// pasteLimit is how many bytes of one paste are handed on, since it gathers
	// a paste until its end in the same way. It is more than a message may
	// have, so that what is cut here is refused, in words, by the composer.
	pasteLimit = 16 * chat.LimitBody
)

// keystrokes are what a client sends, such that reading keys from it takes bounded
// memory, and time in proportion to it. A panic in it is an error.
type keystrokes struct {
	in     io.Reader
	panics *contain.Panics
	buf    [keyPiece]byte
	held   int    // bytes at the beginning of buf whose rest is to come
	ready  []byte // what was read and not yet handed on
	marker int    // how many bytes of the next marker have come
	inside bool   // of a paste
	pasted int    // bytes of it
}

const (
	pasteBegins = "\x1b[200~"
	pasteEnds   = "\x1b[201~"
)

// Read implements io.Reader.
func (k *keystrokes) Read(p []byte) (n int, err error) {
	defer k.panics.Recover("reading keys", func(cause error) { n, err = 0, chat.Broken(cause) })
	for len(k.ready) == 0 {
		if err := k.fill(); err != nil {
			return 0, err
		}
	}
	n = copy(p, k.ready[:min(len(k.ready), keyPiece)])
	k.ready = k.ready[n:]
	return n, nil
}

// fill reads the next piece. One that filled the buffer may end in the middle of
// a key, whose beginning is held back then.
func (k *keystrokes) fill() error {
	n, err := k.in.Read(k.buf[k.held:])
	all := k.buf[:k.held+n]
	k.held = 0
	keep := 0
	if len(all) == len(k.buf) && err == nil {
		keep = unfinished(all)
	}
	whole := all[:len(all)-keep]
	if faults.On {
		faults.At("keys", string(whole))
	}
	k.ready = k.bound(whole)
	k.held = copy(k.buf[:], all[len(whole):])
	if len(k.ready) > 0 {
		return nil // the error comes again
	}
	return err
}

// unfinished is how many bytes at the end begin a key and do not end it. A
// beginning as long as that is none.
func unfinished(p []byte) int {
	const longest = 32
	tail := p[len(p)-longest:]
	if i := bytes.LastIndexByte(tail, ansi.ESC); i >= 0 {
		if _, _, _, state := ansi.DecodeSequence(tail[i:], ansi.NormalState, nil); state != ansi.NormalState {
			return len(tail) - i
		}
	}
	for n := 1; n < utf8.UTFMax; n++ {
		if last := p[len(p)-n:]; utf8.RuneStart(last[0]) {
			if utf8.FullRune(last) {
				return 0
			}
			return n
		}
	}
	return 0
}

// bound leaves out what a paste has beyond the limit.
func (k *keystrokes) bound(p []byte) []byte {
	out := make([]byte, 0, len(p)+len(pasteEnds))
	for _, b := range p {
		ends := k.mark(b)
		if !k.inside || k.pasted < pasteLimit {
			out = append(out, b)
		} else if ends {
			out = append(out, pasteEnds...)
		}
		switch {
		case ends:
			k.inside, k.pasted = !k.inside, 0
		case k.inside:
			k.pasted++
		}
	}
	return out
}

// mark tells whether the byte ends the marker that begins or ends a paste.
func (k *keystrokes) mark(b byte) bool {
	marker := pasteBegins
	if k.inside {
		marker = pasteEnds
	}
	switch b {
	case marker[k.marker]:
		k.marker++
	case ansi.ESC:
		k.marker = 1
	default:
		k.marker = 0
	}
	if k.marker < len(marker) {
		return false
	}
	k.marker = 0
	return true
}
