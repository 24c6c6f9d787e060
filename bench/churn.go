package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"teahouse/bench/load"
	"teahouse/bench/seed"
	"teahouse/e2e/house"
)

// hours is how many readings are taken of a day.
const hours = 24

// health is how a program is, by its own metrics and the kernel.
type health struct {
	when                 string
	sessions, goroutines float64
	heap, resident       float64 // MiB
	descriptors          float64
}

// churn lets people come and go for a day, and shows that memory and goroutines
// are at its end what they were at its beginning.
func (b *bench) churn(ctx context.Context) error {
	began := time.Now()
	if err := b.build(ctx); err != nil {
		return err
	}
	d := day{people: b.sessions(200), rate: 10, long: b.day, rest: b.rest}
	if err := b.live(ctx, &d); err != nil {
		return err
	}
	return errors.Join(b.publish("churn", b.provenance(fmt.Sprintf("%d people at most", d.people), began)+"\n"+d.String()), d.err())
}

func (b *bench) live(ctx context.Context, d *day) error {
	for _, s := range setups(embedded) {
		if err := b.within(ctx, s, seed.Size{}, d.pass); err != nil {
			return fmt.Errorf("a day of coming and going: %w", err)
		}
	}
	return nil
}

// day is a day of coming and going, and what was seen of it.
type day struct {
	people int
	rate   float64 // messages a second at noon
	long   time.Duration
	rest   time.Duration // as in options
	swift  bool          // garbage need not be collected, and given back, before a look

	came load.Churned
	seen []health
}

// pass lets a shorter day pass first, so that what is made once, and what is
// remembered up to a limit, is there at the beginning.
func (d *day) pass(ctx context.Context, h *hall) error {
	if _, err := h.pass(ctx, d, d.long/4); err != nil {
		return err
	}
	if err := d.settle(ctx, h, "begin"); err != nil {
		return err
	}
	var err error
	if d.came, err = d.watch(ctx, h); err != nil {
		return err
	}
	return d.settle(ctx, h, "end")
}

func (h *hall) pass(ctx context.Context, d *day, long time.Duration) (came load.Churned, err error) {
	v := h.visit(shape{width: 80, height: 24, rooms: 1})
	err = h.call(ctx, "Churn", load.ChurnArgs{Visit: v, People: d.people, Rate: d.rate, Day: long}, &came)
	return came, err
}

// watch looks every hour while the day passes.
func (d *day) watch(ctx context.Context, h *hall) (came load.Churned, err error) {
	done := make(chan error, 1)
	go func() {
		var err error
		came, err = h.pass(ctx, d, d.long)
		done <- err
	}()
	tick := time.NewTicker(d.long / hours)
	defer tick.Stop()
	for hour := 1; hour <= hours; hour++ {
		select {
		case err := <-done:
			return came, err
		case <-tick.C:
		}
		if lookErr := d.look(ctx, h, fmt.Sprintf("%d:00", hour)); lookErr != nil {
			return load.Churned{}, errors.Join(lookErr, <-done)
		}
	}
	err = <-done
	return came, err
}

// settle waits until all have left, garbage was collected since, and what was
// found is given back, and then looks.
func (d *day) settle(ctx context.Context, h *hall, when string) error {
	// Go collects garbage every two minutes, if there is no other reason to.
	const patience = 5 * time.Minute
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	left := float64(time.Now().Unix())
	for settled := false; !settled; {
		// To be asked makes garbage: asked more often, the program might not come
		// to rest, and give back no memory.
		if err := pause(ctx, d.rest); err != nil {
			return fmt.Errorf("waiting until all have left and garbage is collected: %w", err)
		}
		m, err := metrics(ctx, h.replicas[0])
		if err != nil {
			return err
		}
		settled = m["teahouse_sessions"] == 0 && (d.swift || m["go_memstats_last_gc_time_seconds"] > left)
	}
	// What is free is given back when it has been for a minute.
	if !d.swift {
		if err := pause(ctx, time.Minute+d.rest); err != nil {
			return fmt.Errorf("waiting until memory is given back: %w", err)
		}
	}
	return d.look(ctx, h, when)
}

// look takes down how the program is.
func (d *day) look(ctx context.Context, h *hall, when string) error {
	m, err := metrics(ctx, h.replicas[0])
	if err != nil {
		return err
	}
	a, err := h.usage()
	if err != nil {
		return err
	}
	const mebi = 1 << 20
	d.seen = append(d.seen, health{
		when: when, sessions: m["teahouse_sessions"], goroutines: m["go_goroutines"],
		heap: m["go_memstats_heap_alloc_bytes"] / mebi, resident: float64(a.programs.Memory) / 1024,
		descriptors: float64(a.programs.Descriptors),
	})
	return nil
}

func (d *day) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "### A day of coming and going, in %s\n\n", d.long)
	fmt.Fprintf(&b, "%d visits, %d that failed; %d messages, %d deliveries, %d lost\n\n",
		d.came.Visits, d.came.Failed, d.came.Messages, d.came.Delivered, d.came.Lost)
	b.WriteString("| | sessions | goroutines | heap, MiB | resident, MiB | descriptors |\n|---|---|---|---|---|---|\n")
	for _, h := range d.seen {
		fmt.Fprintf(&b, "| %s | %g | %g | %.1f | %.1f | %g |\n", h.when, h.sessions, h.goroutines, h.heap, h.resident, h.descriptors)
	}
	return b.String()
}

// err tells what did not end as it began, or was lost.
func (d *day) err() error {
	// A pool of connections to Redis may hold some more, or fewer.
	const pool = 10
	begin, end := d.seen[0], d.seen[len(d.seen)-1]
	var errs []error
	if end.goroutines > begin.goroutines+pool {
		errs = append(errs, fmt.Errorf("there were %g goroutines, and in the end %g", begin.goroutines, end.goroutines))
	}
	if end.descriptors > begin.descriptors+pool {
		errs = append(errs, fmt.Errorf("there were %g descriptors, and in the end %g", begin.descriptors, end.descriptors))
	}
	if d.came.Failed+d.came.Lost > 0 {
		errs = append(errs, fmt.Errorf("%d visits failed, the last one as %q, and %d messages were lost", d.came.Failed, d.came.Error, d.came.Lost))
	}
	return errors.Join(errs...)
}

// metrics asks a replica for its figures, labels left out.
func metrics(ctx context.Context, r *house.Replica) (map[string]float64, error) {
	text, err := get(ctx, r, "/metrics")
	if err != nil {
		return nil, err
	}
	m := map[string]float64{}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] == "#" {
			continue
		}
		name, _, _ := strings.Cut(fields[0], "{")
		if m[name], err = strconv.ParseFloat(fields[len(fields)-1], 64); err != nil {
			return nil, fmt.Errorf("reading the metric %s: %w", name, err)
		}
	}
	return m, nil
}

// get asks the replica's HTTP side.
func get(ctx context.Context, r *house.Replica, path string) ([]byte, error) {
	return fetch(ctx, fmt.Sprintf("http://127.0.0.1:%d%s", r.HTTPPort, path))
}

func fetch(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("asking for %s: %w", url, err)
	}
	req.Close = true
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking for %s: %w", url, err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = errors.New(answer.Status)
	}
	if err != nil {
		return nil, fmt.Errorf("asking for %s: %w", url, err)
	}
	return text, nil
}
