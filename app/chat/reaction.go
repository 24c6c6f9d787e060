package chat

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// LimitReactions is how many different reactions a message takes, and
	// LimitReactors how many people each of them: all of it travels with every
	// further change of the message.
	LimitReactions = 20
	LimitReactors  = 1000
	// limitReaction is in bytes. Two people of two skin colours who kiss have 35.
	limitReaction = 40
)

// Reaction is an emoji under a message, and who put it there, the first first.
type Reaction struct {
	Emoji string
	Users []UserID
}

// SortReactions puts the most frequent first, and those that are as frequent
// into an order that is the same on every screen.
func SortReactions(rs []Reaction) {
	slices.SortFunc(rs, func(a, b Reaction) int {
		return cmp.Or(cmp.Compare(len(b.Users), len(a.Users)), strings.Compare(a.Emoji, b.Emoji))
	})
}

// ParseReaction reads a reaction: one emoji, or the :code: of one. CodeInvalid.
func ParseReaction(s string) (string, error) {
	s = strings.TrimSpace(s)
	if code, ok := strings.CutPrefix(s, ":"); ok {
		code = strings.ToLower(strings.TrimSuffix(code, ":"))
		if symbol, known := Emoji(code); known {
			return symbol, nil
		}
		return "", Errorf(CodeInvalid, "there is no emoji :%s: here; paste the emoji itself", Printable(code))
	}
	if len(s) > limitReaction || Printable(s) != s || !isOneEmoji(s) {
		return "", Errorf(CodeInvalid, "a reaction is one emoji, as 👍 or :tada:")
	}
	return s, nil
}

// isOneEmoji follows the grammar of Unicode Technical Standard 51, section
// 1.4.9: flags of two letters, or elements joined by ZERO WIDTH JOINER.
func isOneEmoji(s string) bool {
	if first, size := utf8.DecodeRuneInString(s); isRegional(first) {
		second, rest := utf8.DecodeRuneInString(s[size:])
		return isRegional(second) && len(s) == size+rest
	}
	for element := range strings.SplitSeq(s, "\u200d") {
		if !isEmojiElement(element) {
			return false
		}
	}
	return true
}

// isEmojiElement knows one picture with what may follow it: a colour of skin,
// the sign that asks for colours, or the tags of a region's flag; and keycaps.
func isEmojiElement(s string) bool {
	first, size := utf8.DecodeRuneInString(s)
	rest := s[size:]
	if strings.ContainsRune("#*0123456789", first) {
		return rest == "\ufe0f\u20e3"
	}
	if !isPicture(first) {
		return false
	}
	if tags, ok := strings.CutSuffix(rest, "\U000e007f"); ok && tags != "" {
		return first == '🏴' && strings.IndexFunc(tags, func(r rune) bool { return !isTag(r) }) < 0
	}
	next, size := utf8.DecodeRuneInString(rest)
	return rest == "" || len(rest) == size && (next == '\ufe0f' || isSkin(next))
}

// isPicture is wider than Unicode's Emoji, which the standard library has no
// table of: the symbols of the blocks that emoji are in, those to come among
// them. Patterns of Braille are symbols too, and one of them cannot be seen.
func isPicture(r rune) bool {
	switch {
	case r >= 0x1F000 && r <= 0x1FAFF:
		return !isRegional(r)
	case r >= 0x2100 && r <= 0x32FF:
		return unicode.In(r, unicode.So, unicode.Sm) && !unicode.Is(unicode.Braille, r)
	}
	return strings.ContainsRune("©®‼⁉", r)
}

func isRegional(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }

func isSkin(r rune) bool { return r >= 0x1F3FB && r <= 0x1F3FF }
