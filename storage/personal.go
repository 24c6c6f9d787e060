package storage

import (
	"context"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

var errGone = chat.Errorf(chat.CodeGone, "you have left this chat for good; connect again to begin anew")

// Preferences implements chat.Personal, in one round trip.
func (s *Store) Preferences(ctx context.Context, id chat.UserID) (chat.Preferences, error) {
	var own *redis.SliceCmd
	var ignored *redis.MapStringStringCmd
	var muted *redis.StringSliceCmd
	fields := preferenceFields()
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		own = p.HMGet(ctx, keyUser(id), fields...)
		ignored = p.HGetAll(ctx, keyUserIgnored(id))
		muted = p.HKeys(ctx, keyUserMuted(id))
		return nil
	})
	if err != nil {
		return chat.Preferences{}, wrap("reading a user's preferences", err)
	}
	p := preferences(fields, own.Val())
	for id, name := range ignored.Val() {
		put(&p.Ignored, chat.UserID(number(id)), name)
	}
	for _, room := range muted.Val() {
		put(&p.Muted, chat.RoomID(room), true)
	}
	return p, nil
}

// put sets an entry of a map, which most users have none of.
func put[K comparable, V any](m *map[K]V, key K, value V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[key] = value
}

// preferenceFields are those of a user's hash that their screens go by:
// settings under their own names.
func preferenceFields() []string {
	fields := []string{"place", "away", "away_at"}
	for _, d := range chat.SettingsTable() {
		fields = append(fields, d.Name)
	}
	return fields
}

func preferences(fields []string, values []any) chat.Preferences {
	own := make(map[string]string, len(fields))
	for i, name := range fields {
		own[name], _ = values[i].(string)
	}
	return chat.Preferences{
		Settings: chat.ReadSettings(func(name string) string { return own[name] }),
		Room:     chat.RoomID(own["place"]),
		Away:     own["away"], AwaySince: moment(own["away_at"]),
	}
}

// Set implements chat.Personal.
func (s *Store) Set(ctx context.Context, id chat.UserID, setting, word string) error {
	return s.note(ctx, "keeping a setting", id, s.publish, setting, word)
}

// note sets fields of a user, and tells the user's sessions where a command to
// publish is given.
func (s *Store) note(ctx context.Context, doing string, id chat.UserID, publish string, pairs ...string) error {
	args := []any{publish}
	for _, p := range pairs {
		args = append(args, p)
	}
	done, err := s.scripts.note.Run(ctx, s.rdb, []string{keyUser(id), keyUserFeed(id)}, args...).Bool()
	if err == nil && !done {
		return errGone
	}
	return wrap(doing, err)
}
