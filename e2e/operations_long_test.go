//go:build long

package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"teahouse/e2e/house"
)

// exerciseTime is twice what the exercise takes: it waits for things without end.
const exerciseTime = 6 * time.Minute

// exercise is a new operator, who follows docs/operations.md in an empty
// directory.
type exercise struct {
	*town
	blocks []block
	ports  *strings.Replacer // the document's in the place of the test's
}

// TestLongOperations runs every command of docs/operations.md, in its order and
// in one shell, with the programs that it asks for and no others. Each one has
// to succeed, and to print what is shown.
func TestLongOperations(t *testing.T) {
	t.Parallel() // most of it is waiting
	x := &exercise{town: newGround(t)}
	x.build()
	text, blocks := operations(t)
	for _, b := range blocks {
		if b.skipped == "" {
			x.blocks = append(x.blocks, b)
		}
	}
	cmd := exec.Command("bash", "script")
	cmd.Dir = x.folder("work")
	cmd.Env = append(x.settings(text), "PATH="+x.programs(text), "PROGRAM="+x.program, "BIN="+x.folder("bin"))
	x.must(os.WriteFile(filepath.Join(x.dir, "work", "script"), []byte(x.script()), 0o600))
	out := &house.Transcript{}
	cmd.Stdout, cmd.Stderr = out, out
	p, err := house.StartProcess(cmd)
	x.must(err)
	x.Cleanup(p.Kill)
	ctx, cancel := context.WithTimeout(x.ctx, exerciseTime)
	defer cancel()
	status, err := p.Wait(ctx)
	x.compare(out.String())
	x.noRace()
	if err != nil || status != 0 {
		t.Errorf("it ended with status %d, %v", status, err)
	}
}

// settings gives the ports of the document's first block others that are free.
func (x *exercise) settings(text string) (env []string) {
	var swap []string
	for _, found := range regexp.MustCompile(`\b(\w+)=\$\{\w+:-(\d+)\}`).FindAllStringSubmatch(text, -1) {
		port := fmt.Sprint(x.port())
		env = append(env, found[1]+"="+port)
		swap = append(swap, "127.0.0.1:"+port, "127.0.0.1:"+found[2])
	}
	x.ports = strings.NewReplacer(swap...)
	return env
}

// programs is a folder with what the document says is needed, the folder that
// the program goes into, and what every system has.
func (x *exercise) programs(text string) string {
	_, needed, _ := strings.Cut(text, "\nYou need ")
	needed, _, _ = strings.Cut(needed, ". ")
	names := strings.Fields("bash cat chmod cp cut date env grep head install ls mkdir mv sed sleep sort uniq")
	for _, name := range regexp.MustCompile("`([a-z-]+)`").FindAllStringSubmatch(needed, -1) {
		names = append(names, name[1])
	}
	folder := x.folder("programs")
	for _, name := range names {
		path, err := exec.LookPath(name)
		x.must(err)
		x.must(os.Symlink(path, filepath.Join(folder, name)))
	}
	return folder + ":" + x.folder("bin")
}

// script is all that is run. A command that fails is told, and is the last one;
// what was started ends with it.
func (x *exercise) script() string {
	text := `set -eEuo pipefail
trap 'echo "status $?: $BASH_COMMAND"' ERR
trap 'kill $(jobs -p) 2> /dev/null || :; wait' EXIT
`
	for i, b := range x.blocks {
		text += fmt.Sprintf("%secho '%s'\n", b.script, mark(i))
	}
	return text
}

// mark stands behind the output of a block.
func mark(i int) string { return fmt.Sprintf("===== %d", i) }

// compare holds the output of each block to what is shown.
func (x *exercise) compare(out string) {
	for i, b := range x.blocks {
		said, rest, whole := strings.Cut(out, mark(i)+"\n")
		if !whole {
			x.Errorf("%s: this failed:\n%s\nit said:\n%s", b.heading, b.script, said)
			return
		}
		if b.shown != "" && !shapeOf(b.shown).MatchString(x.ports.Replace(said)) {
			x.Errorf("%s: this is shown:\n%s\nand this was printed:\n%s", b.heading, b.shown, said)
		}
		out = rest
	}
}

// noRace looks into the logs of the replicas.
func (x *exercise) noRace() {
	logs, err := filepath.Glob(filepath.Join(x.dir, "work", "*.log"))
	x.must(err)
	for _, name := range logs {
		text, err := os.ReadFile(name)
		x.must(err)
		if strings.Contains(string(text), "WARNING: DATA RACE") {
			x.Errorf("a data race:\n%s", text)
		}
	}
}
