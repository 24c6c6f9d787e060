package keys

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/ssh"
)

const (
	// maxLine bounds what is parsed: the largest key in use, RSA of 16384
	// bits or ML-DSA-87, takes less than 4 KiB.
	maxLine = 8 << 10
	// maxComment bounds what is kept of a comment, in runes.
	maxComment = 64
)

// Public is a person's public key with the comment that its owner gave it.
type Public struct {
	Key ssh.PublicKey
	// Comment is one line of printable text, safe to show; often empty.
	Comment string
}

// ParsePublic reads one line as it stands in a .pub file or in
// authorized_keys. A key that Check refuses is refused, and so are options
// (command="…", restrict): they ask for limits that nobody would keep.
// Whatever is accepted reads the same again from its Line.
func ParsePublic(line string) (Public, error) {
	line = strings.TrimSpace(line)
	if err := checkForm(line); err != nil {
		return Public{}, err
	}
	key, comment, options, _, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil {
		return Public{}, errors.New("this is not a public key: paste the one line of the .pub file, " +
			"such as “ssh-ed25519 AAAA… me@laptop”, whole")
	}
	if len(options) > 0 {
		return Public{}, errors.New("options before a key have no effect here: " +
			"begin the line with the key's type, such as ssh-ed25519")
	}
	if err := Check(key); err != nil {
		return Public{}, err
	}
	return Public{Key: key, Comment: cleanComment(comment)}, nil
}

// checkForm refuses, each in its own words, what people paste by mistake.
func checkForm(line string) error {
	switch {
	case line == "":
		return errors.New("there is no key: paste the one line of the .pub file")
	case strings.HasPrefix(line, "-----BEGIN") && strings.Contains(line, "PRIVATE KEY"):
		return errors.New("this is a private key, which is for nobody's eyes but yours: " +
			"paste the one line of the .pub file beside it")
	case strings.HasPrefix(line, "---- BEGIN SSH2"):
		return errors.New("this key is in SSH2 form: turn it into one line with ssh-keygen -i -f FILE")
	case strings.HasPrefix(line, "ssh-dss "):
		return errors.New("DSA keys can be forged: make a new one with ssh-keygen -t ed25519")
	case strings.ContainsAny(line, "\r\n"):
		return errors.New("there is more than one line: give one key at a time")
	case len(line) > maxLine:
		return fmt.Errorf("this line is longer than any key (%d bytes): paste the one line of the .pub file", len(line))
	case strings.HasPrefix(line, "#"):
		return errors.New("this line is a comment: paste the one that begins with the key's type, such as ssh-ed25519")
	}
	return nil
}

// cleanComment makes a comment safe to print on other people's terminals: no
// control or direction-changing characters, and a bounded length.
func cleanComment(comment string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError, !unicode.IsPrint(r):
			return -1
		}
		return r
	}, comment)
	clean = strings.Join(strings.Fields(clean), " ")
	if runes := []rune(clean); len(runes) > maxComment {
		clean = strings.TrimSpace(string(runes[:maxComment]))
	}
	return clean
}

// Line is the key in one canonical line, "type base64 comment", which
// ParsePublic and OpenSSH read.
func (p Public) Line() string {
	line := p.Key.Type() + " " + base64.StdEncoding.EncodeToString(p.Key.Marshal())
	if p.Comment == "" {
		return line
	}
	return line + " " + p.Comment
}

// Fingerprint names the key; the comment has no part in it.
func (p Public) Fingerprint() string {
	return Fingerprint(p.Key)
}

// ParseFingerprint gives back a fingerprint as Fingerprint makes it, without
// the space around it, or says what is wrong with it.
func ParseFingerprint(s string) (string, error) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "MD5:") || strings.Count(s, ":") == 15 {
		return "", errors.New("this is an MD5 fingerprint: show the SHA256 one with ssh-keygen -l -E sha256 -f FILE.pub")
	}
	digest, ok := strings.CutPrefix(s, "SHA256:")
	if !ok || !isSHA256(digest) {
		return "", fmt.Errorf("%q is not a fingerprint: it is SHA256: and 43 letters, digits, + or /, "+
			"as ssh-keygen -l -f FILE.pub shows it", clip(s))
	}
	return s, nil
}

// isSHA256 tells whether digest is the one way to write 32 bytes in base64
// without padding; any other way would never equal a key's fingerprint.
func isSHA256(digest string) bool {
	// The decoder skips line breaks, so the length is what excludes them.
	raw, err := base64.RawStdEncoding.Strict().DecodeString(digest)
	return err == nil && len(raw) == 32 && len(digest) == 43
}

// clip keeps an error readable when a whole file was pasted.
func clip(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
