//go:build long

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"teahouse/e2e/house"
)

// arrival is a message as a command printed it with --json.
type arrival struct {
	Event string // of a tail: what it is
	ID    int
	Room  string
	Body  string
	At    time.Time // when it was posted, by Redis' clock
	came  time.Time // when it was printed
}

// arrivals collects what a command prints. It may be written and read at the
// same time; its zero value is ready.
type arrivals struct {
	mu   sync.Mutex
	rest []byte // of a line that is not complete
	all  []arrival
}

// Write takes messages, line by line, out of what comes.
func (a *arrivals) Write(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rest = append(a.rest, p...)
	for {
		line, rest, ok := bytes.Cut(a.rest, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		m := arrival{came: time.Now()}
		if err := json.Unmarshal(line, &m); err != nil {
			return 0, fmt.Errorf("reading %q: %w", line, err)
		}
		if a.rest = rest; m.Event == "" || m.Event == "message" {
			a.all = append(a.all, m)
		}
	}
}

func (a *arrivals) list() []arrival {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.all)
}

// first is the first message of a room that was posted after the moment.
func (a *arrivals) first(room string, after time.Time) (m arrival, ok bool) {
	for _, m := range a.list() {
		if m.Room == room && m.At.After(after) {
			return m, true
		}
	}
	return m, false
}

// log is what a program makes of a room's lines: where a number comes again,
// what it had from there on is lost. It tells how often that was.
func (a *arrivals) log(room string) (bodies []string, rewinds int, err error) {
	for _, m := range a.list() {
		switch {
		case m.Room != room:
			continue
		case m.ID > len(bodies)+1:
			return bodies, rewinds, fmt.Errorf("message %d of %s follows %d", m.ID, room, len(bodies))
		case m.ID <= len(bodies):
			bodies = bodies[:m.ID-1]
			rewinds++
		}
		bodies = append(bodies, m.Body)
	}
	return bodies, rewinds, nil
}

// bustle is people at work all the time: in each room one who posts a few lines
// a second, and at each replica one who follows all rooms with a command and
// one at a screen that shows one of them.
type bustle struct {
	w       *town
	rooms   []string // by name; the place is the id
	writers []*writer
	tails   []*arrivals
	told    []*house.Transcript // what the tails said of errors
	screens []*house.Terminal   // the i-th shows the i-th room
	stop    context.CancelFunc
	work    sync.WaitGroup
}

// tall is a screen that shows all that is said in a test.
var tall = house.Size{Columns: 90, Rows: 200}

// startBustle has each writer write a line every so often. It returns when
// everybody has been shown something of every room.
func (w *town) startBustle(every time.Duration, rooms ...string) *bustle {
	w.Helper()
	ctx, stop := context.WithCancel(w.ctx)
	b := &bustle{w: w, rooms: rooms, stop: stop}
	w.Cleanup(b.end)
	for i, room := range rooms {
		wr := &writer{w: w, who: w.person(fmt.Sprint("writer", i)), room: room, replica: i % len(w.replicas), every: every}
		w.ssh(wr.who, wr.replica, "", "join", room)
		b.writers = append(b.writers, wr)
	}
	for i := range w.replicas {
		b.follow(i)
		b.watch(i)
	}
	for _, wr := range b.writers {
		b.work.Go(func() { wr.run(ctx) })
	}
	w.must(b.hear(time.Time{}))
	return b
}

// end has everybody stop writing, and returns when all is posted.
func (b *bustle) end() {
	b.stop()
	b.work.Wait()
}

// follow has somebody follow all rooms from their beginning.
func (b *bustle) follow(replica int) {
	b.w.Helper()
	p := b.w.person(fmt.Sprint("tail", replica))
	for _, room := range b.rooms {
		b.w.ssh(p, replica, "", "join", room)
	}
	command := append([]string{"tail"}, b.rooms...)
	cmd := exec.Command("ssh", p.SSH(house.Visit{
		Port: b.w.replicas[replica].SSHPort, Command: append(command, "-n", "1000", "--json"),
	})...)
	out, told := &arrivals{}, &house.Transcript{}
	cmd.Env, cmd.Stdout, cmd.Stderr = house.Environ(), out, told
	proc, err := house.StartProcess(cmd)
	b.w.must(err)
	b.w.Cleanup(proc.Kill)
	b.tails, b.told = append(b.tails, out), append(b.told, told)
}

// watch has somebody look at one of the rooms.
func (b *bustle) watch(replica int) {
	b.w.Helper()
	room := b.watched(replica)
	screen := b.w.openSized(fmt.Sprint("screen", replica), replica, tall)
	b.w.must(screen.Type("/join " + room + "\r"))
	b.w.must(screen.Await(b.w.ctx, 0, shows("message #"+room)))
	b.screens = append(b.screens, screen)
}

func (b *bustle) watched(screen int) string { return b.rooms[screen%len(b.rooms)] }

// writer posts to a room, a line at a time. Where the command that does it
// ends, another one goes on, but with the next line.
type writer struct {
	w       *town
	who     *house.Person
	room    string
	replica int
	every   time.Duration
	acks    arrivals

	said   int   // only run uses these
	failed error // that a command ended
}

func (wr *writer) run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := wr.write(ctx); err != nil {
			wr.failed = err
		}
	}
}

