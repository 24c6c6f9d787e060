package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// instruction is one of a Dockerfile: what it says first, and the rest.
type instruction struct{ name, rest string }

// stages are those of the Dockerfile, each beginning with its FROM.
func stages(t *testing.T) (all [][]instruction) {
	t.Helper()
	text, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	for line := range strings.Lines(strings.ReplaceAll(strings.Join(lines, "\n"), "\\\n", " ")) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "FROM" {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], instruction{name, strings.TrimSpace(rest)})
	}
	return all
}

// one gives the only instruction of the name.
func one(t *testing.T, stage []instruction, name string) string {
	t.Helper()
	var found []string
	for _, i := range stage {
		if i.name == name {
			found = append(found, i.rest)
		}
	}
	if len(found) != 1 {
		t.Fatalf("there are %d of %s", len(found), name)
	}
	return found[0]
}

// TestDockerfile: the image is the program and nothing else, run by nobody in
// particular, and what is said of it is what the program does.
func TestDockerfile(t *testing.T) {
	all := stages(t)
	image := all[len(all)-1]
	if from := one(t, image, "FROM"); from != "scratch" {
		t.Errorf("the image stands on %s", from)
	}
	if user := one(t, image, "USER"); !regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(user) {
		t.Errorf("the user is %s", user)
	}
	if stop := one(t, image, "STOPSIGNAL"); stop != "SIGTERM" {
		t.Errorf("it is stopped by %s, and drains at SIGTERM", stop)
	}
	if entry := argv(t, one(t, image, "ENTRYPOINT")); !slices.Equal(entry, []string{"/teahouse"}) {
		t.Errorf("it runs %q", entry)
	}
	_, check, _ := strings.Cut(one(t, image, "HEALTHCHECK"), "CMD ")
	if words := argv(t, check); !slices.Equal(words, []string{"/teahouse", "healthcheck"}) {
		t.Errorf("its health is asked for by %q", words)
	}
	env := map[string]string{}
	for _, pair := range strings.Fields(one(t, image, "ENV")) {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	config, err := readConfig(env)
	if err != nil {
		t.Error(err)
	}
	if port := one(t, image, "EXPOSE"); !strings.HasSuffix(config.SSHAddr, ":"+port) {
		t.Errorf("it exposes %s, and listens at %s", port, config.SSHAddr)
	}
	if volume := one(t, image, "VOLUME"); volume != config.DataDir {
		t.Errorf("its volume is %s, and DATA_DIR %s", volume, config.DataDir)
	}
}

func argv(t *testing.T, text string) (words []string) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &words); err != nil {
		t.Errorf("%s is no list of words, and there is no shell: %v", text, err)
	}
	return words
}

func TestDockerfileLabels(t *testing.T) {
	all := stages(t)
	labels := one(t, all[len(all)-1], "LABEL")
	for _, name := range []string{"title", "description", "licenses", "version", "revision"} {
		if !strings.Contains(labels, "org.opencontainers.image."+name+`="`) {
			t.Errorf("there is no label %s", name)
		}
	}
}

// TestDockerfileGo: it is built by a version of Go that is named in full and
// that go.mod allows.
func TestDockerfileGo(t *testing.T) {
	from := one(t, stages(t)[0], "FROM")
	found := regexp.MustCompile(`golang:(\d+\.\d+)\.\d+-`).FindStringSubmatch(from)
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if found == nil || !strings.Contains(string(mod), "\ngo "+found[1]+".") {
		t.Errorf("it is built in %s", from)
	}
}

// TestDockerContext: all that the build needs reaches it, and nothing that is
// made here does.
func TestDockerContext(t *testing.T) {
	file, err := os.Open(".dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	patterns, err := ignorefile.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	ignored, err := patternmatcher.New(patterns)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range buildFiles(t) {
		if out, err := ignored.MatchesOrParentMatches(path); err != nil || out {
			t.Errorf("the build needs %s, which is kept out of it (%v)", path, err)
		}
	}
	for _, path := range []string{"data/host_ed25519", ".git/HEAD", ".tools/x", "teahouse", "e2e/e2e_test.go"} {
		if out, err := ignored.MatchesOrParentMatches(path); err != nil || !out {
			t.Errorf("%s goes into the build (%v)", path, err)
		}
	}
	for _, i := range stages(t)[0] {
		if i.name != "COPY" {
			continue
		}
		words := strings.Fields(i.rest)
		for _, source := range words[:len(words)-1] {
			if _, err := os.Stat(source); err != nil {
				t.Errorf("it copies %s: %v", source, err)
			}
		}
	}
}

// buildFiles are the files of ours that the program is made of.
func buildFiles(t *testing.T) (paths []string) {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", "-f",
		`{{if not .Standard}}{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{range .EmbedFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{end}}`, ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range strings.Fields(string(out)) {
		if ours, err := filepath.Rel(here, path); err == nil && filepath.IsLocal(ours) {
			paths = append(paths, ours)
		}
	}
	if len(paths) < 100 {
		t.Fatalf("only %d files were found", len(paths))
	}
	return append(paths, "go.mod", "go.sum")
}
