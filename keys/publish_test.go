package keys_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"teahouse/keys"
)

// TestPublishedAsOpenSSHDoes: ssh-keygen says the same of every kind of key.
func TestPublishedAsOpenSSHDoes(t *testing.T) {
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Skip("there is no ssh-keygen")
	}
	host := keys.Host{Name: "chat.example.com", Port: 22}
	for _, kind := range [][]string{{"ed25519"}, {"ecdsa", "-b", "256"}, {"ecdsa", "-b", "384"}, {"ecdsa", "-b", "521"}, {"rsa", "-b", "2048"}} {
		t.Run(strings.Join(kind, ""), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "key")
			run(t, keygen, append([]string{"-q", "-N", "", "-f", path, "-t"}, kind...)...)
			ring, err := keys.ReadHostKeys(path)
			if err != nil {
				t.Fatal(err)
			}
			record, err := host.SSHFP(ring[0].PublicKey())
			if err != nil {
				t.Fatal(err)
			}
			if theirs := run(t, keygen, "-r", "chat.example.com.", "-f", path+".pub"); !strings.Contains(theirs, record+"\n") {
				t.Errorf("ours is\n%s\ntheirs are\n%s", record, theirs)
			}
			known := filepath.Join(filepath.Dir(path), "known_hosts")
			write(t, known, []byte(host.KnownHosts(ring[0].PublicKey())+"\n"))
			found := run(t, keygen, "-l", "-F", "chat.example.com", "-f", known)
			if !strings.Contains(found, keys.Fingerprint(ring[0].PublicKey())) {
				t.Errorf("in known_hosts ssh-keygen finds %s", found)
			}
		})
	}
}

func run(t *testing.T, program string, args ...string) string {
	t.Helper()
	out, err := exec.Command(program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", program, args, err, out)
	}
	return string(out)
}

func TestParseHost(t *testing.T) {
	key := ringOf(t, hostKeyPEM(t))[0].PublicKey()
	for text, want := range map[string]string{
		"chat.example.com":      "chat.example.com ",
		"chat.example.com.":     "chat.example.com ",
		"chat.example.com:22":   "chat.example.com ",
		"chat.example.com:2222": "[chat.example.com]:2222 ",
		"localhost":             "localhost ",
		"192.0.2.1:2222":        "[192.0.2.1]:2222 ",
		"2001:db8::1":           "2001:db8::1 ",
		"[2001:db8::1]:2222":    "[2001:db8::1]:2222 ",
	} {
		host, err := keys.ParseHost(text)
		if err != nil || !strings.HasPrefix(host.KnownHosts(key), want) {
			t.Errorf("%s is known as %q, %v", text, host.KnownHosts(key), err)
		}
		_, err = host.SSHFP(key)
		if named := strings.Contains(text, "example") || text == "localhost"; named != (err == nil) {
			t.Errorf("a record of %s: %v", text, err)
		}
	}
	for _, text := range []string{"", ".", "a b", "a,b", "*", "*.example.com", "-o", "a..b", "a:0", "a:70000", "a:ssh", "!a", "a\nb", strings.Repeat("a", 64)} {
		if host, err := keys.ParseHost(text); err == nil {
			t.Errorf("%q passes as %+v", text, host)
		}
	}
}
