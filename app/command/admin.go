package command

import (
	"context"
	"strings"
	"time"

	"teahouse/app/chat"
)

// adminCommands are where administrators find theirs: each as `admin NAME`, and
// those that are about no room as /NAME, too.
func adminCommands() []Command {
	all := []Command{
		{Name: "admin", Usage: "[COMMAND…]", Short: "keep order in the whole chat; alone it lists how", Faces: Both, Text: true, Admin: true, Run: admin},
	}
	for _, cmd := range adminTable() {
		switch cmd.Name {
		case "announce", "motd", "lockdown", "audit":
			cmd.Faces, cmd.Admin = Screen, true
			all = append(all, cmd)
		}
	}
	return all
}

// adminTable gives what comes behind the word admin. It is about the whole chat.
func adminTable() []Command {
	return []Command{
		{Name: "kick", Usage: "NAME [TEXT…]", Short: "show out of the chat, for a minute", Min: 1, Max: 1, Text: true, Run: adminKick},
		{Name: "ban", Usage: "WHO [TIME] [TEXT…]", Short: "keep out a name, key, address or range", Min: 1, Max: 1, Text: true, Run: everywhere(ban)},
		{Name: "unban", Usage: "WHO", Short: "let in again", Min: 1, Max: 1, Run: everywhere(unban)},
		{Name: "mute", Usage: "NAME [TIME] [TEXT…]", Short: "let somebody read, and not write", Min: 1, Max: 1, Text: true, Run: everywhere(mute)},
		{Name: "unmute", Usage: "NAME", Short: "let somebody write again", Min: 1, Max: 1, Run: everywhere(unmute)},
		{Name: "bans", Short: "list who is banned or muted", Run: everywhere(bans)},
		{Name: "whois", Usage: "NAME", Short: "tell somebody's keys and last address", Min: 1, Max: 1, Run: adminWhois},
		{Name: "op", Usage: "ROOM NAME", Short: "make a moderator of a public room", Min: 2, Max: 2, Run: inPublic(op)},
		{Name: "deop", Usage: "ROOM NAME", Short: "make a moderator a plain member again", Min: 2, Max: 2, Run: inPublic(deop)},
		{Name: "announce", Usage: "TEXT…", Short: "tell everybody, in #general", Text: true, Run: announce},
		{Name: "motd", Usage: "[TEXT…]", Short: "what newcomers are told; - for MOTD", Text: true, Run: motd},
		{Name: "lockdown", Usage: "TIME|off [TEXT…]", Short: "let in nobody whose key is new", Min: 1, Max: 1, Text: true, Run: lockdown},
		{Name: "audit", Usage: "[-n N] [--before ID]", Short: "print who did what to whom, and why", Options: "-n --before", Run: audit},
	}
}

// admin runs what follows it.
func admin(ctx context.Context, c *Call) error {
	if strings.TrimSpace(c.Text) == "" {
		for _, cmd := range adminTable() {
			cmd.Name = "admin " + cmd.Name
			if err := c.printCommand(cmd); err != nil {
				return err
			}
		}
		return nil
	}
	line := c.Text
	c.Text = ""
	return run(ctx, line, c, "admin ", findAdmin)
}

func findAdmin(name string) (Command, bool) {
	for _, cmd := range adminTable() {
		if cmd.Name == name {
			cmd.Faces = Both
			return cmd, true
		}
	}
	return Command{}, false
}

// everywhere makes a room's command one of the whole chat.
func everywhere(do func(context.Context, *Call, chat.Room) error) func(context.Context, *Call) error {
	return func(ctx context.Context, c *Call) error {
		return do(ctx, c, chat.GeneralRoom())
	}
}

// inPublic takes the room from the first argument.
func inPublic(do func(context.Context, *Call, chat.Room) error) func(context.Context, *Call) error {
	return func(ctx context.Context, c *Call) error {
		room, err := c.takeRoom(ctx)
		if err != nil {
			return err
		}
		return do(ctx, c, room)
	}
}

func adminKick(ctx context.Context, c *Call) error {
	target, err := c.target(ctx)
	if err != nil {
		return err
	}
	s, err := c.Service.Kick(ctx, c.User, target, strings.TrimSpace(c.Text))
	if err != nil {
		return err
	}
	return c.printSanction(s)
}

type dossierJSON struct {
	profileJSON
	Keys      []keyJSON      `json:"keys"`
	CameBy    string         `json:"came_by,omitempty"`
	CameFrom  string         `json:"came_from,omitempty"`
	Sanctions []sanctionJSON `json:"sanctions,omitempty"`
}

