package e2e

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"teahouse/e2e/house"
)

// trick is a way to seem to be alice, tried by mallory, who has a key of their
// own that the chat knows.
type trick struct {
	name string
	in   bool // the door opens, to mallory
	do   func(x *intruder, alice, mallory gossh.Signer)
}

func tricks() []trick {
	return append(append(offers(), otherWays()...), forgeries()...)
}

// offers are tricks that show alice's key and prove mallory's.
func offers() []trick {
	return []trick{
		{"offers alice's, signs with one's own", true, func(x *intruder, alice, mallory gossh.Signer) {
			x.offer(alice.PublicKey())
			x.signIn(mallory)
		}},
		{"offers one's own, then alice's, signs with one's own", true, func(x *intruder, alice, mallory gossh.Signer) {
			x.offer(mallory.PublicKey())
			x.offer(alice.PublicKey())
			x.signIn(mallory)
		}},
		{"as oneself, then as alice", true, func(x *intruder, alice, mallory gossh.Signer) {
			x.user = "mallory"
			x.offer(mallory.PublicKey())
			x.user = "alice"
			x.offer(alice.PublicKey())
			x.signIn(mallory)
		}},
		{"as alice, then as oneself", true, func(x *intruder, alice, mallory gossh.Signer) {
			x.offer(alice.PublicKey())
			x.password("tea")
			x.user = "mallory"
			x.signIn(mallory)
		}},
		{"is let in as nobody, then as alice", true, func(x *intruder, alice, mallory gossh.Signer) {
			x.user = ""
			x.ask("none", nil)
			x.user = "alice"
			x.keyboard("alice")
			x.offer(alice.PublicKey())
			x.signIn(mallory)
		}},
		{"offers six keys, alice's among them", true, func(x *intruder, alice, mallory gossh.Signer) {
			x.offer(mallory.PublicKey())
			x.offerStrange(4)
			x.offer(alice.PublicKey())
			x.signIn(mallory)
		}},
		{"offers more than six keys", false, func(x *intruder, alice, mallory gossh.Signer) {
			x.offer(alice.PublicKey())
			x.offerStrange(5)
			x.signIn(mallory)
		}},
	}
}

// otherWays are tricks that show alice's key and prove none.
func otherWays() []trick {
	ways := map[string]func(*intruder, gossh.Signer, gossh.Signer) byte{
		"nothing":              func(x *intruder, _, _ gossh.Signer) byte { return 0 },
		"none":                 func(x *intruder, _, _ gossh.Signer) byte { return x.ask("none", nil) },
		"a password":           func(x *intruder, _, _ gossh.Signer) byte { return x.password("tea") },
		"no password":          func(x *intruder, _, _ gossh.Signer) byte { return x.password("") },
		"keyboard-interactive": func(x *intruder, _, _ gossh.Signer) byte { return x.keyboard("alice") },
		"hostbased":            func(x *intruder, _, mallory gossh.Signer) byte { return x.hostbased(mallory, "alice") },
		"gssapi-with-mic":      func(x *intruder, _, _ gossh.Signer) byte { return x.ask("gssapi-with-mic", []byte{0, 0, 0, 0}) },
		"what there is not":    func(x *intruder, _, _ gossh.Signer) byte { return x.ask("trust-me", nil) },
		"the end of it": func(x *intruder, _, _ gossh.Signer) byte {
			_ = x.write([]byte{msgSuccess})
			return x.answer()
		},
	}
	var all []trick
	for name, way := range ways {
		all = append(all, trick{"offers alice's, then " + name, false, func(x *intruder, alice, mallory gossh.Signer) {
			x.offer(alice.PublicKey())
			way(x, alice, mallory)
		}})
	}
	return all
}

// forgeries are proofs that prove something else. Each is a proof of mallory's
// own key but for one thing.
func forgeries() []trick {
	forge := func(name string, change func(x *intruder, p *proof, alice gossh.Signer) (signature []byte)) trick {
		return trick{name, false, func(x *intruder, alice, mallory gossh.Signer) {
			x.offer(alice.PublicKey())
			p := x.proof(mallory)
			signature := change(x, &p, alice)
			if signature == nil {
				signature = p.sign()
			}
			x.prove(p, signature)
		}}
	}
	return []trick{
		forge("one's own signature for alice's key", func(x *intruder, p *proof, alice gossh.Signer) []byte {
			p.key = alice.PublicKey().Marshal()
			return nil
		}),
		forge("one's own signature of one's own key for alice's", func(x *intruder, p *proof, alice gossh.Signer) []byte {
			signature := p.sign()
			p.key = alice.PublicKey().Marshal()
			return signature
		}),
		forge("alice's signature from another connection", func(x *intruder, p *proof, alice gossh.Signer) []byte {
			p.signer, p.key, p.session = alice, alice.PublicKey().Marshal(), make([]byte, len(x.session))
			return nil
		}),
		forge("alice's signature for another user name", func(x *intruder, p *proof, alice gossh.Signer) []byte {
			p.signer, p.key = alice, alice.PublicKey().Marshal()
			signature := p.sign()
			p.User = "mallory"
			return signature
		}),
		forge("alice's signature for another service", func(x *intruder, p *proof, alice gossh.Signer) []byte {
			p.signer, p.key, p.Service = alice, alice.PublicKey().Marshal(), "ssh-userauth"
			return nil
		}),
		forge("alice's key and a byte more", func(x *intruder, p *proof, alice gossh.Signer) []byte {
			p.key = append(alice.PublicKey().Marshal(), 0)
			return nil
		}),
		forge("no signature", func(x *intruder, p *proof, alice gossh.Signer) []byte {
			p.key = alice.PublicKey().Marshal()
			return []byte{}
		}),
		forge("another algorithm than the key's", func(x *intruder, p *proof, alice gossh.Signer) []byte {
			p.algorithm = "rsa-sha2-256"
			return nil
		}),
		forge("a certificate of alice's key", func(x *intruder, p *proof, alice gossh.Signer) []byte {
			p.certify(alice.PublicKey(), p.signer)
			return nil
		}),
		forge("a certificate of one's own key for alice", func(x *intruder, p *proof, alice gossh.Signer) []byte {
			p.certify(p.signer.PublicKey(), p.signer)
			return nil
		}),
		forge("a certificate's algorithm with alice's key", func(x *intruder, p *proof, alice gossh.Signer) []byte {
			p.key, p.algorithm = alice.PublicKey().Marshal(), gossh.CertAlgoED25519v01
			return nil
		}),
		{"after having been let in", false, func(x *intruder, alice, mallory gossh.Signer) {
			x.signIn(mallory)
			x.in = x.offer(alice.PublicKey()) != 0
		}},
	}
}

