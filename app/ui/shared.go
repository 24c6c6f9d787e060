package ui

import (
	"log/slog"
	"sync"

	"github.com/muesli/termenv"

	"teahouse/app/ui/markup"
	"teahouse/app/ui/theme"
	"teahouse/app/ui/timeline"
)

// Shared is what the screens of a replica have in common, so that each is made
// once: texts that are read, messages as they are laid out, themes. Its methods
// may be called from many goroutines.
type Shared struct {
	markup markup.Parser
	rows   timeline.Cache

	mu     sync.Mutex
	themes map[themed]*theme.Theme // there are few
}

type themed struct {
	name    string
	profile termenv.Profile
	dark    bool
}

// NewShared makes what screens share. Texts that cannot be read are told to the
// log.
func NewShared(log *slog.Logger) *Shared {
	return &Shared{markup: markup.Parser{Log: log}, themes: map[themed]*theme.Theme{}}
}

func (s *Shared) theme(name string, profile termenv.Profile, dark bool) *theme.Theme {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := themed{name, profile, dark}
	if s.themes[of] == nil {
		s.themes[of] = theme.Named(name, profile, dark)
	}
	return s.themes[of]
}
