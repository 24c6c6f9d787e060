package ui

import (
	"bytes"
	"io"
	"strconv"
	"strings"
)

// askBackground asks the terminal for its background (OSC 11). Nobody waits
// for the answer: many terminals never give one.
const askBackground = "\x1b]11;?\a"

const (
	answerBegins = "\x1b]11;"
	// longestAnswer is more than rgba:ffff/ffff/ffff/ffff takes.
	longestAnswer = 64
	// leastBeginning is how much of an answer's beginning is held back until
	// the rest comes: less could be somebody's key.
	leastBeginning = 3
)

// keyboard is what a client sends, without the terminal's answer about its
// background: typed into the composer it would be noise.
type keyboard struct {
	in    io.Reader
	found chan<- bool // of size one: whether the background is dark
	nudge func()      // called when it is found
	held  []byte      // the beginning of an answer
	ready []byte      // what was read and not yet handed on
	done  bool        // the answer has come
}

// Read hands on what was typed.
func (k *keyboard) Read(p []byte) (int, error) {
	for len(k.ready) == 0 {
		if k.done {
			return k.in.Read(p)
		}
		n, err := k.in.Read(p)
		k.take(p[:n])
		if err != nil {
			n = copy(p, append(k.ready, k.held...))
			return n, err
		}
	}
	n := copy(p, k.ready)
	k.ready = k.ready[n:]
	return n, nil
}

// take sorts what came into keys and the answer.
func (k *keyboard) take(chunk []byte) {
	all := append(k.held, chunk...)
	k.held = nil
	i := bytes.Index(all, []byte(answerBegins))
	if i < 0 {
		i = len(all) - beginning(all)
		k.ready, k.held = all[:i], all[i:]
		return
	}
	answer := all[i+len(answerBegins):]
	end := bytes.IndexAny(answer, "\a\x1b")
	if end >= 0 && answer[end] == '\x1b' && end+1 == len(answer) {
		end = -1 // the other half of its terminator is still to come
	}
	switch {
	case end < 0 && len(answer) < longestAnswer:
		k.ready, k.held = all[:i], all[i:]
	case end < 0:
		k.ready, k.done = all, true
	default:
		k.answer(string(answer[:end]))
		rest := bytes.TrimPrefix(answer[end+1:], []byte(`\`))
		k.ready = append(bytes.Clone(all[:i]), rest...)
	}
}

// beginning is how many bytes at the end of p may begin an answer.
func beginning(p []byte) int {
	for n := len(answerBegins) - 1; n >= leastBeginning; n-- {
		if bytes.HasSuffix(p, []byte(answerBegins[:n])) {
			return n
		}
	}
	return 0
}

func (k *keyboard) answer(colour string) {
	k.done = true
	if dark, ok := isDark(colour); ok {
		k.found <- dark
		k.nudge()
	}
}

// isDark reads a colour as XParseColor writes it, rgb:1d1d/2020/2121, and tells
// whether light text is read better on it (luma of ITU-R BT.601).
func isDark(colour string) (dark, ok bool) {
	_, parts, _ := strings.Cut(colour, ":")
	channels := strings.Split(parts, "/")
	if len(channels) < 3 {
		return false, false
	}
	luma := 0.0
	for i, weight := range []float64{0.299, 0.587, 0.114} {
		n, err := strconv.ParseUint(channels[i], 16, 16)
		if err != nil {
			return false, false
		}
		luma += weight * float64(n) / float64(uint64(1)<<(4*len(channels[i]))-1)
	}
	return luma < 0.5, true
}
