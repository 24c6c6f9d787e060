package storage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
)

// wrap says what was being done and sorts the error: what Redis says of a
// command is a mistake of ours, everything else is Redis being away.
func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s: %w", doing, err)
	var said redis.Error
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &said) && !passing(said.Error()):
		return err
	}
	return chat.Unavailable(err)
}

// passing tells whether an answer of Redis will change by itself or by its
// operator's hand: it starts, fails over, or cannot write just now.
func passing(answer string) bool {
	for _, prefix := range []string{
		"LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "MOVED", "ASK", "TRYAGAIN",
		"BUSY", "OOM", "MISCONF", "NOREPLICAS", "ERR max number of clients",
	} {
		// Redis before 7 puts what a command within a script says behind words of its own.
		if strings.HasPrefix(answer, prefix) || strings.Contains(answer, ": -"+prefix) {
			return true
		}
	}
	return false
}

// hopeless returns what to do about an answer that no waiting changes.
func hopeless(err error) string {
	text := err.Error()
	for prefix, hint := range map[string]string{
		"WRONGPASS": "correct the user or password in REDIS_URL (USER:PASSWORD@HOST:PORT)",
		"NOAUTH":    "it wants a password: put it into REDIS_URL (:PASSWORD@HOST:PORT)",
		"NOPERM":    "its user may not do what the chat needs: see ACL in docs/redis.md",
		"ERR AUTH":  "it has no password set: take the one in REDIS_URL out",
		"ERR DB":    "choose a database that it has, at the end of REDIS_URL",

		"cluster support disabled": "it is no node of a cluster: give it as redis://HOST:PORT in REDIS_URL",
	} {
		if strings.Contains(text, prefix) {
			return hint
		}
	}
	if errors.Is(err, redis.Nil) {
		return "the sentinels know no primary of that name: put theirs at the end of REDIS_URL"
	}
	return ""
}

// quiet puts what go-redis logs by itself where debugging looks for it:
// whatever matters comes back as an error as well.
type quiet struct{ log *slog.Logger }

func (q quiet) Printf(_ context.Context, format string, v ...any) {
	q.log.Debug(fmt.Sprintf(format, v...), "program", "go-redis")
}
