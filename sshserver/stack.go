package sshserver

// deep is how much stack a handshake takes, and the beginning of a session.
const deep = 10 << 10

// deepen has the goroutine's stack grow at once, while little stands on it. Left
// to itself it doubles three times on the way there, and each time all that stands
// on it by then is moved, frame by frame: that was a fiftieth of a join.
//
//go:noinline
func deepen() {
	var room [deep]byte
	use(&room)
}

//go:noinline
func use(*[deep]byte) {}
