package storage

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

// sanctionRecord is a ban or a mute as the hashes of sanctions hold it.
type sanctionRecord struct {
	Act   chat.SanctionAct `json:"act"`
	Kind  chat.TargetKind  `json:"kind"`
	ID    string           `json:"id"`
	Name  string           `json:"name"`
	Until int64            `json:"until,omitempty"` // Unix ms
	Why   string           `json:"why,omitempty"`
	By    string           `json:"by"`
	At    int64            `json:"at"`
}

func formatSanction(s chat.Sanction) (string, error) {
	text, err := json.Marshal(sanctionRecord{
		Act: s.Act, Kind: s.Target.Kind, ID: s.Target.ID, Name: s.Target.Name,
		Until: stamp(s.Until), Why: s.Why, By: s.By, At: stamp(s.At),
	})
	if err != nil {
		return "", fmt.Errorf("encoding a sanction: %w", err)
	}
	return string(text), nil
}

func parseSanction(text string) (chat.Sanction, error) {
	var r sanctionRecord
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return chat.Sanction{}, fmt.Errorf("decoding a sanction: %w", err)
	}
	return chat.Sanction{
		Act: r.Act, Target: chat.Target{Kind: r.Kind, ID: r.ID, Name: r.Name},
		Until: instant(r.Until), Why: r.Why, By: r.By, At: instant(r.At),
	}, nil
}

// parseSanctions reads a hash of sanctions.
func parseSanctions(texts []string) ([]chat.Sanction, error) {
	all := make([]chat.Sanction, len(texts))
	for i, text := range texts {
		var err error
		if all[i], err = parseSanction(text); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// stamp and instant keep a time as Unix ms, no time as 0.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// RulesVersion implements chat.Order.
func (s *Store) RulesVersion(ctx context.Context) (string, error) {
	version, err := s.rdb.HGet(ctx, keyHouse, "version").Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	return version, wrap("asking for the rules", err)
}

// Rules implements chat.Order.
func (s *Store) Rules(ctx context.Context) (chat.Rules, error) {
	var house *redis.SliceCmd
	var texts *redis.StringSliceCmd
	_, err := s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		house = p.HMGet(ctx, keyHouse, "version", "motd", "lockdown")
		texts = p.HVals(ctx, keyHouseSanctions)
		return nil
	})
	if err != nil {
		return chat.Rules{}, wrap("reading the rules", err)
	}
	r := chat.Rules{Lockdown: moment(house.Val()[2])}
	r.Version, _ = house.Val()[0].(string)
	r.MOTD, _ = house.Val()[1].(string)
	r.Sanctions, err = parseSanctions(texts.Val())
	return r, err
}

// Decree implements chat.Order.
func (s *Store) Decree(ctx context.Context, d chat.Decree) error {
	deed, err := formatDeed(d.Deed)
	if err != nil {
		return err
	}
	which, what := "", ""
	switch {
	case d.Impose != nil:
		which = d.Impose.ID()
		if what, err = formatSanction(*d.Impose); err != nil {
			return err
		}
	case d.Lift != nil:
		which = d.Lift.ID()
	}
	args := []any{
		s.publish, rand.Text(), time.Now().UnixMilli(), chat.LimitSanctions, chat.LimitDeeds, deed, which, what,
	}
	if d.MOTD != nil {
		args = append(args, "motd", *d.MOTD)
	}
	if d.Lockdown != nil {
		args = append(args, "lockdown", fieldTime(*d.Lockdown))
	}
	keys := []string{keyHouse, keyHouseSanctions, keyHouseAudit, keyHouseFeed}
	_, err = verdict("changing the rules", s.scripts.decree.Run(ctx, s.rdb, keys, args...))
	return err
}

// fieldTime is a time as a field holds it; "" for none.
func fieldTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

// deedRecord is an entry of the audit log. Its number comes before the other
// fields.
type deedRecord struct {
	ID     int64       `json:"id,omitempty"`
	At     int64       `json:"at"`
	By     string      `json:"by"`
	ByID   chat.UserID `json:"by_id"`
	Act    string      `json:"act"`
	Room   string      `json:"room,omitempty"`
	Target string      `json:"target,omitempty"`
	Until  int64       `json:"until,omitempty"`
	Why    string      `json:"why,omitempty"`
}

// formatDeed gives a deed without its number and its opening brace.
func formatDeed(d chat.Deed) (string, error) {
	text, err := json.Marshal(deedRecord{
		At: stamp(d.At), By: d.By, ByID: d.ByID, Act: d.Act, Room: d.Room, Target: d.Target, Until: stamp(d.Until), Why: d.Why,
	})
	if err != nil {
		return "", fmt.Errorf("encoding a deed: %w", err)
	}
	return string(text[1:]), nil
}

