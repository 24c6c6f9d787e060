package house

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Build builds the program, with the race detector where race says so and with
// build tags, into the file out. It must run within the module.
func Build(ctx context.Context, out string, race bool, tags ...string) error {
	args := []string{"build", "-o", out, "-tags", strings.Join(tags, ",")}
	if race {
		args = append(args, "-race")
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "teahouse")...)
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building the program: %w\n%s", err, output)
	}
	return nil
}

// Environ is the environment programs are started with: of the test's own only
// what finds programs and a place for temporary files, so that a setting in
// the developer's shell changes no test. Later values win.
func Environ(extra ...string) []string {
	var env []string
	for _, name := range []string{"PATH", "TMPDIR", "GOCOVERDIR"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return append(env, extra...)
}
