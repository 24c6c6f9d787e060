package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"teahouse/app/chat"
	"teahouse/app/command"
)

// The README's tables are held against the program: what it has is told there,
// and nothing else is.

// readmeTable gives the rows of the README's table whose head begins with the
// words, as cells.
func readmeTable(t *testing.T, head string) (rows [][]string) {
	t.Helper()
	_, table, found := strings.Cut(readme(t), "\n| "+head)
	if !found {
		t.Fatalf("the README has no table %q", head)
	}
	table, _, _ = strings.Cut(table, "\n\n")
	for _, row := range strings.Split(table, "\n")[2:] {
		row = strings.TrimSuffix(strings.TrimPrefix(row, "|"), "|")
		row = strings.ReplaceAll(row, `\|`, "\x00")
		cells := strings.Split(row, "|")
		for i, cell := range cells {
			cells[i] = strings.ReplaceAll(strings.TrimSpace(cell), "\x00", "|")
		}
		rows = append(rows, cells)
	}
	return rows
}

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// quoted gives what stands between backticks.
func quoted(text string) (all []string) {
	for _, found := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(text, -1) {
		all = append(all, found[1])
	}
	return all
}

// TestReadmeCommands: each command stands in the column of each face that has
// it, with its options.
func TestReadmeCommands(t *testing.T) {
	told := map[command.Face]map[string]string{command.Screen: {}, command.Exec: {}}
	for _, row := range readmeTable(t, "in the chat |") {
		for i, face := range []command.Face{command.Screen, command.Exec} {
			for _, use := range quoted(row[i]) {
				name, _, _ := strings.Cut(strings.TrimPrefix(use, "/"), " ")
				if slash := strings.HasPrefix(use, "/"); slash != (face == command.Screen) {
					t.Errorf("%q stands in the wrong column", use)
				}
				told[face][name] += " " + use + " " + row[2]
			}
		}
	}
	for _, c := range command.Table() {
		for face, all := range told {
			text, is := all[c.Name]
			if has := c.Faces&face != 0; has && !is {
				t.Errorf("the README lacks the command %s, face %d", c.Name, face)
			}
			for _, option := range strings.Fields(c.Options) {
				if c.Faces&face != 0 && is && !strings.Contains(text, option) {
					t.Errorf("the README lacks %s of the command %s, face %d", option, c.Name, face)
				}
			}
		}
	}
	for face, all := range told {
		for name := range all {
			if _, ok := command.Find(name, face); !ok {
				t.Errorf("there is no command %s, face %d", name, face)
			}
		}
	}
}

// TestReadmeSettings: what people set, in order, with all the words, the default
// first.
func TestReadmeSettings(t *testing.T) {
	rows, table := readmeTable(t, "setting | can be"), chat.SettingsTable()
	if len(rows) != len(table) {
		t.Fatalf("the README tells of %d settings, and there are %d", len(rows), len(table))
	}
	for i, s := range table {
		name, words := quoted(rows[i][0])[0], quoted(rows[i][1])
		if name != s.Name || words[0] != s.Default {
			t.Errorf("the README tells of %s, %q, where %s stands, which is %s", name, words, s.Name, s.Default)
		}
		if slices.Sort(words); s.Words != nil && !slices.Equal(words, slices.Sorted(slices.Values(s.Words))) {
			t.Errorf("%s can be %q, not %q", name, s.Words, words)
		}
	}
}

func TestReadmeEnvironment(t *testing.T) {
	told := map[string]string{}
	for _, row := range readmeTable(t, "name | default") {
		names, defaults := quoted(row[0]), strings.Split(row[1], ",")
		for i, name := range names {
			told[name] = strings.Trim(strings.TrimSpace(defaults[min(i, len(defaults)-1)]), "`")
		}
	}
	fields := reflect.VisibleFields(reflect.TypeFor[Config]())
	for _, f := range fields {
		name, ok := f.Tag.Lookup("env")
		if !ok {
			continue
		}
		got, is := told[name]
		if want := f.Tag.Get("envDefault"); !is || want != "" && got != want {
			t.Errorf("of %s the README tells %v, the default %q, and it is %q", name, is, got, want)
		}
		delete(told, name)
	}
	if len(told) > 0 {
		t.Errorf("the README tells of settings that there are not: %v", told)
	}
}

// TestReadmePromises: each test that is said to hold a promise is one of e2e's.
func TestReadmePromises(t *testing.T) {
	tests := readAll(t, "e2e/*_test.go")
	scripts := map[string]string{"TestScripts": "e2e/testdata/", "TestLongScripts": "e2e/testdata/long/"}
	for _, row := range readmeTable(t, "promised |") {
		named := quoted(row[1])
		if len(named) == 0 {
			t.Errorf("nothing holds %q", row[0])
		}
		for _, name := range named {
			test, script, scripted := strings.Cut(name, "/")
			if !strings.Contains(tests, "\nfunc "+test+"(") {
				t.Errorf("there is no test %s", test)
			}
			if !scripted {
				continue
			}
			if _, err := os.Stat(scripts[test] + script + ".txtar"); err != nil {
				t.Error(err)
			}
		}
	}
}

