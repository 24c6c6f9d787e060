package main

import (
	"context"
	"fmt"
	"time"

	"teahouse/bench/load"
	"teahouse/bench/seed"
)

// measure names a figure; its unit is part of the name.
type measure string

const (
	cpuEach    measure = "CPU a delivery, µs"
	redisEach  measure = "Redis CPU a delivery, µs"
	bytesEach  measure = "bytes a delivery"
	delivered  measure = "delivered, %"
	unseen     measure = "not seen"
	cutOff     measure = "sessions cut"
	middle     measure = "p50, ms"
	late       measure = "p99, ms"
	memory     measure = "KiB a session"
	memoryThen measure = "KiB a session, after talk"
	memoryRest measure = "KiB a session, at rest"
	cpuJoin    measure = "CPU a join, ms"
	cpuNew     measure = "CPU a first join, ms"
	cpuLeave   measure = "CPU a leave, ms"
	drawn      measure = "first screen p50, ms"
	drawnLate  measure = "first screen p99, ms"
	idleCPU    measure = "CPU, % of a core"
	idleBytes  measure = "bytes sent"
	keyMiddle  measure = "echo p50, ms"
	keyLate    measure = "echo p99, ms"
	keyBytes   measure = "bytes a key"
	keyWrites  measure = "writes a key"
)

// reading is what was measured at once.
type reading map[measure]float64

// taking measures once.
type taking func(ctx context.Context) (reading, error)

// take opens a hall for one reading.
func (b *bench) take(s setup, stock seed.Size, read func(ctx context.Context, h *hall, r reading) error) taking {
	return func(ctx context.Context) (reading, error) {
		r := reading{}
		return r, b.within(ctx, s, stock, func(ctx context.Context, h *hall) error { return read(ctx, h, r) })
	}
}

// delivery is what messages cost that everybody in a room sees.
func (b *bench) delivery(s setup, sh shape) taking {
	return b.take(s, seed.Size{}, func(ctx context.Context, h *hall, r reading) error {
		before, err := h.usage()
		if err != nil {
			return err
		}
		if err := h.arrive(ctx, sh, r); err != nil {
			return err
		}
		return h.talk(ctx, sh, before, r)
	})
}

// arrive lets all in, and notes what that cost.
func (h *hall) arrive(ctx context.Context, sh shape, r reading) error {
	before, err := h.usage()
	if err != nil {
		return err
	}
	joined, err := h.join(ctx, sh, false)
	if err != nil {
		return err
	}
	after, err := h.usage()
	if err != nil {
		return err
	}
	each := float64(sh.sessions)
	r[cpuNew] = millis(after.programs.CPU-before.programs.CPU) / each
	r[memory] = float64(after.programs.Memory-before.programs.Memory) / each
	r[drawn], r[drawnLate] = millis(joined.Latency.P50), millis(joined.Latency.P99)
	return h.bench.agrees(joined.Algorithms)
}

// talk has messages said and notes what they cost; before is the account of
// when nobody was here.
func (h *hall) talk(ctx context.Context, sh shape, before account, r reading) error {
	if err := h.fillScreens(ctx, sh); err != nil {
		return err
	}
	from, err := h.usage()
	if err != nil {
		return err
	}
	said, err := h.say(ctx, load.SayArgs{
		Messages: int(sh.rate * h.bench.sending.Seconds()), Rate: sh.rate, Patience: sayPatience,
	})
	if err != nil {
		return err
	}
	to, err := h.usage()
	if err != nil {
		return err
	}
	each := float64(max(1, said.Delivered))
	r[cpuEach] = micros(to.programs.CPU-from.programs.CPU) / each
	r[redisEach] = micros(to.redis.CPU-from.redis.CPU) / each
	r[bytesEach] = float64(said.Traffic.Bytes) / each
	r[delivered] = 100 * float64(said.Delivered) / float64(said.Wanted)
	r[unseen] = float64(said.Wanted - said.Delivered)
	r[cutOff] = float64(said.Cut)
	r[middle], r[late] = millis(said.Latency.P50), millis(said.Latency.P99)
	r[memoryThen] = float64(to.programs.Memory-before.programs.Memory) / float64(sh.sessions)
	return nil
}

// joining is what it costs to come in where so many are present: for the
// first time, and again; and to leave between the two.
func (b *bench) joining(s setup, stock seed.Size, present, come int) taking {
	return b.take(s, stock, func(ctx context.Context, h *hall, r reading) error {
		sh := shape{sessions: max(1, present), width: 80, height: 24, rooms: 1}
		if err := h.arrive(ctx, sh, reading{}); err != nil {
			return err
		}
		sh.sessions = come
		if err := h.arrive(ctx, sh, r); err != nil {
			return err
		}
		if err := h.leave(ctx, come, b.quiet+told(present), r); err != nil {
			return err
		}
		return h.comeAgain(ctx, sh, r)
	})
}

