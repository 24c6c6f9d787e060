package command

import (
	"context"
	"strings"
	"time"
)

func peopleCommands() []Command {
	return []Command{
		{Name: "who", Usage: "[ROOM]", Short: "list who is here", Faces: Both, Max: 1, Run: who},
		{Name: "whois", Usage: "NAME", Short: "tell about somebody", Faces: Both, Min: 1, Max: 1, Run: whois},
	}
}

type personJSON struct {
	Name string `json:"name"`
	Here bool   `json:"here"`
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
		var names []string
		for _, p := range people {
			if p.Here {
				names = append(names, p.Name)
			}
		}
		return c.Out.Print(nil, "%d here in %s: %s", len(names), room.Title(), strings.Join(names, ", "))
	}
	for _, p := range people {
		line := p.Name
		if !p.Here {
			line += " (away)"
		}
		if err := c.Out.Print(personJSON{Name: p.Name, Here: p.Here}, "%s", line); err != nil {
			return err
		}
	}
	return nil
}

type profileJSON struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Here    bool   `json:"here"`
	Created string `json:"created"`
	Seen    string `json:"seen"`
}

func whois(ctx context.Context, c *Call) error {
	p, err := c.Service.Whois(ctx, c.Args[0])
	if err != nil {
		return err
	}
	state := "here now"
	if !p.Here {
		state = "last here " + ago(time.Since(p.Seen))
	}
	return c.Out.Print(
		profileJSON{ID: int64(p.ID), Name: p.Name, Here: p.Here, Created: stamp(p.Created), Seen: stamp(p.Seen)},
		"%s: %s, first seen on %s", p.Name, state, p.Created.UTC().Format("2 January 2006"))
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
