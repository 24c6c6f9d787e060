package sshserver

import (
	"time"

	"golang.org/x/time/rate"
)

// limits are what clients are given.
type limits struct {
	// ReadRate is how many bytes a second are taken from a client in the long
	// run, and ReadBurst at once. No chat needs more, and what nobody takes of a
	// channel is kept: up to 2 MiB, which is the library's window.
	ReadRate  rate.Limit
	ReadBurst int

	// AcceptQueue is how many goroutines may wait for each processor while more
	// connections are taken from the system's queue than AcceptRate a second in
	// the long run, and AcceptBurst at once. Beginning thousands in the same moment
	// would keep all processors from those who are in the chat.
	AcceptQueue int
	AcceptRate  rate.Limit
	AcceptBurst int

	// Handshake is how long a client may take until it has proved a key.
	Handshake time.Duration
	// ProxyHeader is how long a proxy may take for its header.
	ProxyHeader time.Duration
	// Farewell is how long a client that is refused may take to read why.
	Farewell time.Duration

	// Rebuff is how long who comes too fast waits for the words that say so.
	Rebuff time.Duration

	// WatchEvery is how often connections are looked after.
	WatchEvery time.Duration
	// Patience is how long a client may leave a write waiting before it is cut.
	Patience time.Duration
	// PingEvery is how often a client is asked whether it is there. Balancers
	// cut connections on which nothing moves, some after a minute.
	PingEvery time.Duration
	// PingPatience is how long the answer may take. With PingEvery, and twice
	// WatchEvery, it is within 90 seconds that a dead client is found.
	PingPatience time.Duration
	// Idle is how long a connection may stay open on which nothing runs.
	Idle time.Duration
	// Silent is how long a session may stay open that asks for nothing.
	Silent time.Duration
	// Unread is how long input is kept that the command does not ask for.
	Unread time.Duration
	// Backlog is how long input may wait for a command to take it without being
	// counted: of one address no more than backlogsPerAddress may wait longer.
	Backlog time.Duration

	// DrainPatience is Patience when the server stops.
	DrainPatience time.Duration
	// Linger is Idle when the server stops: a client whose session has ended
	// reads the last words and closes by itself. A connection closed before
	// that may lose them.
	Linger time.Duration
}

func defaultLimits() limits {
	return limits{
		ReadRate: 256 << 10, ReadBurst: 512 << 10,
		AcceptQueue: 2, AcceptRate: 500, AcceptBurst: 32,
		Handshake: 10 * time.Second, ProxyHeader: 5 * time.Second, Farewell: 2 * time.Second, Rebuff: time.Second,
		WatchEvery: 2500 * time.Millisecond, Patience: time.Minute,
		PingEvery: 35 * time.Second, PingPatience: 50 * time.Second,
		Idle: time.Minute, Silent: 10 * time.Second, Unread: 30 * time.Second, Backlog: 10 * time.Second,
		DrainPatience: 5 * time.Second, Linger: time.Second,
	}
}
