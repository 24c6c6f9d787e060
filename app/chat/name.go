package chat

import (
	"iter"
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// How long names may be, in characters.
const (
	LeastUserName = 2
	LimitUserName = 24
	LimitRoomName = 32
)

// Name is the name of a user or a room, as ParseName and ParseRoomName let it
// in. The zero value is no name.
type Name struct {
	shown string
	fold  string
}

// String returns the name as it is shown.
func (n Name) String() string { return n.shown }

// Fold returns the key that names share when people cannot tell them apart.
// It is not fit to be shown.
func (n Name) Fold() string { return n.fold }

// ParseName reads a user's name: 2 to 24 letters and digits, at least one of
// them a letter, with single - _ . between them. Case and width are mapped as
// PRECIS UsernameCaseMapped says (RFC 8265, section 3.3), and what a reader
// would overlook is refused. Every failure is an *Error that says what to do.
// Parsing what String returned gives the same name.
func ParseName(s string) (Name, error) {
	return parseName(strings.TrimSpace(s), LeastUserName, LimitUserName)
}

// ParseRoomName reads a room's name, with or without # before it: 1 to 32
// characters under the rules of ParseName. Numbers alone are refused there for
// a second reason: rooms have numbers already.
func ParseRoomName(s string) (Name, error) {
	return parseName(strings.TrimPrefix(strings.TrimSpace(s), "#"), 1, LimitRoomName)
}

// NewName reads a name that somebody wants to have: as ParseName, and reserved
// words are refused too.
func NewName(s string) (Name, error) {
	name, err := ParseName(s)
	if err != nil {
		return Name{}, err
	}
	if reason, reserved := Reserved(name); reserved {
		return Name{}, Errorf(CodeRefused, "%s; choose another name", reason)
	}
	return name, nil
}

func parseName(s string, least, most int) (Name, error) {
	// Marks that compose make a name shorter, but not that much; what is
	// longer is not worth looking at.
	if utf8.RuneCountInString(s) > 4*most {
		return Name{}, wrongLength(least, most)
	}
	mapped, err := mapName(s)
	if err != nil {
		return Name{}, err
	}
	if n := utf8.RuneCountInString(mapped); n < least || n > most {
		return Name{}, wrongLength(least, most)
	}
	if err := checkShape(mapped); err != nil {
		return Name{}, err
	}
	if err := checkLooks(mapped); err != nil {
		return Name{}, err
	}
	return Name{shown: mapped, fold: skeleton(mapped)}, nil
}

func wrongLength(least, most int) *Error {
	return Errorf(CodeInvalid, "a name has %d to %d characters", least, most)
}

// mapName applies PRECIS. Its errors do not say which character is at fault,
// so strangers are looked for before.
func mapName(s string) (string, error) {
	for _, r := range width.Fold.String(strings.ToValidUTF8(s, "\uFFFD")) {
		if !isNameRune(r) {
			return "", Errorf(CodeInvalid, "a name cannot have %s in it; use letters, digits and - _ . between them", strconv.QuoteRune(r))
		}
	}
	mapped, err := precis.UsernameCaseMapped.String(s)
	if err != nil {
		return "", Errorf(CodeInvalid, "a name cannot be written like that; use plain letters and digits of one direction of writing")
	}
	// The lower case of İ is an i with a second dot, which nobody sees.
	return norm.NFC.String(strings.ReplaceAll(mapped, "i\u0307", "i")), nil
}

func isNameRune(r rune) bool {
	return isSeparator(r) || unicode.In(r, unicode.L, unicode.M, unicode.Nd) && !isAside(r)
}

// isAside tells whether the letter is one of the small ones that only modify
// another, as ʼ and ˌ, and are missed as easily as a mark. Those that one script
// spells with are none, nor is the long vowel of kana.
func isAside(r rune) bool {
	if !unicode.Is(unicode.Lm, r) || r == 'ー' {
		return false
	}
	script := scriptOf(r)
	return script == "" || script == "Latin"
}

func isSeparator(r rune) bool { return r == '-' || r == '_' || r == '.' }

// checkShape keeps - _ . single and inside, where they cannot be overlooked or
// taken for the end of a sentence, and asks for a letter, because numbers alone
// mean ids.
func checkShape(s string) *Error {
	atEdge, letters := true, 0
	for _, r := range s {
		if isSeparator(r) && atEdge {
			return wrongShape()
		}
		atEdge = isSeparator(r)
		if unicode.IsLetter(r) {
			letters++
		}
	}
	if atEdge {
		return wrongShape()
	}
	if letters == 0 {
		return Errorf(CodeInvalid, "a name needs a letter in it, because numbers alone mean ids")
	}
	return nil
}

func wrongShape() *Error {
	return Errorf(CodeInvalid, "a name begins and ends with a letter or digit, and has - _ . only one at a time between them")
}

func checkLooks(s string) *Error {
	if mark, found := strayMark(s); found {
		return Errorf(CodeInvalid, "a name cannot have the mark %U there, because it is easily missed; leave it out", mark)
	}
	if mixesScripts(s) {
		return Errorf(CodeInvalid, "a name cannot mix letters of different alphabets; keep to one")
	}
	return nil
}

// Reserved tells whether the name looks like a word that means something here,
// and why nobody may have it. A name from before the word was reserved stays
// valid: ParseName does not ask.
func Reserved(n Name) (reason string, reserved bool) {
	for _, word := range meaningfulWords() {
		if looksLike(n.fold, word) {
			return "“" + word + "” could be taken for a role, a place or everybody", true
		}
	}
	for _, word := range ReservedWords() {
		if looksLike(n.fold, word) {
			return "“" + word + "” is a command", true
		}
	}
	return "", false
}

func meaningfulWords() []string {
	return []string{
		"admin", "administrator", "administrators", "admins", "moderator", "moderators", "mod", "mods",
		"owner", "op", "operator", "operators", "root", "staff", "support", "security", "sysop", "bot",
		"server", "service", "system", "teahouse", "sshd", "ssh", "host", "hostmaster", "webmaster",
		"here", "all", "everyone", "everybody", "channel", "room", "rooms", "group", "general",
		"me", "you", "nobody", "somebody", "anybody", "noone", "anonymous", "unknown", "none", "null",
		"user", "users", "member", "members", "info", "notice", "error",
	}
}

// ReservedWords returns the names and aliases of commands, which are no names
// of users: "join" must be told from a person. The table of commands holds the
// same words.
func ReservedWords() []string {
	return []string{
		"admin", "announce", "archive", "audit", "away", "back", "ban", "bans", "create", "delete", "deop", "drafts",
		"edit", "export", "forget-me", "goto", "help", "history", "ignore", "invite", "invites", "join", "join-code",
		"keys", "kick", "leave", "lines", "link", "lockdown", "me", "motd", "msg", "mute", "nick", "numbers", "op",
		"password", "pin", "pins", "quiet", "quit", "react", "rename", "reply", "rooms", "search", "send", "set",
		"slow", "tail", "topic", "unban", "uninvite", "unmute", "unpin", "who", "whoami", "whois",
	}
}

// Candidates gives the names to try for a newcomer, best first and without end:
// the SSH user name, changed no more than the rules ask, then the same with 2,
// 3, 4 … after it. Where nothing valid can be made of it, or it is reserved,
// "guest" stands in its place, for admin2 would still pass for an admin. After
// a hundred tries the numbers go on at random, so that the thousandth guest
// does not ask for a thousand names.
func Candidates(sshUser string) iter.Seq[Name] {
	return func(yield func(Name) bool) {
		try := func(s string) bool {
			name, err := NewName(s)
			return err != nil || yield(name)
		}
		stem := nameStem(sshUser)
		if !try(stem) {
			return
		}
		if !takesNumbers(stem) {
			stem = "guest"
			if !try(stem) {
				return
			}
		}
		for tries := 2; try(withNumber(stem, candidateNumber(tries))); tries++ {
		}
	}
}

// maxCandidate is the largest number that Candidates appends.
const maxCandidate = 999_999

func candidateNumber(tries int) int {
	if tries <= 100 {
		return tries
	}
	return 1_000 + rand.IntN(maxCandidate-1_000+1)
}

// takesNumbers tells whether the stem stays a valid name with every number
// after it, also where it must be cut for the longest.
func takesNumbers(stem string) bool {
	if name, err := ParseName(stem); err == nil {
		if _, reserved := Reserved(name); reserved {
			return false
		}
	}
	_, err := ParseName(withNumber(stem, maxCandidate))
	return err == nil
}

func withNumber(stem string, n int) string {
	digits := strconv.Itoa(n)
	return cutName(stem, LimitUserName-len(digits)) + digits
}

// cutName returns the first n characters, without a separator at the end.
func cutName(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		s = string(runes[:n])
	}
	return strings.TrimRightFunc(s, isSeparator)
}

// nameStem makes of any string what comes nearest to a name: strangers between
// letters become one hyphen, strangers at the ends and invisible ones go.
func nameStem(s string) string {
	const enough = 8 * LimitUserName // bytes; the rest would be cut off anyway
	s = strings.ToValidUTF8(s[:min(len(s), enough)], "")
	var stem []rune
	var gap rune
	for _, r := range norm.NFC.String(width.Fold.String(s)) {
		switch {
		case unicode.IsMark(r):
			if gap == 0 && len(stem) > 0 && isSpelled(r, stem[len(stem)-1]) {
				stem = append(stem, r)
			}
		case isNameRune(r) && !isSeparator(r):
			if gap != 0 && len(stem) > 0 {
				stem = append(stem, gap)
			}
			stem, gap = append(stem, r), 0
		case unicode.Is(unicode.Cf, r) || gap != 0:
		case isSeparator(r):
			gap = r
		default:
			gap = '-'
		}
	}
	return cutName(string(stem), LimitUserName)
}
