package command

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"teahouse/app/chat"
	"teahouse/keys"
)

// orderCommands keep the peace in a room. In #general, where everybody is, and
// against keys and addresses they are about the whole chat.
func orderCommands() []Command {
	return slices.Concat(
		inRoom(Command{Name: "kick", Usage: "NAME [TEXT…]", Short: "take somebody out of the room", Min: 1, Max: 1, Text: true}, kick),
		inRoom(Command{Name: "ban", Usage: "NAME [TIME] [TEXT…]", Short: "keep somebody out of the room, for a time and a reason", Min: 1, Max: 1, Text: true}, ban),
		inRoom(Command{Name: "unban", Usage: "NAME", Short: "let somebody in again", Min: 1, Max: 1}, unban),
		inRoom(Command{Name: "mute", Usage: "NAME [TIME] [TEXT…]", Short: "let somebody read, and not write", Min: 1, Max: 1, Text: true}, mute),
		inRoom(Command{Name: "unmute", Usage: "NAME", Short: "let somebody write again", Min: 1, Max: 1}, unmute),
		inRoom(Command{Name: "bans", Short: "list who is banned or muted"}, bans),
	)
}

// inChat tells whether a command is about the whole chat.
func inChat(room chat.Room, target chat.Target) bool {
	return room.ID == chat.General || target.Kind != chat.TargetUser
}

// target gives whom the first argument means: a user's name, a key's
// fingerprint, an address or a range of addresses.
func (c *Call) target(ctx context.Context) (chat.Target, error) {
	word := c.Args[0]
	if strings.HasPrefix(word, "SHA256:") {
		fingerprint, err := keys.ParseFingerprint(word)
		if err != nil {
			return chat.Target{}, chat.Errorf(chat.CodeInvalid, "%s", err)
		}
		return chat.KeyTarget(fingerprint), nil
	}
	if network, ok, err := chat.ParseNet(word); ok || err != nil {
		return chat.NetTarget(network), err
	}
	user, err := c.Service.FindUser(ctx, word)
	return chat.UserTarget(user), err
}

// parseTerm reads how long something shall last: 30s, 10m, 2h, 1h30m, 7d, 2w
// or, as 0, forever.
func parseTerm(s string) (time.Duration, bool) {
	if s == "forever" {
		return 0, true
	}
	for unit, days := range map[string]int{"d": 1, "w": 7} {
		if n, err := strconv.ParseUint(strings.TrimSuffix(s, unit), 10, 12); err == nil && strings.HasSuffix(s, unit) {
			return time.Duration(n) * time.Duration(days) * 24 * time.Hour, n > 0
		}
	}
	d, err := time.ParseDuration(s)
	return d, err == nil && d >= time.Second
}

// cutTerm takes the time off the front of a text, where one stands there.
func cutTerm(text string) (term time.Duration, why string) {
	word, rest := cutWord(text)
	if term, ok := parseTerm(word); ok {
		return term, strings.TrimSpace(rest)
	}
	return 0, strings.TrimSpace(text)
}

func kick(ctx context.Context, c *Call, room chat.Room) error {
	if room.ID == chat.General {
		return adminKick(ctx, c)
	}
	if err := c.Service.KickFrom(ctx, c.User, room, c.Args[0], strings.TrimSpace(c.Text)); err != nil {
		return err
	}
	return c.outcome(room, c.Args[0], "kicked", "%s is out of %s")
}

func ban(ctx context.Context, c *Call, room chat.Room) error {
	return impose(ctx, c, room, chat.ActBan)
}
func mute(ctx context.Context, c *Call, room chat.Room) error {
	return impose(ctx, c, room, chat.ActMute)
}

func impose(ctx context.Context, c *Call, room chat.Room, act chat.SanctionAct) error {
	target, err := c.target(ctx)
	if err != nil {
		return err
	}
	term, why := cutTerm(c.Text)
	var s chat.Sanction
	if inChat(room, target) {
		s, err = c.Service.Impose(ctx, c.User, act, target, term, why)
	} else {
		s, err = c.Service.ImposeIn(ctx, c.User, room, act, target.Name, term, why)
	}
	if err != nil {
		return err
	}
	return c.printSanction(s)
}

func unban(ctx context.Context, c *Call, room chat.Room) error {
	return lift(ctx, c, room, chat.ActBan)
}
func unmute(ctx context.Context, c *Call, room chat.Room) error {
	return lift(ctx, c, room, chat.ActMute)
}

func lift(ctx context.Context, c *Call, room chat.Room, act chat.SanctionAct) error {
	target, err := c.target(ctx)
	if err != nil {
		return err
	}
	if inChat(room, target) {
		err = c.Service.Lift(ctx, c.User, act, target)
	} else {
		err = c.Service.LiftIn(ctx, c.User, room, act, target.Name)
	}
	if err != nil {
		return err
	}
	return c.Out.Print(sanctionJSON{Act: "un" + string(act), Target: target.Name, Kind: string(target.Kind)},
		"%s is not %s any more", target.Name, act.Past())
}

func bans(ctx context.Context, c *Call, room chat.Room) error {
	list := c.Service.Sanctions
	if room.ID != chat.General {
		list = func(ctx context.Context, user chat.User) ([]chat.Sanction, error) {
			return c.Service.SanctionsIn(ctx, user, room)
		}
	}
	all, err := list(ctx, c.User)
	if err != nil {
		return err
	}
	if len(all) == 0 && c.Face == Screen {
		return c.Out.Print(nil, "nobody is banned or muted")
	}
	for _, s := range all {
		if err := c.printSanction(s); err != nil {
			return err
		}
	}
	return nil
}

// sanctionJSON is a ban or a mute as --json shows it. The fields stay as they are.
type sanctionJSON struct {
	Act    string `json:"act"` // ban, mute, unban, unmute
	Target string `json:"target"`
	Kind   string `json:"kind"`            // user, key, net
	Until  string `json:"until,omitempty"` // RFC 3339; without: until it is taken back
	Why    string `json:"why,omitempty"`
	By     string `json:"by,omitempty"`
	At     string `json:"at,omitempty"`
}

func newSanctionJSON(s chat.Sanction) sanctionJSON {
	object := sanctionJSON{
		Act: string(s.Act), Target: s.Target.Name, Kind: string(s.Target.Kind), Why: s.Why, By: s.By, At: stamp(s.At),
	}
	if !s.Until.IsZero() {
		object.Until = stamp(s.Until)
	}
	return object
}

func (c *Call) printSanction(s chat.Sanction) error {
	return c.Out.Print(newSanctionJSON(s), "%s", sentence(s))
}

func sentence(s chat.Sanction) string {
	return s.Target.Name + " is " + s.Act.Past() + " " + until(s.Until) + because(s.Why) + ", by " + s.By
}

// until and because say for how long and why something was done.
func until(t time.Time) string {
	if t.IsZero() {
		return "until that is taken back"
	}
	return "until " + t.UTC().Format(textTime) + " UTC"
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return " (" + why + ")"
}
