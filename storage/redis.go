package storage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"teahouse/app/chat"
)

// CheckURL tells, in words for the operator, whether Open could use the URL.
func CheckURL(url string) error {
	_, err := parseURL(url)
	return err
}

// parseURL reads the URL of a Redis. A password never gets into an error.
func parseURL(url string) (*redis.Options, error) {
	scheme, _, _ := strings.Cut(url, "://")
	switch scheme {
	case "redis", "rediss", "unix":
	case "redis+sentinel", "redis+cluster":
		return nil, fmt.Errorf("this build does not speak %s:// yet; give one server as redis://, rediss:// or unix://", scheme)
	default:
		return nil, errors.New("it must begin with redis://, rediss:// or unix://, as in redis://:PASSWORD@HOST:6379/0")
	}
	ro, err := redis.ParseURL(url)
	if err != nil {
		// The parser's own words may quote the URL, and so the password.
		return nil, fmt.Errorf("not a valid %s:// URL; it looks like redis://:PASSWORD@HOST:6379/0 (a password with special characters must be percent-encoded)", scheme)
	}
	ro.DialTimeout = 3 * time.Second
	ro.ReadTimeout = 2 * time.Second
	ro.WriteTimeout = 2 * time.Second
	ro.ContextTimeoutEnabled = true
	// One retry covers a pooled connection that a restart of Redis has cut;
	// every step is safe to repeat. More patience is the callers'.
	ro.MaxRetries = 1
	ro.MinRetryBackoff, ro.MaxRetryBackoff = time.Millisecond, 10*time.Millisecond
	ro.DisableIdentity = true
	ro.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return ro, nil
}

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
	for _, prefix := range []string{"LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "BUSY", "OOM", "MISCONF", "NOREPLICAS", "ERR max number of clients"} {
		if strings.HasPrefix(answer, prefix) {
			return true
		}
	}
	return false
}

// hopeless returns what to do about an answer that no waiting changes.
func hopeless(err error) string {
	text := err.Error()
	for prefix, hint := range map[string]string{
		"WRONGPASS": "correct the user or password in REDIS_URL (redis://USER:PASSWORD@HOST:PORT)",
		"NOAUTH":    "it wants a password: put it into REDIS_URL (redis://:PASSWORD@HOST:PORT)",
		"NOPERM":    "its user may not do what the chat needs: see ACL in docs/redis.md",
		"ERR AUTH":  "it has no password set: take the one in REDIS_URL out",
		"ERR DB":    "choose a database that it has, at the end of REDIS_URL",
	} {
		if strings.Contains(text, prefix) {
			return hint
		}
	}
	return ""
}

// quiet puts what go-redis logs by itself where debugging looks for it:
// whatever matters comes back as an error as well.
type quiet struct{ log *slog.Logger }

func (q quiet) Printf(_ context.Context, format string, v ...any) {
	q.log.Debug(fmt.Sprintf(format, v...), "from", "go-redis")
}
