package chat

import (
	"strings"
	"testing"
)

func TestParseLink(t *testing.T) {
	for text, want := range map[string]string{
		"#ops/41":                  "#ops 41",
		"&board/1":                 "&board 1",
		"@Bob/7":                   "@bob 7",
		"#ops/007":                 "#ops 7",
		"#ops/9223372036854775807": "#ops 9223372036854775807",
		"#ops/9223372036854775808": "",
		"#ops/0":                   "",
		"#ops/-1":                  "",
		"#ops/+1":                  "",
		"#ops/":                    "",
		"#ops":                     "",
		"#/41":                     "",
		"#41/41":                   "",
		"ops/41":                   "",
		"/41":                      "",
		"#ops/41/2":                "",
		"#ops/٤١":                  "",
		"#o ps/41":                 "",
		"@b/1":                     "",
		"":                         "",
	} {
		got := ""
		if ref, id, ok := ParseLink(text); ok {
			got = strings.Replace(Room{Name: ref[1:], ID: "1"}.Link(id), "#", ref[:1], 1)
			got = strings.Replace(got, "/", " ", 1)
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// What is a link leads back to itself, and to nothing that could be mistaken.
func FuzzParseLink(f *testing.F) {
	for _, s := range []string{"#ops/41", "&board/1", "@bob/7", "#ops/007", "#İ/1", "#ｏｐｓ/1", "/", "#/1", "@/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ref, id, ok := ParseLink(s)
		if !ok {
			if id != 0 && ref == "" {
				t.Errorf("%q is no link, and leads to %d", s, id)
			}
			return
		}
		room := Room{ID: "1", Name: ref[1:]}
		switch ref[0] {
		case '@':
			room.ID = "1:2"
		case '&':
			room.ID, room.Private = "&1", true
		}
		again, same, ok := ParseLink(room.Link(id))
		if !ok || again != ref || same != id || id < 1 {
			t.Errorf("%q leads to %s %d, and that to %s %d, %v", s, ref, id, again, same, ok)
		}
	})
}

// FuzzParseRef: whatever is typed for a room is one of its names or refused in
// words.
func FuzzParseRef(f *testing.F) {
	for _, s := range []string{"ops", "#ops", "&ops", " &OPS ", "##ops", "&#ops", "#", "&", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		sign, name, err := parseRef(s)
		if err != nil {
			if ErrorCode(err) != CodeInvalid {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		sign2, name2, err := parseRef(sign + name.String())
		if err != nil || sign2 != sign || name2 != name {
			t.Errorf("%q is %s%s, and that is %s%s, %v", s, sign, name, sign2, name2, err)
		}
	})
}

// FuzzCleanPassword: what is let in stays as it is, and has the length.
func FuzzCleanPassword(f *testing.F) {
	for _, s := range []string{"open sesame", " open sesame\n", "pässwörter", "\uff4f\uff50\uff45\uff4e sesame", "12345678", "\x00\x00\x00\x00\x00\x00\x00\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean, err := cleanPassword(s)
		if err != nil {
			if ErrorCode(err) != CodeInvalid || strings.Contains(ErrorText(err), s) && len(s) > 30 {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		if again, err := cleanPassword(clean); err != nil || again != clean {
			t.Errorf("%q is %q, and that is %q, %v", s, clean, again, err)
		}
	})
}
