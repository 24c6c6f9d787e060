package chat

import "strings"

// CleanDraft is the way in for text that is still being written: it returns
// what of s may stand behind before, character by character as CleanBody would
// have it. Nothing is trimmed, refused or normalised, since the writer is not
// done. before must be clean already; its last line is enough of it, for the
// marks and joiners in s that need something to stand on.
func CleanDraft(before, s string) string {
	if isPlain(s, false) {
		return s
	}
	var sieve sieve
	for _, r := range before {
		sieve.pass(r)
	}
	return strings.Map(sieve.pass, s)
}
