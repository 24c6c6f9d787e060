package chat

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// callHere is the word behind an @ that calls everyone.
	callHere = "here"
	// limitMentions is how many different words behind an @ a message has that
	// are looked at: enough for a list of guests, too few to be a burden.
	limitMentions = 50
)

// MentionsIn lists whom a body calls by an @ before the name: names folded,
// "here" for everyone, each once, in the order of the text. A name is called
// where no word touches it; what stands in code calls nobody. No more than the
// first 50 different words behind an @ count.
func MentionsIn(body string) (names []string) {
	if !strings.Contains(body, "@") {
		return nil
	}
	var tried []string
	for text := withoutCode(body); len(tried) < limitMentions; {
		before, after, found := strings.Cut(text, "@")
		if !found {
			break
		}
		if last, _ := utf8.DecodeLastRuneInString(before); !isWord(last) {
			tried = appendNew(tried, namesAt(after)...)
		}
		text = after
	}
	for _, word := range tried[:min(len(tried), limitMentions)] {
		if name, err := ParseName(word); err == nil {
			names = appendNew(names, name.Fold())
		}
	}
	return names
}

// namesAt lists what may be meant by a text that begins with a name. A dot can
// be part of the name, or what ends the sentence.
func namesAt(text string) (words []string) {
	n := 0
	for i, r := range text {
		if n++; n > 2*LimitUserName {
			return words
		}
		if r == '.' && i > 0 {
			words = append(words, text[:i])
		}
		if r != '.' && !isWord(r) {
			return append(words, text[:i])
		}
	}
	return append(words, text)
}

func appendNew(all []string, more ...string) []string {
	for _, s := range more {
		if s != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// isWord tells whether a name beside the rune would be part of another word.
func isWord(r rune) bool {
	return r == '_' || r == '-' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// Calls tells whether somebody else calls the user with the message, by name or
// with everyone.
func (m *Message) Calls(user User) bool {
	return len(m.Mentions) > 0 && m.calls(user.ID, foldName(user.Name))
}

func (m *Message) calls(id UserID, fold string) bool {
	return len(m.Mentions) > 0 && m.From != id &&
		(slices.Contains(m.Mentions, fold) || slices.Contains(m.Mentions, callHere))
}

// foldName is how a user's name stands among mentions.
func foldName(shown string) string {
	name, err := ParseName(shown)
	if err != nil {
		return ""
	}
	return name.Fold()
}

// MentionsOf lists whom a message of the kind calls: as its body says, or
// everyone.
func MentionsOf(kind Kind, body string) []string {
	if kind == KindAnnouncement {
		return []string{callHere}
	}
	return MentionsIn(body)
}
