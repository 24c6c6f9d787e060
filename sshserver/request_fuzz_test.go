package sshserver

import (
	"testing"
	"unicode"
	"unicode/utf8"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/app/ui/theme"
)

// FuzzRequests gives a session what clients say of their terminal: whatever it
// is, what is kept of it is bounded, and what a theme makes of it is a theme.
func FuzzRequests(f *testing.F) {
	f.Add("pty-req", gossh.Marshal(ptyRequest{Term: "xterm-256color", Columns: 80, Rows: 24, Modes: "\x00"}))
	f.Add("pty-req", gossh.Marshal(ptyRequest{Term: "\x1b]0;x\a", Columns: 1<<32 - 1}))
	f.Add("window-change", gossh.Marshal(windowChange{Rows: 1 << 31}))
	f.Add("env", gossh.Marshal(struct{ Name, Value string }{"LANG", "\x1b[2J\u202e"}))
	f.Add("env", gossh.Marshal(struct{ Name, Value string }{"LD_PRELOAD", "x"}))
	f.Add("env", []byte("\xff\xff\xff\xffx"))
	f.Fuzz(func(t *testing.T, kind string, payload []byte) {
		c := newGuard(t.Context(), nil)
		c.vitals = new(ward).take(nil)
		defer c.gone()
		req := &gossh.Request{Type: kind, Payload: payload}
		passed := c.pass(req)
		if size := c.Size(); size.Width != 0 && (size.Width < 20 || size.Width > 500 || size.Height < 6 || size.Height > 200) {
			t.Fatalf("the window is %+v", size)
		}
		var p ptyRequest
		if kind == "pty-req" && passed && (gossh.Unmarshal(req.Payload, &p) != nil || len(p.Term) > maxTerm || p.Columns > 500 || p.Rows > 200 || p.Modes != "") {
			t.Fatalf("the library is given %+v", p)
		}
		if len(c.env) > 1 {
			t.Fatalf("of one variable are kept: %q", c.env)
		}
		for name, value := range c.env {
			if len(value) > maxEnvValue || name != "LANG" && name != "COLORTERM" && name != "NO_COLOR" {
				t.Fatalf("%q is kept of %q", value, name)
			}
		}
		_ = theme.Detect(p.Term, c.Getenv("COLORTERM"), c.Getenv("NO_COLOR") != "")
	})
}

// FuzzClient: what a client calls itself is logged in one line of what can be
// seen, and no more than there is room for.
func FuzzClient(f *testing.F) {
	f.Add("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u6")
	f.Add("SSH-2.0-\x1b]0;x\a\u009b2J\u202e\xff")
	f.Fuzz(func(t *testing.T, version string) {
		shown := clientName(version)
		if n := utf8.RuneCountInString(shown); n > maxVersion || !utf8.ValidString(shown) {
			t.Fatalf("%q is logged as %q", version, shown)
		}
		for _, r := range shown {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%q is logged as %q", version, shown)
			}
		}
	})
}