// certify makes the proof's key a certificate for alice.
func (p *proof) certify(key gossh.PublicKey, by gossh.Signer) {
	c := &gossh.Certificate{Key: key, CertType: gossh.UserCert, ValidPrincipals: []string{"alice"}, ValidBefore: gossh.CertTimeInfinity}
	if err := c.SignCert(rand.Reader, by); err != nil {
		panic(err) // of a key in memory
	}
	p.key, p.algorithm = c.Marshal(), c.Type()
}

// face is a way to say something, once the door is open.
type face struct {
	name string
	says func(x *intruder, text string) (*channel, error)
}

func faces() []face {
	return []face{
		{"a command", func(x *intruder, text string) (*channel, error) { return x.open("send general " + text) }},
		{"lines", func(x *intruder, text string) (*channel, error) { return x.opens("lines", "#general", text+"\n") }},
		{"a screen", func(x *intruder, text string) (*channel, error) { return x.opens("", "message #general", text+"\r") }},
	}
}

// opens begins a session, and types something when it has shown something.
func (x *intruder) opens(command, after, text string) (*channel, error) {
	s, err := x.open(command)
	if err == nil {
		err = s.until(func() bool { return strings.Contains(s.text.String(), after) })
	}
	if err == nil {
		err = s.types(text)
	}
	return s, err
}

// TestNobodyIsSomebodyElse tries all tricks: where one gets in, whatever is
// said then, in whichever way, was said by mallory.
func TestNobodyIsSomebodyElse(t *testing.T) {
	w := newTown(t, 1, "MESSAGE_RATE=0", "MAX_SESSIONS_PER_USER=1000")
	people := map[string]*house.Person{}
	for _, name := range []string{"alice", "mallory"} {
		people[name] = w.person(name)
		w.ssh(people[name], 0, "", "whoami")
	}
	alice, mallory := w.signer(people["alice"]), w.signer(people["mallory"])
	for _, a := range tricks() {
		x, err := intrude(w.address(0), "alice")
		w.must(err)
		a.do(x, alice, mallory)
		if x.in != a.in {
			t.Errorf("%s: was let in: %t", a.name, x.in)
		}
		if _, err := x.open("whoami"); !a.in && err == nil {
			t.Errorf("%s: a session began", a.name)
		}
		w.must(x.Close())
		for n := 0; a.in && n < len(faces()); n++ {
			w.isMallory(a, faces()[n], alice, mallory)
		}
	}
}

// isMallory tries the trick, says something, and looks who is said to have.
func (w *town) isMallory(a trick, f face, alice, mallory gossh.Signer) {
	w.Helper()
	text := strings.NewReplacer(" ", "-", "'", "-").Replace(fmt.Sprint(a.name, " ", f.name))
	x, err := intrude(w.address(0), "alice")
	w.must(err)
	defer func() { _ = x.Close() }()
	a.do(x, alice, mallory)
	_, err = f.says(x, text)
	w.must(err)
	var author string
	w.must(house.Await(w.ctx, nil, 0, func() bool { author = w.authorOf(text); return author != "" }))
	if author != "mallory" {
		w.Errorf("%s, in %s: %s said it", a.name, f.name, author)
	}
	who, err := x.open("whoami")
	w.must(err)
	said := who.ends()
	if !strings.HasPrefix(said, "mallory,") || !strings.Contains(said, gossh.FingerprintSHA256(mallory.PublicKey())) {
		w.Errorf("%s: is told to be %q", a.name, said)
	}
}

// authorOf tells who said something, by general's sorted set.
func (w *town) authorOf(text string) string {
	w.Helper()
	client := w.client()
	defer func() { w.must(client.Close()) }()
	entries, err := client.ZRange(w.ctx, "room:{0}", 0, -1).Result()
	w.must(err)
	for _, entry := range entries {
		var m struct{ Name, Body string }
		w.must(json.Unmarshal([]byte(entry), &m))
		if m.Body == text {
			return m.Name
		}
	}
	return ""
}

// offerStrange offers keys that nobody knows.
func (x *intruder) offerStrange(n int) {
	for range n {
		public, _, err := ed25519.GenerateKey(nil)
		if err != nil {
			panic(err) // there is no randomness
		}
		key, err := gossh.NewPublicKey(public)
		if err != nil {
			panic(err)
		}
		x.offer(key)
	}
}