// leave has the last who came leave, and notes what that cost until the servers
// were still for so long.
func (h *hall) leave(ctx context.Context, people int, quiet time.Duration, r reading) error {
	before, err := h.usage()
	if err != nil {
		return err
	}
	if err := h.call(ctx, "Leave", people, &struct{}{}); err != nil {
		return err
	}
	after, err := h.still(ctx, quiet)
	if err != nil {
		return err
	}
	r[cpuLeave] = millis(after.programs.CPU-before.programs.CPU) / float64(people)
	return nil
}

func (h *hall) comeAgain(ctx context.Context, sh shape, r reading) error {
	before, err := h.usage()
	if err != nil {
		return err
	}
	joined, err := h.join(ctx, sh, true)
	if err != nil {
		return err
	}
	after, err := h.usage()
	if err != nil {
		return err
	}
	r[cpuJoin] = millis(after.programs.CPU-before.programs.CPU) / float64(sh.sessions)
	r[drawn], r[drawnLate] = millis(joined.Latency.P50), millis(joined.Latency.P99)
	return nil
}

// idling is what sessions cost that do nothing.
func (b *bench) idling(s setup, sessions int) taking {
	return b.take(s, seed.Size{}, func(ctx context.Context, h *hall, r reading) error {
		sh := shape{sessions: sessions, width: 80, height: 24, rooms: 1}
		empty, err := h.usage()
		if err != nil {
			return err
		}
		if err := h.arrive(ctx, sh, r); err != nil {
			return err
		}
		from, err := h.still(ctx, b.rest)
		if err != nil {
			return err
		}
		var sent, sentThen load.Traffic
		if err := h.call(ctx, "Count", struct{}{}, &sent); err != nil {
			return err
		}
		if err := pause(ctx, b.idle); err != nil {
			return err
		}
		to, err := h.usage()
		if err != nil {
			return err
		}
		r[memoryRest] = float64(to.programs.Memory-empty.programs.Memory) / float64(sessions)
		r[idleCPU] = 100 * (to.programs.CPU - from.programs.CPU).Seconds() / b.idle.Seconds()
		err = h.call(ctx, "Count", struct{}{}, &sentThen)
		r[idleBytes] = float64(sentThen.Bytes - sent.Bytes)
		return err
	})
}

// typing is what keys cost in a room where so much is said a second.
func (b *bench) typing(s setup, sessions int, rate float64) taking {
	return b.take(s, seed.Size{}, func(ctx context.Context, h *hall, r reading) error {
		sh := shape{sessions: sessions, rate: rate, width: 80, height: 24, rooms: 1}
		if err := h.arrive(ctx, sh, r); err != nil {
			return err
		}
		if err := h.fillScreens(ctx, sh); err != nil {
			return err
		}
		const keysASecond = 15
		args := load.TypeArgs{Keys: int(keysASecond * 2 * b.sending.Seconds()), Rate: keysASecond, Patience: 10 * time.Second}
		typed, err := h.typeWhile(ctx, args, load.SayArgs{
			Messages: int(rate * 2 * b.sending.Seconds()), Rate: max(1, rate), Spare: 1, Patience: sayPatience,
		})
		if err != nil {
			return err
		}
		r[keyMiddle], r[keyLate] = millis(typed.Latency.P50), millis(typed.Latency.P99)
		r[keyBytes] = float64(typed.Traffic.Bytes) / float64(args.Keys)
		r[keyWrites] = float64(typed.Traffic.Reads) / float64(args.Keys)
		r[delivered] = 100 * float64(typed.Echoes) / float64(args.Keys)
		return nil
	})
}

// typeWhile has one type while others talk.
func (h *hall) typeWhile(ctx context.Context, typing load.TypeArgs, talk load.SayArgs) (typed load.Typed, err error) {
	done := make(chan error, 1)
	go func() { done <- h.call(ctx, "Type", typing, &typed) }()
	_, err = h.say(ctx, talk)
	if typeErr := <-done; typeErr != nil {
		return typed, typeErr
	}
	return typed, err
}

// agrees holds what a client and a server agreed on against what they did
// before: servers that encrypt differently are not to be compared.
func (b *bench) agrees(algorithms string) error {
	if b.algorithms == "" {
		b.algorithms = algorithms
	}
	if b.algorithms != algorithms {
		return fmt.Errorf("one server speaks %s, and another %s", b.algorithms, algorithms)
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting: %w", context.Cause(ctx))
	}
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
