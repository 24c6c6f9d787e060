package chat

import (
	"strconv"
	"strings"
)

// Link is how people point to a message: #ops/41.
func (r Room) Link(id MessageID) string {
	return r.Title() + "/" + strconv.FormatInt(int64(id), 10)
}

// ParseLink reads "#ops/41", "&board/41" or "@bob/41". ref is what FindRoom
// takes for the room; whether there is such a room or message is not asked.
func ParseLink(s string) (ref string, id MessageID, ok bool) {
	ref, number, found := strings.Cut(s, "/")
	if !found || ref == "" || number == "" || strings.Trim(number, "0123456789") != "" {
		return "", 0, false
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 1 {
		return "", 0, false
	}
	sign, rest := ref[:1], ref[1:]
	var name Name
	switch sign {
	case "@":
		name, err = ParseName(rest)
	case "#", "&":
		name, err = parseName(rest, 1, LimitRoomName)
	default:
		return "", 0, false
	}
	return sign + name.String(), MessageID(n), err == nil
}
