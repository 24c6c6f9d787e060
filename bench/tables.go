package main

import (
	"fmt"
	"slices"
	"syscall"

	"teahouse/bench/seed"
)

// table is figures of one kind.
type table struct {
	title   string
	labels  []string // heads of the rows' labels
	columns []column
	rows    []row
}

// column is a figure, or its ratio to that of another row.
type column struct {
	of      measure
	form    string
	against string // what it is compared with, as the rows know it
}

// row is what is measured once a run.
type row struct {
	key    string // what -only matches
	labels []string
	yards  yards
	take   taking
}

// yards are the keys of the rows that one is compared with.
type yards map[string]string

// emptyChat is what a chat is compared with that holds something.
const emptyChat = "empty"

// scale is how large everything is.
type scale struct {
	shapes            []shape // 80x24, one room, and all setups
	wide, apart       []shape
	present, come     int // sessions where others come in
	stock             seed.Size
	idlers, listeners int
	busy              float64
}

func (b *bench) full() scale {
	return scale{
		shapes: []shape{
			{100, 10, 80, 24, 1}, {300, 10, 80, 24, 1}, {1000, 10, 80, 24, 1},
			{100, 100, 80, 24, 1}, {300, 100, 80, 24, 1}, {1000, 100, 80, 24, 1},
		},
		wide:    []shape{{300, 10, 120, 40, 1}, {300, 100, 120, 40, 1}},
		apart:   []shape{{300, 10, 80, 24, 50}, {1000, 10, 80, 24, 50}, {1000, 100, 80, 24, 50}},
		present: 1000, come: 1000, stock: seed.Size{Messages: 1_000_000, Rooms: 1000},
		idlers: 1000, listeners: 100, busy: 100,
	}
}

func (b *bench) tiny() scale {
	return scale{
		shapes:  []shape{{12, 20, 80, 24, 1}},
		apart:   []shape{{12, 20, 120, 40, 3}},
		present: 4, come: 4, stock: seed.Size{Messages: 2000, Rooms: 20},
		idlers: 4, listeners: 4, busy: 20,
	}
}

func (b *bench) tables(s scale) []table {
	return []table{b.deliveries(s), b.joins(s), b.idlers(s), b.typists(s)}
}

func deliveryColumns() []column {
	return []column{
		{of: cpuEach, form: "%.1f"}, {of: cpuEach, form: "%.2f", against: bareCopy},
		{of: bytesEach, form: "%.0f"},
		{of: middle, form: "%.1f"}, {of: late, form: "%.1f"}, {of: late, form: "%.2f", against: bareCopy},
		{of: delivered, form: "%.2f"}, {of: unseen, form: "%.0f"},
		{of: memory, form: "%.0f"}, {of: memoryThen, form: "%.0f"},
		{of: redisEach, form: "%.1f"},
	}
}

func (b *bench) deliveries(s scale) table {
	t := table{
		title:   "A message that everybody in the room sees",
		labels:  []string{"sessions", "messages/s", "screen", "rooms", "server"},
		columns: deliveryColumns(),
	}
	for _, sh := range s.shapes {
		t.deliver(b, sh, bareCopy, embedded, oneReplica, twoReplicas)
	}
	for _, sh := range s.wide {
		t.deliver(b, sh, bareCopy, oneReplica)
	}
	for _, sh := range s.apart {
		t.deliver(b, sh, bareCopy, oneReplica, twoReplicas)
	}
	return t
}

// deliver adds a shape, on each setup.
func (t *table) deliver(b *bench, sh shape, names ...string) {
	for _, s := range setups(names...) {
		screen := "lines"
		if s.screens {
			screen = fmt.Sprintf("%dx%d", sh.width, sh.height)
		}
		t.rows = append(t.rows, row{
			key:    deliveryKey(sh, s.name),
			labels: []string{fmt.Sprint(sh.sessions), fmt.Sprint(sh.rate), screen, fmt.Sprint(sh.rooms), s.name},
			yards:  yards{bareCopy: deliveryKey(sh, bareCopy)},
			take:   b.delivery(s, sh),
		})
	}
}

func deliveryKey(sh shape, setup string) string { return fmt.Sprintf("%v %s", sh, setup) }

