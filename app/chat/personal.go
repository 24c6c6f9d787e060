package chat

import (
	"context"
)

// Personal holds what users have for themselves. What it says of a user to
// all of their sessions is news of the user's topic. The methods that write
// fail with CodeGone where the user is gone.
type Personal interface {
	// Preferences reads a user's, those of nobody as of somebody who set nothing.
	Preferences(ctx context.Context, id UserID) (Preferences, error)
	// Set keeps one setting, whatever others are set at the same time, and
	// tells the user's sessions.
	Set(ctx context.Context, id UserID, setting, word string) error
}

// Preferences gives what is kept for the user's own screens.
func (s *Service) Preferences(ctx context.Context, user User) (Preferences, error) {
	return s.store.Preferences(ctx, user.ID)
}

// Set sets one of the SettingsTable, for all of the user's screens, and gives
// all as they are then. CodeNotFound and CodeInvalid as of ParseSetting.
func (s *Service) Set(ctx context.Context, user User, name, value string) (Settings, error) {
	setting, word, err := ParseSetting(name, value)
	if err != nil {
		return Settings{}, err
	}
	if err := s.store.Set(ctx, user.ID, setting.Name, word); err != nil {
		return Settings{}, err
	}
	p, err := s.store.Preferences(ctx, user.ID)
	return p.Settings, err
}
