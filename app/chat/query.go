package chat

import (
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// LimitQuery is the longest search, in characters.
const LimitQuery = 200

// Query is what to search for.
type Query struct {
	Words []string // that all must occur, folded
	From  string   // whose messages, by name; "" for everybody's
	Room  string   // in which room, as people type it; "" for all that one is in
}

// ParseQuery reads a search: words, and from:NAME and in:ROOM among them. Words
// may be parts of words, and neither case nor width matters. CodeInvalid in
// words.
func ParseQuery(text string) (Query, error) {
	var q Query
	text, err := CleanLine(text, LimitQuery)
	if err != nil {
		return q, err
	}
	for word := range strings.FieldsSeq(text) {
		if err := q.take(word); err != nil {
			return q, err
		}
	}
	if len(q.Words) == 0 && q.From == "" {
		return q, Errorf(CodeInvalid, "what is to be found? Say a word of it, or from:NAME")
	}
	return q, nil
}

func (q *Query) take(word string) error {
	if who, ok := strings.CutPrefix(word, "from:"); ok {
		name, err := ParseName(strings.TrimPrefix(who, "@"))
		if err != nil {
			return Errorf(CodeInvalid, "from: needs somebody's name right behind it, as in from:alice")
		}
		return once(&q.From, name.String(), "from:")
	}
	if room, ok := strings.CutPrefix(word, "in:"); ok {
		if room == "" {
			return Errorf(CodeInvalid, "in: needs a room right behind it, as in in:ops or in:@alice")
		}
		return once(&q.Room, room, "in:")
	}
	if word = foldText(word); !slices.Contains(q.Words, word) {
		q.Words = append(q.Words, word)
	}
	return nil
}

func once(field *string, value, name string) error {
	if *field != "" && *field != value {
		return Errorf(CodeInvalid, "%s can be there once; search for one after the other", name)
	}
	*field = value
	return nil
}

// occurIn tells whether all words are in a body.
func (q *Query) occurIn(body string) bool {
	if len(q.Words) == 0 {
		return true
	}
	body = foldText(body)
	return !slices.ContainsFunc(q.Words, func(word string) bool { return !strings.Contains(body, word) })
}

// foldText is what texts have in common that differ by case or width alone.
func foldText(s string) string {
	if isPlain(s, false) {
		return strings.ToLower(s)
	}
	return norm.NFC.String(cases.Fold().String(width.Fold.String(s)))
}
