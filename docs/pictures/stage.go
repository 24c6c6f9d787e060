package main

import (
	"context"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"teahouse/e2e/house"
)

// settled is how long a screen has to stay what it is.
const settled = 200 * time.Millisecond

// stage is the program, with a Redis of its own, and the people in it.
type stage struct {
	ctx     context.Context
	dir     string
	ports   house.Ports
	replica *house.Replica
	people  map[string]*house.Terminal
}

// open builds the program and starts it.
func (s *stage) open() error {
	program := filepath.Join(s.dir, "teahouse")
	if err := house.Build(s.ctx, program, false); err != nil {
		return err
	}
	port, err := s.ports.Free()
	if err != nil {
		return err
	}
	s.replica = house.NewReplica(house.ReplicaSpec{
		Program: program, Dir: s.dir, SSHPort: port,
		Env: []string{"DEMO=true", "HTTP_ADDR=off", "REGION=ams", "MESSAGE_RATE=0"},
	})
	return s.replica.Start(s.ctx)
}

// enter brings somebody in, whose terminal shows all colours.
func (s *stage) enter(name, size string) error {
	person, err := house.NewPerson(s.ctx, s.dir, name)
	if err != nil {
		return err
	}
	window, err := house.ParseSize(size)
	if err != nil {
		return err
	}
	visit := house.Visit{Port: s.replica.SSHPort, Options: []string{"SendEnv=COLORTERM"}}
	cmd := exec.Command("ssh", person.SSH(visit)...)
	cmd.Env = house.Environ("TERM=xterm-256color", "COLORTERM=truecolor")
	terminal, err := house.OpenTerminal(cmd, window)
	if err != nil {
		return err
	}
	s.people[name] = terminal
	return s.see(name, "message #general")
}

// see waits until somebody's screen shows the words.
func (s *stage) see(name, words string) error {
	return s.people[name].Await(s.ctx, settled, func(rows []house.Row) bool {
		return slices.ContainsFunc(rows, func(r house.Row) bool { return strings.Contains(r.Text, words) })
	})
}

// strike ends everything.
func (s *stage) strike() {
	for _, terminal := range s.people {
		terminal.Close()
	}
	if s.replica != nil && s.replica.Process != nil {
		_ = s.replica.Stop(s.ctx) // its pictures are taken
		s.replica.Kill()
	}
}
