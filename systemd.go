package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/daemon"
)

// manager is the service manager that started the program, systemd or one that
// speaks as it does. There may be none: then nothing here does anything.
type manager struct {
	sockets map[string][]net.Listener // by FileDescriptorName
	timeout time.Duration             // of its watchdog; 0: there is none
}

// newManager takes what the manager has given. The environment says nothing of
// it any more then, so that no child takes it for its own.
func newManager() (m manager, err error) {
	if m.sockets, err = activation.ListenersWithNames(); err != nil {
		return m, fmt.Errorf("taking the sockets of the service manager: %w", err)
	}
	for name := range m.sockets {
		if name != "ssh" && name != "http" {
			return m, fmt.Errorf("the service manager gives a socket called %q; set FileDescriptorName=ssh, or http, in its unit", name)
		}
	}
	if m.timeout, err = daemon.SdWatchdogEnabled(true); err != nil {
		return m, fmt.Errorf("reading WATCHDOG_USEC: %w", err)
	}
	return m, nil
}

// listener gives the socket of a name, nil where there is none. Whoever takes it
// closes it.
func (m manager) listener(name string) net.Listener {
	if of := m.sockets[name]; len(of) > 0 {
		return of[0]
	}
	return nil
}

// tell says how the program is.
func (m manager) tell(log *slog.Logger, state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		log.Warn("telling the service manager", "state", state, "error", err)
	}
}

// watch tells the watchdog, until ctx ends, that the program lives: twice as
// often as it must, and only while the door tells how many connections it has.
func (m manager) watch(ctx context.Context, log *slog.Logger, alive func() int) {
	if m.timeout == 0 {
		return
	}
	tick := time.NewTicker(m.timeout / 2)
	defer tick.Stop()
	for {
		m.tell(log, fmt.Sprintf("%s\nSTATUS=%d connections", daemon.SdNotifyWatchdog, alive()))
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
