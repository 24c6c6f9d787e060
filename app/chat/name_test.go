package chat

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestParseName(t *testing.T) {
	for in, want := range map[string]string{
		"alice":                 "alice",
		"  Alice ":              "alice",
		"ＡＬＩＣＥ":                 "alice",
		"a.b-c_d":               "a.b-c_d",
		"2pac":                  "2pac",
		"JOSÉ":                  "josé",
		"jose\u0301":            "josé",
		"İbrahim":               "ibrahim",
		"STRASSE":               "strasse",
		"straße":                "straße",
		"東京":                    "東京",
		"ターナー":                  "ターナー",
		"佐々木":                   "佐々木",
		"अमित":                  "अमित",
		"กิตติ":                 "กิตติ",
		"ரவிகுமார்":             "ரவிகுமார்",
		"שלום":                  "שלום",
		"علي٣":                  "علي٣",
		"Nguyễn":                "nguyễn",
		strings.Repeat("x", 24): strings.Repeat("x", 24),
	} {
		if got, err := ParseName(in); err != nil || got.String() != want {
			t.Errorf("ParseName(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestParseNameRefuses(t *testing.T) {
	for in, words := range map[string]string{
		"":                           "2 to 24",
		"a":                          "2 to 24",
		strings.Repeat("x", 25):      "2 to 24",
		strings.Repeat("x", 1e6):     "2 to 24",
		"hello world":                "' '",
		"bob@host":                   "'@'",
		"\x1b[31mred":                `'\x1b'`,
		"al\u200bice":                `'\u200b'`,
		"al\u200dice":                `'\u200d'`,
		"al\u2060ice":                `'\u2060'`,
		"al\u202eice":                `'\u202e'`,
		"al\u00adice":                `'\u00ad'`,
		"al\xffice":                  "'\ufffd'",
		"alice\u02bc":                "'ʼ'",
		"☕coffee":                    "'☕'",
		"𝐚lice":                      "cannot be written",
		"alice\u034f":                "cannot be written",
		"alice\ufe0f":                "cannot be written",
		"a\u3164b":                   "cannot be written",
		"שלוםabc":                    "cannot be written",
		"-alice":                     "begins and ends",
		"alice.":                     "begins and ends",
		"a--b":                       "begins and ends",
		"1234":                       "a letter",
		"1-2":                        "a letter",
		"٣٤":                         "cannot be written",
		"alice\u0332":                "U+0332",
		"\u0301alice":                "cannot be written",
		"a\u0301\u0301lice":          "U+0301",
		"שָׁלוֹם":                    "U+05",
		"กิิต":                       "U+0E34",
		"аlice":                      "alphabets",
		"a" + strings.Repeat("़", 3): "U+093C",
	} {
		_, err := ParseName(in)
		if ErrorCode(err) != CodeInvalid || !strings.Contains(ErrorText(err), words) {
			t.Errorf("ParseName(%.30q): %v; want CodeInvalid with %q", in, err, words)
		}
	}
}

func TestParseRoomName(t *testing.T) {
	for in, want := range map[string]string{
		"#Ops": "ops", "ops": "ops", "#c": "c", "2024-plans": "2024-plans", "admin": "admin",
		strings.Repeat("x", 32): strings.Repeat("x", 32),
	} {
		if got, err := ParseRoomName(in); err != nil || got.String() != want {
			t.Errorf("ParseRoomName(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", "#", "##a", "7", "2024", strings.Repeat("x", 33)} {
		if _, err := ParseRoomName(in); ErrorCode(err) != CodeInvalid {
			t.Errorf("ParseRoomName(%q): %v; want CodeInvalid", in, err)
		}
	}
}

func TestFoldIsOneForVariants(t *testing.T) {
	want, _ := ParseName("paypal")
	for _, in := range []string{"PayPal", "ＰＡＹＰＡＬ", "paypa1"} {
		if got, err := ParseName(in); err != nil || got.Fold() != want.Fold() {
			t.Errorf("ParseName(%q).Fold() = %q, %v; want %q", in, got.Fold(), err, want.Fold())
		}
	}
}

func TestNewNameRefusesReserved(t *testing.T) {
	for in, want := range map[string]Code{
		"admin": CodeRefused, "ADMIN": CodeRefused, "Teahouse": CodeRefused, "everyone": CodeRefused, "join": CodeRefused,
		"r00t": CodeRefused, "a11": CodeRefused, "hоst": CodeInvalid, "ѕуѕор": CodeRefused,
	} {
		if _, err := NewName(in); ErrorCode(err) != want {
			t.Errorf("NewName(%q): %v; want %q", in, err, want)
		}
	}
	if _, err := NewName("guest"); err != nil {
		t.Errorf("guest is for everybody: %v", err)
	}
	if _, err := ParseName("admin"); err != nil {
		t.Errorf("ParseName asks what is reserved: %v", err)
	}
}

func TestReservedWordsAreNames(t *testing.T) {
	for _, word := range slices.Concat(meaningfulWords(), ReservedWords()) {
		name, err := ParseName(word)
		if err != nil || name.String() != word {
			t.Errorf("ParseName(%q) = %q, %v: nobody could have it anyhow", word, name, err)
		}
		if _, reserved := Reserved(name); !reserved {
			t.Errorf("%q is not reserved", word)
		}
	}
}

func TestCandidates(t *testing.T) {
	long := strings.Repeat("x", 40)
	for in, want := range map[string][]string{
		"alice":                       {"alice", "alice2", "alice3"},
		"Alice":                       {"alice", "alice2", "alice3"},
		"a":                           {"a2", "a3", "a4"},
		"":                            {"guest", "guest2", "guest3"},
		"root":                        {"guest", "guest2", "guest3"},
		"ROOT":                        {"guest", "guest2", "guest3"},
		"1000":                        {"guest", "guest2", "guest3"},
		"☕":                           {"guest", "guest2", "guest3"},
		"guest":                       {"guest", "guest2", "guest3"},
		"bob@example.com":             {"bob-example.com", "bob-example.com2", "bob-example.com3"},
		`CORP\bob`:                    {"corp-bob", "corp-bob2", "corp-bob3"},
		"_www":                        {"www", "www2", "www3"},
		"john  doe ":                  {"john-doe", "john-doe2", "john-doe3"},
		"al\u200bice\u0332":           {"alice", "alice2", "alice3"},
		"\x1b[31mbob\xff":             {"31mbob", "31mbob2", "31mbob3"},
		"аlice":                       {"guest", "guest2", "guest3"},
		"علي٣":                        {"علي٣", "guest", "guest2"}, // two kinds of digits are not written together
		"al":                          {"al", "al2", "al3"},
		long:                          {long[:24], long[:23] + "2", long[:23] + "3"},
		strings.Repeat("7", 22) + "a": {strings.Repeat("7", 22) + "a", "guest", "guest2"},
	} {
		if got := firstNames(in, 3); !slices.Equal(got, want) {
			t.Errorf("Candidates(%q) begins %q, want %q", in, got, want)
		}
	}
}

// Some numbers would make a reserved word of a short name: a11 looks like "all".
func TestCandidatesAreFreeForAll(t *testing.T) {
	for _, in := range []string{"alice", "a", "al", "", "xn", strings.Repeat("я", 30)} {
		folds := map[string]bool{}
		for _, s := range firstNames(in, 1000) {
			name, err := NewName(s)
			if err != nil {
				t.Fatalf("Candidates(%q) gives %q: %v", in, s, err)
			}
			folds[name.Fold()] = true
		}
		if len(folds) < 990 {
			t.Errorf("Candidates(%q): only %d of 1000 are different names", in, len(folds))
		}
	}
}

func firstNames(sshUser string, n int) []string {
	var names []string
	for name := range Candidates(sshUser) {
		if names = append(names, name.String()); len(names) == n {
			break
		}
	}
	return names
}

// The profiles of x/text are shared by everyone who parses.
func TestParseNameAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				if name, err := ParseName("ΣΊΣΥΦΟΣ"); err != nil || name.String() != "σίσυφοσ" {
					t.Errorf("ParseName = %q, %v", name, err)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzName(f *testing.F) {
	for _, seed := range []string{
		"alice", "İ\u0301", "pаypаl", "ＡＬ", "e\u0301\u0323", "क़", "กิตติ", "علي٣", "ǅ", "ﬀ", "a\u0345b", "\xff", "ᾼb", "ꭰꭱ", "ⅷx",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkCandidates(t, s)
		name, err := ParseName(s)
		if err != nil {
			if ErrorCode(err) != CodeInvalid {
				t.Fatalf("ParseName(%q): %v", s, err)
			}
			return
		}
		shown := name.String()
		if again, err := ParseName(shown); err != nil || again != name {
			t.Fatalf("%q gives %q, that gives %q, %v", s, shown, again, err)
		}
		if n := utf8.RuneCountInString(shown); n < 2 || n > 24 || !utf8.ValidString(shown) || !norm.NFC.IsNormalString(shown) {
			t.Fatalf("%q gives %q", s, shown)
		}
		if strings.ContainsFunc(shown, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) }) {
			t.Fatalf("%q gives %q", s, shown)
		}
		if upper, err := ParseName(strings.ToUpper(shown)); err == nil && upper.Fold() != name.Fold() {
			t.Fatalf("%q folds to %q, in upper case to %q", shown, name.Fold(), upper.Fold())
		}
		if skeleton(name.Fold()) != name.Fold() {
			t.Fatalf("%q folds to %q, which is not final", shown, name.Fold())
		}
	})
}

func checkCandidates(t *testing.T, s string) {
	t.Helper()
	for _, candidate := range firstNames(s, 2) {
		if _, err := NewName(candidate); err != nil {
			t.Fatalf("Candidates(%q) gives %q: %v", s, candidate, err)
		}
	}
}

func BenchmarkNewName(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = NewName("alice")
	}
}
