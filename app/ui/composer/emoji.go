package composer

import (
	"strings"

	"teahouse/app/chat"
)

// findEmojis returns the emoji whose code begins with the prefix, then those
// that have it elsewhere. A whole code in colons leaves no choice.
func findEmojis(prefix string) []candidate {
	prefix = strings.ToLower(prefix)
	if code, whole := strings.CutSuffix(prefix, ":"); whole {
		if symbol, ok := chat.Emoji(code); ok {
			return []candidate{{text: symbol, label: symbol + " " + code}}
		}
	}
	var begin, within []candidate
	for code, symbol := range chat.Emojis() {
		one := candidate{text: symbol, label: symbol + " " + code}
		switch strings.Index(code, prefix) {
		case -1:
		case 0:
			begin = append(begin, one)
		default:
			within = append(within, one)
		}
	}
	return append(begin, within...)
}
