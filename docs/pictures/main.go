// Command pictures makes the pictures of README.md: it starts the program with
// the demo's conversation, lets a few people go on with it over the real ssh,
// and draws the screens that two of them see.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"teahouse/e2e/house"
)

// patience is how long all of it may take.
const patience = 2 * time.Minute

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := run(ctx, "docs/pictures"); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

// run draws the pictures into the folder.
func run(ctx context.Context, folder string) error {
	dir, err := os.MkdirTemp("", "pictures")
	if err != nil {
		return fmt.Errorf("making a place to work in: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s := &stage{ctx: ctx, dir: dir, people: map[string]*house.Terminal{}}
	defer s.strike()
	if err := s.open(); err != nil {
		return err
	}
	if err := s.play(); err != nil {
		return err
	}
	for _, p := range []struct {
		file, of string
		win      window
	}{{"80x24.svg", "bob", lightWindow()}, {"120x40.svg", "erin", darkWindow()}} {
		picture := draw(s.people[p.of].Screen, p.win)
		if err := os.WriteFile(filepath.Join(folder, p.file), picture, 0o644); err != nil {
			return fmt.Errorf("keeping a picture: %w", err)
		}
	}
	return nil
}
