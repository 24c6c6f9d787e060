package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// slack is by how much Linux may let the program's timers be late, in order to
// wake it less often. Go's runtime has a thread that sleeps for some 20 µs at a
// time while anything runs: about a tenth of what the chat takes of a processor.
// Nothing here has to come at a time that exact.
const slack = time.Millisecond

// relax begins the program anew, as the same process, with that slack: a thread
// takes over that of the one that starts it, and the runtime's have been started
// by now. It returns where the process has as much already, by itself or by who
// started it, and where it cannot have it, with an error that says why.
func relax() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if has, err := slackNow(); err != nil || has >= slack {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(slack), 0, 0, 0); err != nil {
		return fmt.Errorf("setting the slack of timers: %w", err)
	}
	// Who runs in real time has none, and is told of no error. Without a look, the
	// program would begin anew for ever.
	if has, err := slackNow(); err != nil || has < slack {
		return errors.Join(errors.New("the system has timers be exact"), err)
	}
	return anew()
}

func slackNow() (time.Duration, error) {
	ns, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
	if err != nil {
		err = fmt.Errorf("asking for the slack of timers: %w", err)
	}
	return time.Duration(ns), err
}

// anew begins the program anew, and returns only where it cannot, with all as it
// was: syscall.Exec takes back that Go raises the limit of open files.
func anew() error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding the program: %w", err)
	}
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return fmt.Errorf("reading the limit of open files: %w", err)
	}
	err = syscall.Exec(program, os.Args, os.Environ())
	err = fmt.Errorf("beginning anew: %w", err)
	return errors.Join(err, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &files))
}
