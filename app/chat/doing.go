package chat

// Verb is what somebody does in a room that is no part of its log.
type Verb string

// The verbs, each with what its target is.
const (
	DidKick      Verb = "kick"      // somebody
	DidBan       Verb = "ban"       // somebody
	DidUnban     Verb = "unban"     // somebody
	DidMute      Verb = "mute"      // somebody
	DidUnmute    Verb = "unmute"    // somebody
	DidOp        Verb = "op"        // somebody, who is a moderator now
	DidDeop      Verb = "deop"      // somebody, who is a plain member now
	DidInherit   Verb = "inherit"   // none: the room is theirs, as its owner has left
	DidRename    Verb = "rename"    // the room's new title
	DidLock      Verb = "lock"      // none: the room has a password, or another one
	DidUnlock    Verb = "unlock"    // none
	DidArchive   Verb = "archive"   // none
	DidUnarchive Verb = "unarchive" // none
	DidSlow      Verb = "slow"      // how long people wait between two messages
	DidUnslow    Verb = "unslow"    // none
	DidPin       Verb = "pin"       // a message's number
	DidUnpin     Verb = "unpin"     // a message's number
)

// Doing is what somebody did in a room, as those who are there are told.
type Doing struct {
	Verb   Verb
	Target string // "" for none
	Why    string // the reason given, or ""
}

// Words say it, behind the name of who did it: "kicked bob: spam".
func (d Doing) Words() string {
	words := map[Verb]string{
		DidKick: "kicked " + d.Target,
		DidBan:  "banned " + d.Target, DidUnban: "unbanned " + d.Target,
		DidMute: "muted " + d.Target, DidUnmute: "unmuted " + d.Target,
		DidOp: "made " + d.Target + " a moderator", DidDeop: "made " + d.Target + " a plain member",
		DidInherit: "inherited the room", DidRename: "renamed the room to " + d.Target,
		DidLock: "set a password", DidUnlock: "took the room's password away",
		DidArchive: "archived the room", DidUnarchive: "brought the room back from the archive",
		DidSlow: "turned on slow mode: one message in " + d.Target, DidUnslow: "turned off slow mode",
		DidPin: "pinned message " + d.Target, DidUnpin: "unpinned message " + d.Target,
	}[d.Verb]
	if d.Why != "" {
		words += ": " + d.Why
	}
	return words
}