// joins compares all with the bare copy where nobody is, and with itself there.
func (b *bench) joins(s scale) table {
	t := table{
		title:  "Coming in: to a first screen, for the first time and again",
		labels: []string{"present", "messages", "rooms", "server"},
		columns: []column{
			{of: cpuNew, form: "%.2f"}, {of: cpuNew, form: "%.2f", against: bareCopy}, {of: cpuJoin, form: "%.2f"}, {of: cpuJoin, form: "%.2f", against: bareCopy},
			{of: cpuJoin, form: "%.2f", against: emptyChat}, {of: cpuLeave, form: "%.2f"},
			{of: drawn, form: "%.1f"}, {of: drawnLate, form: "%.1f"},
		},
	}
	add := func(set setup, present int, stock seed.Size) {
		key := func(name string, present int, stock seed.Size) string {
			return fmt.Sprintf("join/%d/%d %s", present, stock.Messages, name)
		}
		t.rows = append(t.rows, row{
			key:    key(set.name, present, stock),
			labels: []string{fmt.Sprint(present), fmt.Sprint(stock.Messages), fmt.Sprint(max(1, stock.Rooms)), set.name},
			yards:  yards{bareCopy: key(bareCopy, 1, seed.Size{}), emptyChat: key(set.name, 1, seed.Size{})},
			take:   b.joining(set, stock, present, s.come),
		})
	}
	for _, set := range setups(bareCopy, embedded, oneReplica) {
		add(set, 1, seed.Size{})
	}
	for _, set := range setups(bareCopy, oneReplica) {
		add(set, s.present, seed.Size{})
	}
	for _, set := range setups(oneReplica) {
		add(set, 1, s.stock)
		add(set, s.present, s.stock)
	}
	return t
}

func (b *bench) idlers(s scale) table {
	t := table{
		title:   fmt.Sprintf("Doing nothing, for %s", b.idle),
		labels:  []string{"sessions", "server"},
		columns: []column{{of: idleCPU, form: "%.2f"}, {of: idleBytes, form: "%.0f"}, {of: memory, form: "%.0f"}, {of: memoryRest, form: "%.0f"}},
	}
	for _, set := range setups(bareCopy, embedded, twoReplicas) {
		t.rows = append(t.rows, row{
			key: "idle " + set.name, labels: []string{fmt.Sprint(s.idlers), set.name}, take: b.idling(set, s.idlers),
		})
	}
	return t
}

func (b *bench) typists(s scale) table {
	t := table{
		title:  "Typing, 15 keys a second: from the key to its echo",
		labels: []string{"sessions", "messages/s", "server"},
		columns: []column{
			{of: keyMiddle, form: "%.1f"}, {of: keyLate, form: "%.1f"},
			{of: keyBytes, form: "%.0f"}, {of: keyWrites, form: "%.2f"}, {of: delivered, form: "%.2f"},
		},
	}
	for _, rate := range []float64{0, s.busy} {
		for _, set := range setups(oneReplica) {
			t.rows = append(t.rows, row{
				key:    fmt.Sprintf("typing/%g %s", rate, set.name),
				labels: []string{fmt.Sprint(s.listeners), fmt.Sprint(rate), set.name},
				take:   b.typing(set, s.listeners, rate),
			})
		}
	}
	return t
}

// big is many in one room, and then as many as the system lets one program hold.
func (b *bench) big() []table {
	t := table{
		title:   "As many as it carries, in one room",
		labels:  []string{"sessions", "messages/s", "screen", "rooms", "server"},
		columns: append(deliveryColumns(), column{of: cutOff, form: "%.0f"}),
	}
	for _, sessions := range slices.Compact([]int{b.sessions(8000), b.sessions(mostOpen())}) {
		t.deliver(b, shape{sessions, 2, 80, 24, 1}, bareCopy, oneReplica)
	}
	return []table{t}
}

// mostOpen is how many connections one program can hold to one address: by the
// files that it may have open, and the ports that Linux gives out. A tenth is left
// for all else.
func mostOpen() int {
	const ports = 28_000
	files := syscall.Rlimit{Max: ports}
	_ = syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files) // fails nowhere, and then it is the ports
	return int(min(files.Max, ports) * 9 / 10)
}
