package embedded

import "syscall"

// processAttributes puts the child in a process group of its own, so that
// Ctrl+C in the terminal does not reach it: we stop it last. When we are
// killed, the kernel asks it to end, and it still writes its file.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
