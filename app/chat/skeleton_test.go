package chat

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestSkeletonOfLookalikes(t *testing.T) {
	for _, pair := range [][2]string{
		{"paypal", "pаypаl"}, // Cyrillic а
		{"scope", "ѕсоре"},   // Cyrillic throughout
		{"alice", "a1ice"},   // one for l
		{"bob", "b0b"},       // zero for o
		{"modern", "modem"},  // rn for m
		{"istanbul", "ıstanbul"},
		{"σίσυφος", "σίσυφοσ"}, // the two small sigmas
		{"가나", norm.NFD.String("가나")},
	} {
		if a, b := skeleton(pair[0]), skeleton(pair[1]); a != b {
			t.Errorf("%q and %q differ: %q, %q", pair[0], pair[1], a, b)
		}
	}
}

func TestSkeletonKeepsApart(t *testing.T) {
	for _, pair := range [][2]string{
		{"jose", "josé"}, {"alice", "alicia"}, {"a.b", "a-b"}, {"a_b", "a-b"}, {"bob1", "bob2"},
		{"अमित", "अमीत"}, {"กิตติ", "กีตตี"}, {"пётр", "петр"},
	} {
		if a, b := skeleton(pair[0]), skeleton(pair[1]); a == b {
			t.Errorf("%q and %q agree: %q", pair[0], pair[1], a)
		}
	}
}

// The search relies on the order, the program on needing a single step.
func TestLookalikesAreSortedAndFinal(t *testing.T) {
	var before rune
	for record := range strings.Lines(lookalikes) {
		key, size := utf8.DecodeRuneInString(record)
		prototype := strings.TrimSuffix(record[size:], "\n")
		if key <= before {
			t.Errorf("%U comes after %U", key, before)
		}
		if got := skeleton(string(key)); got != prototype {
			t.Errorf("skeleton(%U) = %q, the table has %q", key, got, prototype)
		}
		if got := skeleton(prototype); got != prototype {
			t.Errorf("%U goes to %q, which goes to %q", key, prototype, got)
		}
		before = key
	}
}

// Whatever letter is let in, its upper case is the same name.
func TestSkeletonOfEveryLetterIsTheSameInUpperCase(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.IsLetter(r) {
			continue
		}
		lower, errLower := ParseRoomName(string(r))
		upper, errUpper := ParseRoomName(string(unicode.ToUpper(r)))
		if errLower == nil && errUpper == nil && lower.Fold() != upper.Fold() {
			t.Errorf("%U %q: %q, in upper case %q", r, r, lower.Fold(), upper.Fold())
		}
	}
}

func TestMixesScripts(t *testing.T) {
	for s, want := range map[string]bool{
		"alice":    false,
		"алиса":    false,
		"alice2":   false,
		"東京tokyo":  false,
		"東京タワーです":  false,
		"서울seoul":  false,
		"अमितamit": false,
		"аlice":    true, // Cyrillic а
		"αlice":    true, // Greek α
		"алисаα":   true,
		"서울です":     true,
	} {
		if got := mixesScripts(s); got != want {
			t.Errorf("mixesScripts(%q) = %v, want %v", s, got, want)
		}
	}
}
