package ui

import (
	"context"
	"iter"

	tea "github.com/charmbracelet/bubbletea"

	"teahouse/app/chat"
	"teahouse/app/ui/dialog"
)

// seek is a search that goes on: the dialog, and what it found.
type seek struct {
	dialog *dialog.Search
	turn   int // numbers the searches; what an old one finds is not wanted
	found  []place
	stop   context.CancelFunc // nil while none is running
}

// seekMsg is what a search has found since it was asked last.
type seekMsg struct {
	turn  int
	found []chat.Found
	next  func() (chat.Found, error, bool)
	end   func()
	done  bool
	err   error
}

func (m *model) openSearch() {
	m.seek.dialog = dialog.NewSearch(m.th)
	m.seek.found = nil
}

func (m *model) seekKey(msg tea.KeyMsg) tea.Cmd {
	result := m.seek.dialog.Key(msg)
	switch result.Action {
	case dialog.Start:
		return m.beginSearch(result.Name)
	case dialog.Stop:
		m.stopSearch()
	case dialog.Open:
		to := m.seek.found[result.Index]
		m.closeSearch()
		return m.jump(to.room, to.id)
	case dialog.Close:
		m.closeSearch()
	}
	return nil
}

func (m *model) closeSearch() {
	m.stopSearch()
	m.seek.dialog = nil
}

func (m *model) stopSearch() {
	m.seek.turn++
	if m.seek.stop != nil {
		m.seek.stop()
		m.seek.stop = nil
	}
	m.seek.dialog.End()
}

func (m *model) beginSearch(text string) tea.Cmd {
	m.stopSearch()
	query, err := chat.ParseQuery(text)
	if err != nil {
		m.status = chat.ErrorText(err)
		return nil
	}
	m.seek.dialog.Begin(text)
	m.seek.found = nil
	ctx, stop := context.WithCancel(m.ctx)
	m.seek.stop = stop
	next, end := iter.Pull2(m.Service.Search(ctx, m.Session.User(), query))
	return m.search(seekMsg{turn: m.seek.turn, next: next, end: end})
}

// search goes on until there is something to show.
func (m *model) search(s seekMsg) tea.Cmd {
	return m.do(func() tea.Msg {
		s.found = nil
		for {
			found, err, more := s.next()
			switch {
			case err != nil:
				s.err, s.done = err, true
				return s
			case !more:
				s.done = true
				return s
			}
			s.found = append(s.found, found)
			if found.Message == nil {
				return s // a page is through
			}
		}
	})
}

// sought shows what was found and has the search go on.
func (m *model) sought(s seekMsg) tea.Cmd {
	if s.turn != m.seek.turn || s.done {
		s.end()
	}
	if s.turn != m.seek.turn {
		return nil
	}
	if s.err != nil {
		m.status = chat.ErrorText(s.err)
	}
	full := m.showFound(s.found)
	if s.done || full {
		if !s.done {
			s.end()
		}
		m.stopSearch()
		return nil
	}
	return m.search(s)
}

func (m *model) showFound(found []chat.Found) (full bool) {
	for _, f := range found {
		var hits []dialog.Hit
		if f.Message != nil {
			hits = append(hits, m.hit(f))
			m.seek.found = append(m.seek.found, place{f.Room.ID, f.Message.ID})
		}
		full = m.seek.dialog.Add(hits, f.Searched)
	}
	return full
}

func (m *model) hit(f chat.Found) dialog.Hit {
	return dialog.Hit{
		Where: f.Room.Title(), When: m.when(f.Message.At),
		From: f.Message.Name, Text: m.markup().Line(f.Message.Body),
	}
}
