package ui

import (
	"runtime"
	"sync"

	"github.com/muesli/termenv"

	"teahouse/app/ui/markup"
	"teahouse/app/ui/screen"
	"teahouse/app/ui/theme"
	"teahouse/app/ui/timeline"
	"teahouse/internal/contain"
	"teahouse/internal/recent"
	"teahouse/internal/turns"
)

// keptSides is how many rosters as they are drawn are remembered, at most twice
// that: each takes a few KiB.
const keptSides = 500

// Shared is what the screens of a replica have in common, so that each is made
// once: texts that are read, messages as they are laid out, themes. News is drawn by
// a few goroutines for all of them. Its methods may be called from many
// goroutines.
type Shared struct {
	markup *markup.Parser
	rows   *timeline.Cache
	sides  *recent.Cache[sideOf, *screen.Side]
	fixed  *recent.Cache[fixtureOf, fixture]
	inks   *screen.Inks
	turns  *turns.Queue // those of screens that have something new to draw
	bound  []binding    // boundKeys

	mu     sync.Mutex
	themes map[themed]*theme.Theme // there are few
}

type themed struct {
	name    string
	profile termenv.Profile
	dark    bool
}

// NewShared makes what screens share. Texts that cannot be read are told to
// panics.
func NewShared(panics *contain.Panics) *Shared {
	parser := &markup.Parser{Panics: panics}
	return &Shared{
		markup: parser, rows: timeline.NewCache(parser), themes: map[themed]*theme.Theme{},
		sides: recent.New[sideOf](keptSides, func(sideOf, *screen.Side) int { return 1 }),
		fixed: recent.New(keptFixtures, fixtureOf.size),
		inks:  screen.NewInks(), turns: turns.New(runtime.GOMAXPROCS(0)), bound: boundKeys(),
	}
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