func readAll(t *testing.T, pattern string) string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// TestReadmeKeys: the keys in Redis are those that storage has names for.
func TestReadmeKeys(t *testing.T) {
	var told []string
	for _, row := range readmeTable(t, "key | type") {
		told = append(told, quoted(row[0])...)
	}
	tabled := len(told)
	_, channels, _ := strings.Cut(readme(t), "\nChannels: ")
	channels, _, _ = strings.Cut(channels, " carry ")
	told = append(told, quoted(channels)...)
	for i, key := range told {
		told[i] = placeholder().ReplaceAllString(key, "*")
	}
	want := storedKeys(t)
	for _, key := range want {
		if !slices.Contains(told, key) {
			t.Errorf("the README lacks the key %s", key)
		}
	}
	for _, key := range told[:tabled] {
		if !slices.Contains(want, key) {
			t.Errorf("storage has no name for the key %s", key)
		}
	}
}

// placeholder is what stands for an id or a name in the README's keys.
func placeholder() *regexp.Regexp { return regexp.MustCompile(`SHA256:…|[A-Z]{2,}|\b0\b`) }

// storedKeys gives the names of all keys in storage/keys.go, with a * for each
// part that is not the same in all of them.
func storedKeys(t *testing.T) (all []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "storage/keys.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]ast.Expr{}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			made[d.Name.Name] = d.Body.List[0].(*ast.ReturnStmt).Results[0]
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if v, ok := s.(*ast.ValueSpec); ok {
					made[v.Names[0].Name] = v.Values[0]
				}
			}
		}
	}
	for name, made := range keyNames(made) {
		if !strings.HasPrefix(name, "key") {
			t.Errorf("%s in storage/keys.go is no key", name)
		}
		all = append(all, made)
	}
	return all
}

// keyNames puts together what the expressions come to.
func keyNames(made map[string]ast.Expr) map[string]string {
	var read func(ast.Expr) string
	read = func(e ast.Expr) string {
		switch e := e.(type) {
		case *ast.BasicLit:
			if text, err := strconv.Unquote(e.Value); err == nil {
				return text
			}
		case *ast.BinaryExpr:
			return read(e.X) + read(e.Y)
		case *ast.CallExpr:
			if name, ok := e.Fun.(*ast.Ident); ok && made[name.Name] != nil {
				return read(made[name.Name])
			}
		}
		return "*"
	}
	names := map[string]string{}
	for name, e := range made {
		names[name] = read(e)
	}
	return names
}

// settingNames are those of the program.
func settingNames() (names []string) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		if name, ok := f.Tag.Lookup("env"); ok {
			names = append(names, name)
		}
	}
	return names
}

// TestReadmeProgram: the program's own commands are those that it runs.
func TestReadmeProgram(t *testing.T) {
	_, table, _ := strings.Cut(readme(t), "\n## The program's own commands\n")
	table, _, _ = strings.Cut(table, "\n## ")
	var told []string
	for _, row := range regexp.MustCompile("(?m)^\\| `teahouse ?([a-z]*)").FindAllStringSubmatch(table, -1) {
		told = append(told, row[1])
	}
	var known []string
	for _, row := range regexp.MustCompile(`(?m)^(?:usage:)? +teahouse +([a-z]*)`).FindAllStringSubmatch(usage, -1) {
		if row[1] == "serve" {
			row[1] = "" // what it does without a command
		}
		known = append(known, row[1])
	}
	slices.Sort(told)
	slices.Sort(known)
	if told = slices.Compact(told); !slices.Equal(told, known) {
		t.Errorf("the README tells of %q, and the program of %q", told, known)
	}
}

// TestFailuresAreTested: what docs/regions.md says of failures names tests, and
// there are these.
func TestFailuresAreTested(t *testing.T) {
	text, err := os.ReadFile("docs/regions.md")
	must(t, err)
	_, table, _ := strings.Cut(string(text), "| held by |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	tests := testNames(t)
	for _, row := range strings.Split(table, "\n")[1:] {
		cells := strings.Split(strings.Trim(row, "|"), "|")
		names := quoted(cells[len(cells)-1])
		if len(names) == 0 {
			t.Errorf("no test is named for %s", cells[0])
		}
		for _, name := range names {
			if !tests[name] {
				t.Errorf("%s: there is no %s", cells[0], name)
			}
		}
	}
}

// testNames are those of all test functions, and of the scripts.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	function := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	must(t, fs.WalkDir(os.DirFS("."), ".", func(path string, entry fs.DirEntry, err error) error {
		script, isScript := strings.CutSuffix(entry.Name(), ".txtar")
		if isScript {
			names[script] = true
		}
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, found := range function.FindAllSubmatch(text, -1) {
			names[string(found[1])] = true
		}
		return err
	}))
	return names
}
