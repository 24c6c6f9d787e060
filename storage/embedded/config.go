package embedded

import (
	"fmt"
	"strings"
)

// config is the child's configuration, for its standard input.
func config(dir, socketPath string) string {
	settings := [][2]string{
		{"daemonize", "no"},
		{"port", "0"}, // the socket is the only way in
		{"unixsocket", socketPath},
		{"unixsocketperm", "700"},
		{"dir", dir},
		{"appendonly", "yes"},
		{"appendfsync", "everysec"},
		// After a power cut the file may end within a command: what is whole
		// counts, and the chat starts.
		{"aof-load-truncated", "yes"},
		{"save", ""}, // the append-only file holds all: no snapshots beside it
		// History is not a cache: refuse writes rather than forget messages.
		{"maxmemory-policy", "noeviction"},
		{"loglevel", "notice"},
		{"logfile", ""}, // standard output
	}
	var text strings.Builder
	for _, setting := range settings {
		fmt.Fprintf(&text, "%s %s\n", setting[0], quote(setting[1]))
	}
	return text.String()
}

// quote writes a value as Redis reads one back from its configuration,
// whatever bytes a path holds.
func quote(value string) string {
	var text strings.Builder
	text.WriteByte('"')
	for _, b := range []byte(value) {
		switch {
		case b == '"' || b == '\\':
			text.WriteByte('\\')
			text.WriteByte(b)
		case b < ' ' || b == 0x7f:
			fmt.Fprintf(&text, `\x%02x`, b)
		default:
			text.WriteByte(b)
		}
	}
	text.WriteByte('"')
	return text.String()
}