func adminWhois(ctx context.Context, c *Call) error {
	d, err := c.Service.Dossier(ctx, c.User, c.Args[0])
	if err != nil {
		return err
	}
	object := dossierJSON{profileJSON: newProfileJSON(d.Profile), CameBy: d.Came.Fingerprint, CameFrom: d.Came.Address}
	lines := []any{told(d.Profile)}
	for _, k := range d.Keys {
		object.Keys = append(object.Keys, keyJSON{Fingerprint: k.Fingerprint, Key: k.Line, Current: k.Fingerprint == d.Came.Fingerprint})
		lines = append(lines, "key "+k.Fingerprint)
	}
	if d.Came.Address != "" {
		lines = append(lines, "came last from "+d.Came.Address+" by "+d.Came.Fingerprint)
	}
	for _, s := range d.Sanctions {
		object.Sanctions = append(object.Sanctions, newSanctionJSON(s))
		lines = append(lines, sentence(s))
	}
	return c.Out.Print(object, "%s"+strings.Repeat("\n  %s", len(lines)-1), lines...)
}

func announce(ctx context.Context, c *Call) error {
	m, err := c.Service.Announce(ctx, c.User, c.Text)
	if err != nil {
		return err
	}
	if c.Face == Screen {
		return nil
	}
	return c.Out.Print(messageJSON(chat.GeneralRoom(), m), "announced in #general")
}

type motdJSON struct {
	MOTD string `json:"motd"`
}

func motd(ctx context.Context, c *Call) error {
	text := strings.TrimSpace(c.Text)
	if text == "" {
		set := c.Service.MOTD("")
		if set == "" && !c.Opt.JSON {
			return c.Out.Print(nil, "people are told what the operator set in MOTD")
		}
		return c.Out.Print(motdJSON{set}, "%s", set)
	}
	if text == "-" {
		text = ""
	}
	if err := c.Service.SetMOTD(ctx, c.User, text); err != nil {
		return err
	}
	return c.Out.Print(motdJSON{text}, "who comes from now on is told so")
}

type lockdownJSON struct {
	Until string `json:"until,omitempty"`
}

func lockdown(ctx context.Context, c *Call) error {
	term, ok := time.Duration(0), c.Args[0] == "off"
	if !ok {
		term, ok = parseTerm(c.Args[0])
	}
	if !ok || c.Args[0] == "forever" {
		return usagef("%q is no time; it is something like 30m, 12h or 2d, or off. For good there is ACCESS=closed", c.Args[0])
	}
	if err := c.Service.Lockdown(ctx, c.User, term, strings.TrimSpace(c.Text)); err != nil {
		return err
	}
	if term == 0 {
		return c.Out.Print(lockdownJSON{}, "new people are let in again, as ACCESS says")
	}
	end := time.Now().Add(term)
	return c.Out.Print(lockdownJSON{stamp(end)}, "nobody new is let in %s", until(end))
}

// deedJSON is an entry of the audit log as --json shows it. The fields stay as
// they are.
type deedJSON struct {
	ID     int64  `json:"id"`
	At     string `json:"at"`
	By     string `json:"by"`
	ByID   int64  `json:"by_id"`
	Act    string `json:"act"`
	Room   string `json:"room,omitempty"` // without: the whole chat
	Target string `json:"target,omitempty"`
	Until  string `json:"until,omitempty"`
	Why    string `json:"why,omitempty"`
}

// deedsShown is how many entries are printed unless told.
const deedsShown = 50

func audit(ctx context.Context, c *Call) error {
	n := deedsShown
	if c.Opt.NSet {
		n = c.Opt.N
	}
	deeds, err := c.Service.Deeds(ctx, c.User, int64(c.Opt.Before), n)
	if err != nil {
		return err
	}
	if len(deeds) == 0 && c.Face == Screen {
		return c.Out.Print(nil, "nothing was done yet")
	}
	for _, d := range deeds {
		object := deedJSON{
			ID: d.ID, At: stamp(d.At), By: d.By, ByID: int64(d.ByID), Act: d.Act, Room: d.Room, Target: d.Target, Why: d.Why,
		}
		if !d.Until.IsZero() {
			object.Until = stamp(d.Until)
		}
		if err := c.Out.Print(object, "%s", deedLine(d)); err != nil {
			return err
		}
	}
	return nil
}

// deedLine is an entry of the audit log on one line.
func deedLine(d chat.Deed) string {
	words := []string{d.At.UTC().Format(textTime) + "Z", d.By, d.Act}
	if d.Target != "" {
		words = append(words, d.Target)
	}
	if d.Room != "" {
		words = append(words, "in "+d.Room)
	}
	if !d.Until.IsZero() {
		words = append(words, until(d.Until))
	}
	return strings.Join(words, " ") + because(d.Why)
}
