package storage

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// step is one of the scripts with what it is about.
type step struct {
	script *redis.Script
	keys   []string
	args   []any
	answer *redis.Cmd // once it was sent
}

// run runs the step by itself.
func (s *step) run(ctx context.Context, rdb redis.Scripter) *redis.Cmd {
	s.answer = s.script.Run(ctx, rdb, s.keys, s.args...)
	return s.answer
}

// together runs the steps, and what else is asked, in one round trip, and in
// another one those that Redis does not know yet. Whatever fails is its error.
func together(ctx context.Context, rdb redis.UniversalClient, steps []*step, others func(redis.Pipeliner)) error {
	cmds, _ := rdb.Pipelined(ctx, func(p redis.Pipeliner) error { // its error is one of theirs
		for _, s := range steps {
			s.answer = s.script.EvalSha(ctx, p, s.keys, s.args...)
		}
		others(p)
		return nil
	})
	for i, cmd := range cmds {
		err := cmd.Err()
		if i < len(steps) && redis.HasErrorPrefix(err, "NOSCRIPT") {
			err = steps[i].run(ctx, rdb).Err()
		}
		if err != nil {
			return err
		}
	}
	return nil
}
