package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The table is made once, and again when Unicode or the rules of names change:
//
//	apt-get install python3-confusable-homoglyphs
//	CONFUSABLES=$(dpkg -L python3-confusable-homoglyphs | grep confusables.json) go generate ./app/chat
//
//go:generate go run ./internal/confusables -in $CONFUSABLES -out skeleton_table.go

// skeleton returns what two strings have in common when they look alike: each
// character replaced by its prototype (Unicode Technical Standard 39, section
// 4), and case folded after that. It is made for strings that ParseName let
// through; the table knows no other characters.
func skeleton(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFD.String(s) {
		if p, ok := prototype(r); ok {
			b.WriteString(p)
		} else {
			b.WriteRune(r)
		}
	}
	return norm.NFD.String(b.String())
}

// looksLike tells whether the fold of a name is the skeleton of the word, which
// is plain ASCII. Most words are told apart by their first letter.
func looksLike(fold, word string) bool {
	for _, r := range word {
		p, ok := prototype(r)
		if !ok {
			p = string(r)
		}
		if fold, ok = strings.CutPrefix(fold, p); !ok {
			return false
		}
	}
	return fold == ""
}

// prototype looks a character up in lookalikes by binary search over its bytes:
// UTF-8 sorts as code points do, and a record begins after each newline.
func prototype(r rune) (string, bool) {
	low, high := 0, len(lookalikes)
	for low < high {
		middle := low + (high-low)/2
		start := low + strings.LastIndexByte(lookalikes[low:middle], '\n') + 1
		record, _, _ := strings.Cut(lookalikes[start:high], "\n")
		key, size := utf8.DecodeRuneInString(record)
		switch {
		case key == r:
			return record[size:], true
		case key < r:
			low = start + len(record) + 1
		default:
			high = start
		}
	}
	return "", false
}

// maxMarks is how many marks may follow each other in a name (Unicode Technical
// Standard 39, section 5.4).
const maxMarks = 4

// strayMark finds a mark that would make a name differ from another one in a
// way that is easily missed. s is in NFC, so what is left of marks belongs to
// no letter: it is let through only where the script is spelled with marks, as
// Devanagari and Thai are, and not twice in a row, which shows as one.
func strayMark(s string) (rune, bool) {
	var before rune
	run := 0
	for _, r := range s {
		run++
		if !unicode.IsMark(r) {
			run = 0
		} else if run > maxMarks || r == before || !isSpelled(r, before) {
			return r, true
		}
		before = r
	}
	return 0, false
}

// isSpelled tells whether the mark is part of how words are written in the
// script of the character before it. The points of the scripts named here are
// aids that readers do without, so names must do without them too.
func isSpelled(mark, before rune) bool {
	switch script := scriptOf(mark); script {
	case "", "Arabic", "Cyrillic", "Greek", "Hebrew", "Latin", "Syriac":
		return false
	default:
		return script == scriptOf(before)
	}
}

// mixesScripts tells whether the letters are of scripts that nobody writes in
// one word. Allowed are, after the level "moderately restrictive" of Unicode
// Technical Standard 39, section 5.2: one script; the mixtures of Chinese,
// Japanese and Korean; and Latin beside any of these, save the scripts that
// have many letters looking like Latin ones.
func mixesScripts(s string) bool {
	scripts := map[string]bool{}
	for _, r := range s {
		scripts[scriptOf(r)] = true
	}
	delete(scripts, "")
	if !scripts["Cyrillic"] && !scripts["Greek"] && !scripts["Cherokee"] {
		delete(scripts, "Latin")
	}
	return len(scripts) > 1 &&
		!isWithin(scripts, "Han", "Hiragana", "Katakana") &&
		!isWithin(scripts, "Han", "Bopomofo") &&
		!isWithin(scripts, "Han", "Hangul")
}

func isWithin(scripts map[string]bool, allowed ...string) bool {
	found := 0
	for _, script := range allowed {
		if scripts[script] {
			found++
		}
	}
	return found == len(scripts)
}

// scriptOf returns the script that the character belongs to; "" where it
// belongs to several, as digits and most marks do.
func scriptOf(r rune) string {
	if r <= unicode.MaxASCII {
		if unicode.IsLetter(r) {
			return "Latin"
		}
		return ""
	}
	for script, table := range unicode.Scripts {
		if script != "Common" && script != "Inherited" && unicode.Is(table, r) {
			return script
		}
	}
	return ""
}
