package command

import (
	"context"
	"strings"

	"teahouse/app/chat"
)

func settingsCommands() []Command {
	return []Command{
		{Name: "set", Usage: "[NAME [VALUE]]", Short: "show or change your settings", Faces: Both, Max: 1, Text: true, Run: set},
	}
}

type settingJSON struct {
	Setting string   `json:"setting"`
	Value   string   `json:"value"`
	Words   []string `json:"words,omitempty"` // what else it can be
}

// set lists all settings, tells about one, or changes it.
func set(ctx context.Context, c *Call) error {
	value := strings.TrimSpace(c.Text)
	if len(c.Args) == 0 {
		return c.listSettings(ctx)
	}
	if value == "" {
		return c.showSetting(ctx)
	}
	settings, err := c.Service.Set(ctx, c.User, c.Args[0], value)
	if err != nil {
		return err
	}
	d, err := chat.FindSetting(c.Args[0])
	if err != nil {
		return err
	}
	return c.Out.Print(settingJSON{Setting: d.Name, Value: d.Of(settings), Words: d.Words}, "%s is %s now", d.Name, d.Of(settings))
}

func (c *Call) listSettings(ctx context.Context) error {
	prefs, err := c.Service.Preferences(ctx, c.User)
	if err != nil {
		return err
	}
	for _, d := range chat.SettingsTable() {
		value := d.Of(prefs.Settings)
		err := c.Out.Print(settingJSON{Setting: d.Name, Value: value, Words: d.Words}, "%-8s %-14s %s", d.Name, value, d.Help)
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *Call) showSetting(ctx context.Context) error {
	d, err := chat.FindSetting(c.Args[0])
	if err != nil {
		return err
	}
	prefs, err := c.Service.Preferences(ctx, c.User)
	if err != nil {
		return err
	}
	value := d.Of(prefs.Settings)
	object := settingJSON{Setting: d.Name, Value: value, Words: d.Words}
	if d.Words == nil {
		return c.Out.Print(object, "%s is %s: %s", d.Name, value, d.Help)
	}
	return c.Out.Print(object, "%s is %s: %s; it can be %s", d.Name, value, d.Help, strings.Join(d.Words, ", "))
}
