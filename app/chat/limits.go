package chat

import "time"

// The numbers that hold everywhere. What people type is bounded in name.go and
// text.go.
const (
	// TailLimit is how many of a room's newest messages, and of its newest
	// changes, a replica holds for its sessions. A session that lags further
	// reads from storage again.
	TailLimit = 512
	// PageSize is how many messages are read from storage at a time.
	PageSize = 100
	// LimitTopic is the longest topic, in characters.
	LimitTopic = 250
	// LimitHistory is the most messages one call of History gives.
	LimitHistory = 1000

	// LeaseTerm is how long a replica that says nothing counts as alive, by
	// the storage's clock, and renewEvery how often it says something. A
	// replica that dies is noticed after LeaseTerm + renewEvery at the most.
	// As often a replica compares its tails with storage, for the notice that
	// was lost without a trace.
	LeaseTerm  = 35 * time.Second
	renewEvery = 5 * time.Second
	// resignTime is how long a replica that ends tries to say so.
	resignTime = 500 * time.Millisecond
	// newsPatience is how long somebody who comes waits at most until news of
	// them does, too.
	newsPatience = 25 * time.Millisecond
	// returnsWithin is for how long somebody who has left is expected back.
	returnsWithin = 30 * time.Second
	// gatherHere is how long changes of a room's roll are gathered before
	// sessions are woken for them: with thousands here, someone always comes
	// or goes.
	gatherHere = 250 * time.Millisecond
	// noticesUpTo is the largest roll whose comings and goings are told line
	// by line; past it they would drown what people say.
	noticesUpTo = 50
	// searchesAtOnce is how many searches of a replica read a page at the same
	// moment; the others wait with theirs.
	searchesAtOnce = 4
	// noticesKept bounds the notices that a feed holds for slow readers.
	noticesKept = 64
)
