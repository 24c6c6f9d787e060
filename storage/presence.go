package storage

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

// presence runs one of the scripts on who is here.
func (s *Store) presence(ctx context.Context, script *redis.Script, lease string, args ...any) (int, error) {
	n, err := presenceStep(script, lease, args...).run(ctx, s.rdb).Int()
	return n, wrap("keeping who is here", err)
}

func presenceStep(script *redis.Script, lease string, args ...any) *step {
	return &step{script: script, args: args, keys: []string{
		keyLeases, keyLease(lease), keyCounts,
		keyRoomMembers(chat.General), keyRoomHead(chat.General), keyRoomFeed(chat.General),
	}}
}

// Arrive implements chat.Presence.
func (s *Store) Arrive(ctx context.Context, lease string, a chat.Attendance, by chat.Origin) (all chat.Belongings, known bool, err error) {
	arrives := presenceStep(s.scripts.arrive, lease,
		s.publish, lease, chat.LeaseTerm.Milliseconds(), a.Session, a.User.String(), a.Name)
	first := []*step{arrives}
	if a.Presumed && s.isCluster() {
		if err := s.prove(ctx, a, by.Fingerprint); err != nil {
			return all, false, err
		}
	}
	if a.Presumed && !s.isCluster() {
		arrives.keys = append(arrives.keys, keyKey(by.Fingerprint), keyUser(a.User))
		arrives.args = arguments(arrives.args, cameBy(by))
	} else {
		first = append(first, s.noting(a.User, "", cameBy(by)...))
	}
	all, err = s.belongings(ctx, a.User, first...)
	n, _ := arrives.answer.Int() // its error is the other's
	if n == isSomebodyElse {
		return chat.Belongings{}, false, chat.ErrPresumed
	}
	return all, n == 1, err
}

// isSomebodyElse is what the script answers where the key is not the user's.
const isSomebodyElse = -1

// prove asks whether a key is of the user by that name, where the script cannot: in
// a cluster one server has the key, and another one who is here.
func (s *Store) prove(ctx context.Context, a chat.Attendance, fingerprint string) error {
	var of, name *redis.StringCmd
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		of, name = p.Get(ctx, keyKey(fingerprint)), p.HGet(ctx, keyUser(a.User), "name")
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return wrap("finding a user", err)
	}
	if of.Val() != a.User.String() || name.Val() != a.Name {
		return chat.ErrPresumed
	}
	return nil
}

// Depart implements chat.Presence.
func (s *Store) Depart(ctx context.Context, lease, session string) error {
	_, err := s.presence(ctx, s.scripts.depart, lease, s.publish, session)
	return err
}

// Renew implements chat.Presence.
func (s *Store) Renew(ctx context.Context, lease string, term time.Duration) (bool, error) {
	n, err := s.presence(ctx, s.scripts.renew, lease, lease, term.Milliseconds())
	return n == 1, err
}

// Restore implements chat.Presence.
func (s *Store) Restore(ctx context.Context, lease string, term time.Duration, all []chat.Attendance) error {
	args := []any{s.publish, lease, term.Milliseconds()}
	for _, a := range all {
		args = append(args, a.Session, a.User.String(), a.Name)
	}
	_, err := s.presence(ctx, s.scripts.restore, lease, args...)
	return err
}

// Reap implements chat.Presence. The clock of the asking is Redis's; each
// lease's end is judged once more where it is buried.
func (s *Store) Reap(ctx context.Context) error {
	now, err := s.rdb.Time(ctx).Result()
	if err != nil {
		return wrap("asking for the time", err)
	}
	over, err := s.rdb.ZRangeArgs(ctx, redis.ZRangeArgs{
		Key: keyLeases, ByScore: true, Start: "-inf", Stop: strconv.FormatInt(now.UnixMilli(), 10),
	}).Result()
	if err != nil {
		return wrap("looking for dead replicas", err)
	}
	for _, lease := range over {
		n, err := s.presence(ctx, s.scripts.bury, lease, s.publish, lease)
		if err != nil {
			return err
		}
		// One without sessions has ended in order: its lease is all it left.
		if n > 0 {
			s.metrics.buried.Inc()
			s.opts.Log.Warn("a replica died", "lease", lease, "sessions", n)
		}
	}
	return nil
}

// leasesAtMost bounds what Leases reads, should something make leases for ever.
const leasesAtMost = 1000

// Leases implements chat.Presence.
func (s *Store) Leases(ctx context.Context) (here int, all []chat.Lease, err error) {
	var clock *redis.TimeCmd
	var counts *redis.IntCmd
	var ends *redis.ZSliceCmd
	_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		clock, counts = p.Time(ctx), p.HLen(ctx, keyCounts)
		ends = p.ZRangeWithScores(ctx, keyLeases, 0, leasesAtMost-1)
		return nil
	})
	if err != nil {
		return 0, nil, wrap("counting who is here", err)
	}
	for _, z := range ends.Val() {
		name, _ := z.Member.(string) // always
		all = append(all, chat.Lease{Name: name, Left: time.UnixMilli(int64(z.Score)).Sub(clock.Val())})
	}
	return int(counts.Val()), all, s.countSessions(ctx, all)
}

// countSessions fills in how many sessions each lease holds.
func (s *Store) countSessions(ctx context.Context, all []chat.Lease) error {
	counts := make([]*redis.IntCmd, len(all))
	err := inBatches(ctx, s.rdb, len(all), func(p redis.Pipeliner, i int) {
		counts[i] = p.HLen(ctx, keyLease(all[i].Name))
	})
	if err != nil {
		return wrap("counting sessions", err)
	}
	for i, n := range counts {
		all[i].Sessions = int(n.Val())
	}
	return nil
}