// Record implements chat.Order.
func (s *Store) Record(ctx context.Context, d chat.Deed) error {
	deed, err := formatDeed(d)
	if err != nil {
		return err
	}
	err = s.scripts.record.Run(ctx, s.rdb, []string{keyHouse, keyHouseAudit}, deed, chat.LimitDeeds).Err()
	return wrap("writing to the audit log", err)
}

// Deeds implements chat.Order.
func (s *Store) Deeds(ctx context.Context, before int64, n int) ([]chat.Deed, error) {
	top := "+inf"
	if before > 0 {
		top = "(" + strconv.FormatInt(before, 10)
	}
	texts, err := s.rdb.ZRangeArgs(ctx, redis.ZRangeArgs{
		Key: keyHouseAudit, Start: top, Stop: "-inf", ByScore: true, Rev: true, Count: int64(n),
	}).Result()
	if err != nil {
		return nil, wrap("reading the audit log", err)
	}
	deeds := make([]chat.Deed, len(texts))
	for i, text := range texts {
		var r deedRecord
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return nil, fmt.Errorf("decoding a deed: %w", err)
		}
		deeds[i] = chat.Deed{
			ID: r.ID, At: instant(r.At), By: r.By, ByID: r.ByID, Act: r.Act,
			Room: r.Room, Target: r.Target, Until: instant(r.Until), Why: r.Why,
		}
	}
	slices.Reverse(deeds)
	return deeds, nil
}

// Discipline implements chat.Order.
func (s *Store) Discipline(ctx context.Context, room chat.RoomID, by, who chat.User, sanction *chat.Sanction, did chat.Doing) error {
	notice, err := formatNotice(by, did)
	if err != nil {
		return err
	}
	which, what := "", ""
	if sanction != nil {
		which = sanction.ID()
		if what, err = formatSanction(*sanction); err != nil {
			return err
		}
	}
	_, err = verdict("disciplining somebody", s.scripts.discipline.Run(ctx, s.rdb, keysOfOrder(room),
		s.publish, officer(by.ID, by.Rules(room)), who.ID.String(), which, what,
		chat.LimitSanctions, time.Now().UnixMilli(), notice))
	return err
}

func keysOfOrder(room chat.RoomID) []string {
	return []string{keyRoomMeta(room), keyRoomSanctions(room), keyRoomFeed(room)}
}

// Pardon implements chat.Order.
func (s *Store) Pardon(ctx context.Context, room chat.RoomID, by, who chat.User, act chat.SanctionAct) error {
	notice, err := formatNotice(by, chat.Doing{Verb: "un" + chat.Verb(act), Target: who.Name})
	if err != nil {
		return err
	}
	which := chat.Sanction{Act: act, Target: chat.UserTarget(who)}.ID()
	_, err = verdict("pardoning somebody", s.scripts.pardon.Run(ctx, s.rdb, keysOfOrder(room),
		s.publish, officer(by.ID, by.Rules(room)), which, notice))
	return err
}

// SanctionsIn implements chat.Order.
func (s *Store) SanctionsIn(ctx context.Context, room chat.RoomID) ([]chat.Sanction, error) {
	texts, err := s.rdb.HVals(ctx, keyRoomSanctions(room)).Result()
	if err != nil {
		return nil, wrap("listing a room's sanctions", err)
	}
	return parseSanctions(texts)
}

// takerReturns is how long who took a place may take it again, in case the
// first time did not come to its end.
const takerReturns = time.Hour

// OfferPlace implements chat.Order.
func (s *Store) OfferPlace(ctx context.Context, secret string, by chat.UserID, term time.Duration) error {
	return wrap("keeping an invitation", s.rdb.Set(ctx, keyPlace(secret), by.String(), term).Err())
}

// TakePlace implements chat.Order.
func (s *Store) TakePlace(ctx context.Context, secret, fingerprint string) (chat.UserID, error) {
	by, err := s.scripts.place.Run(ctx, s.rdb, []string{keyPlace(secret)}, fingerprint, takerReturns.Milliseconds()).Int64()
	if errors.Is(err, redis.Nil) {
		return 0, chat.Errorf(chat.CodeNotFound, "there is no such invitation")
	}
	return chat.UserID(by), wrap("taking an invitation", err)
}

// CameBy implements chat.Accounts.
func (s *Store) CameBy(ctx context.Context, id chat.UserID, by chat.Origin) error {
	return s.note(ctx, "noting by what somebody came", id, "", cameBy(by)...)
}

// cameBy are the fields that tell how a user came.
func cameBy(by chat.Origin) []string {
	return []string{"came_by", by.Fingerprint, "came_from", by.Address, "seen", nowMillis()}
}

// CameFrom implements chat.Accounts.
func (s *Store) CameFrom(ctx context.Context, id chat.UserID) (by chat.Origin, err error) {
	f, err := s.rdb.HMGet(ctx, keyUser(id), "came_by", "came_from").Result()
	if err != nil {
		return by, wrap("asking by what somebody came", err)
	}
	by.Fingerprint, _ = f[0].(string)
	by.Address, _ = f[1].(string)
	return by, nil
}
