//go:build unix && !linux

package embedded

import "syscall"

// processAttributes puts the child in a process group of its own, so that
// Ctrl+C in the terminal does not reach it: we stop it last. When we are
// killed, it lives on until the next Start ends it.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
