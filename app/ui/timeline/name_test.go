package timeline

import (
	"strings"
	"testing"

	"teahouse/app/chat"
)

// TestNewName has somebody go on under another name: what they say then is not
// shown as said by the old one.
func TestNewName(t *testing.T) {
	tl := plain(80, 10)
	tl.Append([]*chat.Message{
		message(1, 2, "dave", morning(0), "one"), message(2, 2, "dave", morning(0), "two"),
		message(3, 2, "dave2", morning(0), "three"), message(4, 2, "dave2", morning(0), "four"),
	})
	rows := tl.Rows(nil)
	for i, want := range []string{"dave    one", "        two", "dave2   three", "        four"} {
		if row := rows[6+i]; !strings.HasSuffix(row, want) {
			t.Errorf("row %q does not end with %q", row, want)
		}
	}
}
