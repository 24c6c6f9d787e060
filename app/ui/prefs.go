package ui

import (
	"maps"
	"time"

	"teahouse/app/chat"
)

// prefer takes in what the person has chosen, maybe on another device.
func (m *model) prefer() {
	was, now := m.prefs, m.Session.Preferences()
	m.prefs = now
	if now.Settings.Theme != was.Settings.Theme {
		m.setTheme()
	}
	if now.Settings != was.Settings {
		m.setClock()
	}
	if !maps.Equal(now.Ignored, was.Ignored) {
		m.timeline.SetHidden(m.ignores)
	}
}

// dress has a new timeline follow the person's choices.
func (m *model) dress() {
	m.setClock()
	m.timeline.SetHidden(m.ignores)
	m.timeline.SetQuote(m.quote)
}

func (m *model) ignores(msg *chat.Message) bool { return m.prefs.Ignores(msg) }

func (m *model) setClock() {
	settings := m.prefs.Settings
	zone, err := time.LoadLocation(settings.Zone)
	if err != nil {
		zone = time.UTC // the setting was checked when it was made
	}
	m.zone = zone
	m.timeline.SetClock(zone, settings.Clock == "12")
	m.timeline.SetTraffic(settings.Notices != "off")
}

func (m *model) setTheme() {
	m.th = m.Shared.theme(m.prefs.Settings.Theme, m.profile, m.dark)
	m.timeline.SetTheme(m.th)
	m.composer.SetTheme(m.th)
}
