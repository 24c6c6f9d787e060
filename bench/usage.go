package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of the kernel's process times: a hundred to a second.
const tick = 10 * time.Millisecond

// usage is what processes have used until now.
type usage struct {
	CPU         time.Duration
	Memory      int64 // resident, in KiB
	Descriptors int
}

func (u usage) plus(v usage) usage {
	return usage{u.CPU + v.CPU, u.Memory + v.Memory, u.Descriptors + v.Descriptors}
}

// used adds up what processes have used.
func used(pids []int) (sum usage, err error) {
	for _, pid := range pids {
		u, err := usedBy(pid)
		if err != nil {
			return sum, fmt.Errorf("reading what process %d uses: %w", pid, err)
		}
		sum = sum.plus(u)
	}
	return sum, nil
}

func usedBy(pid int) (u usage, err error) {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	stat, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return u, err
	}
	open, err := os.ReadDir(filepath.Join(dir, "fd"))
	if err != nil {
		return u, err
	}
	u, _, err = parseStat(string(stat))
	u.Descriptors = len(open)
	if exact := onProcessor(dir); exact > 0 {
		u.CPU = exact
	}
	return u, err
}

// onProcessor is how long a process's threads have run, to the nanosecond, or 0
// where the kernel does not tell. Threads that have ended are not in it; a
// program in Go keeps its threads.
func onProcessor(dir string) (sum time.Duration) {
	threads, err := filepath.Glob(filepath.Join(dir, "task/*/schedstat"))
	if err != nil {
		return 0
	}
	for _, path := range threads {
		text, err := os.ReadFile(path)
		ran, _, _ := strings.Cut(string(text), " ")
		ns, parseErr := strconv.ParseInt(ran, 10, 64)
		if err == nil && parseErr == nil { // it may have ended meanwhile
			sum += time.Duration(ns)
		}
	}
	return sum
}

// parseStat reads /proc/PID/stat. The name in it may hold anything.
func parseStat(stat string) (u usage, parent int, err error) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 22 {
		return u, 0, fmt.Errorf("%q is not what /proc/PID/stat looks like", stat)
	}
	var n [4]int64
	for i, field := range [...]int{1, 11, 12, 21} { // ppid, utime, stime, rss: 4, 14, 15, 24 of proc(5)
		if n[i], err = strconv.ParseInt(fields[field], 10, 64); err != nil {
			return u, 0, fmt.Errorf("reading /proc/PID/stat: %w", err)
		}
	}
	u.CPU = time.Duration(n[1]+n[2]) * tick
	u.Memory = n[3] * int64(os.Getpagesize()) / 1024
	return u, int(n[0]), nil
}

// children are the processes that a process has started.
func children(of int) (pids []int, err error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, fmt.Errorf("listing processes: %w", err)
	}
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended meanwhile
		}
		if _, parent, err := parseStat(string(stat)); err != nil || parent != of {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			return nil, fmt.Errorf("reading a process's number: %w", err)
		}
		pids = append(pids, pid)
	}
	return pids, nil
}