// write runs one command, until ctx ends or the command does.
func (wr *writer) write(ctx context.Context) error {
	v := house.Visit{Port: wr.w.replicas[wr.replica].SSHPort, Command: []string{"send", wr.room, "--lines", "--json"}}
	cmd := exec.Command("ssh", wr.who.SSH(v)...)
	var told house.Transcript
	cmd.Env, cmd.Stdout, cmd.Stderr = house.Environ(), &wr.acks, &told
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	proc, err := house.StartProcess(cmd)
	if err != nil {
		return err
	}
	defer proc.Kill()
	wr.feed(ctx, proc, in)
	_ = in.Close() // a command that ended has closed it
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	status, err := proc.Wait(end)
	if err == nil && status != 0 {
		err = fmt.Errorf("posting to %s ended with status %d: %s", wr.room, status, &told)
	}
	return err
}

func (wr *writer) feed(ctx context.Context, proc *house.Process, in io.Writer) {
	tick := time.NewTicker(wr.every)
	defer tick.Stop()
	for {
		wr.said++
		if _, err := fmt.Fprintf(in, "%s-%03d\n", wr.room, wr.said); err != nil {
			return
		}
		select {
		case <-tick.C:
		case <-proc.Done():
			return
		case <-ctx.Done():
			return
		}
	}
}

// hear waits until every tail has printed, and every writer has had
// acknowledged, something of every room that was posted after the moment.
func (b *bustle) hear(after time.Time) error {
	ctx, cancel := b.w.soon()
	defer cancel()
	var err error
	_ = house.Await(ctx, nil, 0, func() bool {
		_, _, err = b.heard(after)
		return err == nil
	})
	return err
}

// heard tells when the last room's first message posted after the moment was
// acknowledged, and when it was printed by the last tail.
func (b *bustle) heard(after time.Time) (posted, shown time.Time, err error) {
	for i, room := range b.rooms {
		m, ok := b.writers[i].acks.first(room, after)
		if !ok {
			return posted, shown, fmt.Errorf("nothing is posted to %s", room)
		}
		posted = later(posted, m.came)
		for n, tail := range b.tails {
			m, ok := tail.first(room, after)
			if !ok {
				return posted, shown, fmt.Errorf("follower %d hears nothing of %s", n, room)
			}
			shown = later(shown, m.came)
		}
	}
	return posted, shown, nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// wrote waits until every writer has had so many lines acknowledged.
func (b *bustle) wrote(n int) error {
	return house.Await(b.w.ctx, nil, 0, func() bool {
		return !slices.ContainsFunc(b.writers, func(wr *writer) bool { return len(wr.acks.list()) < n })
	})
}

// slowest is the longest that a message, posted after the moment, took to a tail.
func (b *bustle) slowest(after time.Time) (longest time.Duration) {
	for _, tail := range b.tails {
		for _, m := range tail.list() {
			if m.At.After(after) {
				longest = max(longest, m.came.Sub(m.At))
			}
		}
	}
	return longest
}

// onScreen is the bodies that a screen shows, from the top.
func (b *bustle) onScreen(i int) (bodies []string) {
	body := regexp.MustCompile(`\b` + b.watched(i) + `-\w+`)
	for _, row := range b.screens[i].Screen.Rows() {
		if at := body.FindString(row.Text); at != "" {
			bodies = append(bodies, at)
		}
	}
	return bodies
}

// stray finds a message on a screen that history does not have.
func (b *bustle) stray() error {
	for i := range b.screens {
		shown := b.onScreen(i)
		stored := b.stored(b.watched(i))
		for _, body := range shown {
			if !slices.Contains(stored, body) {
				return fmt.Errorf("screen %d shows %s, which history does not have\n%s", i, body, written(b.screens[i]))
			}
		}
	}
	return nil
}

// written is the rows of a screen that are not blank.
func written(s *house.Terminal) string {
	var text strings.Builder
	for _, row := range s.Screen.Rows() {
		if row.Text != "" {
			text.WriteString(row.Text + "\n")
		}
	}
	return text.String()
}

func (b *bustle) stored(room string) []string {
	b.w.Helper()
	return b.w.storedIn(fmt.Sprint(slices.Index(b.rooms, room)))
}

// same waits until every screen and every tail shows what history has, each
// message once and in its order. Nobody may be writing any more.
func (b *bustle) same() (err error) {
	ctx, cancel := context.WithTimeout(b.w.ctx, 5*time.Second)
	defer cancel()
	stored := map[string][]string{}
	for _, room := range b.rooms {
		stored[room] = b.stored(room)
	}
	_ = house.Await(ctx, nil, 0, func() bool {
		err = b.compare(stored)
		return err == nil
	})
	return err
}

func (b *bustle) compare(stored map[string][]string) error {
	for i := range b.screens {
		want := stored[b.watched(i)]
		if got := b.onScreen(i); !slices.Equal(got, want) {
			return fmt.Errorf("screen %d shows\n%q, history has\n%q", i, got, want)
		}
	}
	for i, tail := range b.tails {
		for _, room := range b.rooms {
			got, _, err := tail.log(room)
			if err == nil && !slices.Equal(got, stored[room]) {
				err = fmt.Errorf("it is\n%q, history has\n%q", got, stored[room])
			}
			if err != nil {
				return fmt.Errorf("what follower %d has of %s: %w", i, room, err)
			}
		}
	}
	return nil
}

// refused is an error of a writer. Nobody may be writing any more.
func (b *bustle) refused() error {
	for _, wr := range b.writers {
		if wr.failed != nil {
			return wr.failed
		}
	}
	return nil
}

// lost gives what was acknowledged and is not stored. Nobody may be writing
// any more.
func (b *bustle) lost() (all []arrival) {
	for i, room := range b.rooms {
		stored := b.stored(room)
		for _, m := range b.writers[i].acks.list() {
			if !slices.Contains(stored, m.Body) {
				all = append(all, m)
			}
		}
	}
	return all
}
