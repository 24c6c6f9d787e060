package command

import (
	"context"
	"strings"
	"time"

	"teahouse/app/chat"
)

func peopleCommands() []Command {
	return []Command{
		{Name: "who", Usage: "[ROOM]", Short: "list who is here", Faces: Both, Max: 1, Run: who},
		{Name: "whois", Usage: "NAME", Short: "tell about somebody", Faces: Both, Min: 1, Max: 1, Run: whois},
		{Name: "away", Usage: "[TEXT…]", Short: "say that you are away; without a text, back", Faces: Both, Text: true, Run: away},
		{Name: "back", Short: "say that you are not away any more", Faces: Both, Run: back},
	}
}

type personJSON struct {
	Name string `json:"name"`
	Here bool   `json:"here"`
	Away bool   `json:"away,omitempty"`
	Idle int    `json:"idle,omitempty"` // seconds since they last did anything
}

func who(ctx context.Context, c *Call) error {
	room, err := c.room(ctx)
	if err != nil {
		return err
	}
	people, err := c.Service.Who(ctx, c.User, room)
	if err != nil {
		return err
	}
	if c.Face == Screen {
		return c.whoIsHere(room, people)
	}
	for _, p := range people {
		object := personJSON{Name: p.Name, Here: p.Here, Away: p.Away, Idle: int(p.Idle.Seconds())}
		if err := c.Out.Print(object, "%s", withState(p)); err != nil {
			return err
		}
	}
	return nil
}

// whoIsHere lists the people in as few lines as will do.
func (c *Call) whoIsHere(room chat.Room, people []chat.Person) error {
	var names []string
	for _, p := range people {
		if p.Here {
			names = append(names, withState(p))
		}
	}
	return c.Out.Print(nil, "%d here in %s: %s", len(names), room.Title(), strings.Join(names, ", "))
}

func withState(p chat.Person) string {
	switch {
	case !p.Here:
		return p.Name + " (not here)"
	case p.Away:
		return p.Name + " (away)"
	case p.Idle >= idleFrom:
		return p.Name + " (idle for " + lasting(p.Idle) + ")"
	}
	return p.Name
}

type profileJSON struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Here    bool   `json:"here"`
	Created string `json:"created"`
	Seen    string `json:"seen"`
	Away    string `json:"away,omitempty"`
	Idle    int    `json:"idle,omitempty"` // seconds since they last did anything
}

func whois(ctx context.Context, c *Call) error {
	p, err := c.Service.Whois(ctx, c.Args[0])
	if err != nil {
		return err
	}
	return c.Out.Print(newProfileJSON(p), "%s", told(p))
}

func newProfileJSON(p chat.Profile) profileJSON {
	return profileJSON{
		ID: int64(p.ID), Name: p.Name, Here: p.Here, Created: stamp(p.Created), Seen: stamp(p.Seen),
		Away: p.Away, Idle: int(p.Idle.Seconds()),
	}
}

// told is what everybody may know of somebody.
func told(p chat.Profile) string {
	return p.Name + ": " + stateOf(p) + ", first seen on " + p.Created.UTC().Format("2 January 2006")
}

// stateOf says where somebody is.
func stateOf(p chat.Profile) string {
	state := "here now"
	switch {
	case !p.Here:
		state = "last here " + ago(time.Since(p.Seen))
	case p.Idle >= idleFrom:
		state += ", idle for " + lasting(p.Idle)
	}
	if p.Away != "" {
		state += ", away for " + lasting(time.Since(p.AwaySince)) + ": " + p.Away
	}
	return state
}

func away(ctx context.Context, c *Call) error {
	text := strings.TrimSpace(c.Text)
	if err := c.Service.Away(ctx, c.User, text); err != nil {
		return err
	}
	if text == "" {
		return c.Out.Print(awayJSON{}, "you are back")
	}
	return c.Out.Print(awayJSON{Away: true}, "you are away now; %s ends it", c.typed("back"))
}

func back(ctx context.Context, c *Call) error { return away(ctx, c) }

type awayJSON struct {
	Away bool `json:"away"`
}

// idleFrom is for how long somebody did nothing when it is worth telling.
const idleFrom = 2 * time.Minute

// lasting says how long something lasts, to the unit that matters.
func lasting(d time.Duration) string {
	if d < time.Minute {
		return "a moment"
	}
	return strings.TrimSuffix(ago(d), " ago")
}

// ago says how long something is past, to the unit that matters.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return plural(int(d.Minutes()), "minute")
	case d < 48*time.Hour:
		return plural(int(d.Hours()), "hour")
	}
	return plural(int(d.Hours()/24), "day")
}
