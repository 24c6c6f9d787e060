package main

import (
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
	has, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
	if err != nil || time.Duration(has) >= slack {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding the program: %w", err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(slack), 0, 0, 0); err != nil {
		return fmt.Errorf("setting the timers' slack: %w", err)
	}
	return syscall.Exec(program, os.Args, os.Environ())
}
