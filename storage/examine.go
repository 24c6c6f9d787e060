package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Grade is how good a finding is.
type Grade int

// The grades.
const (
	Fine     Grade = iota
	Doubtful       // it works, and the operator should know
	Unfit          // a chat would not work
)

// Finding is what Examine has found, in words for the operator.
type Finding struct {
	Grade Grade
	Text  string
}

const (
	// slowAnswer is what makes people wait for their own words.
	slowAnswer = 50 * time.Millisecond
	// clockApart is how far clocks may be apart before people notice.
	clockApart = 5 * time.Second
	// fullMemory is how much of what Redis may have is too much, in percent.
	fullMemory = 80
)

// Examine tries all that a chat needs of Redis, and tells what it finds, the
// first thing first. It writes nothing that lasts longer than a second, and may
// be called while a chat goes on. Where Redis cannot be reached that is the
// only finding.
func Examine(ctx context.Context, opts Options, tell func(Finding)) error {
	redis.SetLogger(quiet{opts.Log})
	x := &examination{Store: &Store{opts: opts, scripts: loadScripts(), metrics: newMetrics()}, tell: tell}
	var err error
	if x.main, err = x.reachAll(ctx); err != nil {
		tell(Finding{Unfit, err.Error()})
		return x.Close()
	}
	for _, look := range []func(context.Context) error{
		x.servers, x.near, x.latency, x.steps, x.news, x.nearNews, x.clock, x.content,
	} {
		if err := look(ctx); err != nil {
			tell(Finding{Unfit, err.Error()})
		}
	}
	return x.Close()
}

// examination is one that is under way.
type examination struct {
	*Store
	main    endpoint
	primary facts // of the one server, or the last of a cluster's
	tell    func(Finding)
}

func (x *examination) say(g Grade, format string, args ...any) {
	x.tell(Finding{g, fmt.Sprintf(format, args...)})
}

// each does something at every server that takes what is written, with a
// channel of ours that this server serves.
func (x *examination) each(ctx context.Context, do func(server *redis.Client, channel string) error) error {
	net := nodesOf(x.rdb)
	servers, err := net.all(ctx)
	if err != nil {
		return fmt.Errorf("asking for the nodes of the cluster: %w", err)
	}
	for _, server := range servers {
		channel, err := net.probe(ctx, server)
		if err == nil {
			err = do(server, channel)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", server.Options().Addr, err)
		}
	}
	return nil
}

// servers tells what each server is, and what is wrong with it.
func (x *examination) servers(ctx context.Context) error {
	told := map[string]bool{}
	n := 0
	err := x.each(ctx, func(server *redis.Client, _ string) error {
		n++
		x.primary = x.learn(ctx, server)
		findings := judge("REDIS_URL", x.main.shape, x.primary)
		findings = append(findings, x.primary.fullness()...)
		x.report(findings, told)
		return nil
	})
	if err == nil && len(told) == 0 {
		x.say(Fine, "REDIS_URL: %s at %s, which keeps what it is told", x.what(n), x.main.where)
	}
	return err
}

func (x *examination) report(findings []finding, told map[string]bool) {
	for _, f := range findings {
		switch {
		case told[f.text]:
		case f.fatal:
			x.say(Unfit, "%s", f.text)
		default:
			x.say(Doubtful, "%s", f.text)
		}
		told[f.text] = true
	}
}

// what is for people.
func (x *examination) what(n int) string {
	version := x.primary["redis_version"]
	name := "Redis " + version
	if v := x.primary["valkey_version"]; v != "" {
		name = "Valkey " + v
	}
	if version == "" {
		name = "a server that tells nothing of itself"
	}
	switch x.main.shape {
	case cluster:
		return fmt.Sprintf("%s, %d primaries,", name, n)
	case sentinel:
		return name + ", behind sentinels,"
	}
	return name
}

// fullness warns before there is no more room.
func (f facts) fullness() []finding {
	most, err := strconv.ParseInt(f["maxmemory"], 10, 64)
	used, bad := strconv.ParseInt(f["used_memory"], 10, 64)
	if err != nil || bad != nil || most == 0 || used*100 < most*fullMemory {
		return nil
	}
	return []finding{{text: fmt.Sprintf("Redis has used %d%% of its memory, and then takes no more messages: raise maxmemory, or lower HISTORY_LIMIT", used*100/most)}}
}

// near tells what is wrong with the server that is read.
func (x *examination) near(ctx context.Context) error {
	if x.read == x.rdb {
		return nil
	}
	known := x.learn(ctx, x.read)
	findings := judgeNear(x.primary, known)
	if known["master_link_status"] == "down" {
		findings = append(findings, finding{text: "REDIS_READ_URL: the replica has lost its primary, and until it is back people see no news: look at its log"})
	}
	x.report(findings, map[string]bool{})
	return nil
}

// latency takes the median of some round trips.
func (x *examination) latency(ctx context.Context) error {
	trips := make([]time.Duration, 9)
	for i := range trips {
		began := time.Now()
		if err := x.rdb.Ping(ctx).Err(); err != nil {
			return fmt.Errorf("asking Redis: %w", err)
		}
		trips[i] = time.Since(began)
	}
	slices.Sort(trips)
	median := trips[len(trips)/2].Round(10 * time.Microsecond)
	if median > slowAnswer {
		x.say(Doubtful, "Redis answers in %s, and so long each message is pending: put replicas nearer to it, or set REDIS_READ_URL (docs/redis.md)", median)
		return nil
	}
	x.say(Fine, "Redis answers in %s", median)
	return nil
}

// steps runs a script that writes, at each server.
func (x *examination) steps(ctx context.Context) error {
	err := x.each(ctx, func(_ *redis.Client, channel string) error {
		// A key of the kind that expires, in the channel's slot.
		key := "link:" + strings.TrimPrefix(channel, "probe:")
		if err := x.scripts.claim.Run(ctx, x.rdb, []string{key}, "0").Err(); err != nil {
			return err
		}
		return x.rdb.PExpire(ctx, key, time.Second).Err()
	})
	if err != nil {
		return fmt.Errorf("writing in one step, by a script, fails: %w%s", err, advice(err))
	}
	x.say(Fine, "scripts run, and what they write is taken")
	return nil
}

// advice says what to do about a refusal, where that is known.
func advice(err error) string {
	text := err.Error()
	for answer, hint := range map[string]string{
		"NOPERM": "its user may not do what the chat needs: see ACL in docs/redis.md", "READONLY": "it is a read replica: name its primary",
		"NOREPLICAS": "it wants more replicas than it has: start them, or lower min-replicas-to-write",
		"MISCONF":    "it cannot write to its disk: look at its log", "OOM": "its memory is full: raise maxmemory",
		"unknown command": "it lacks a command that the chat needs: take Redis 6.2 or newer (7.0 for a cluster), or Valkey",
	} {
		if strings.Contains(text, answer) {
			return "; " + hint
		}
	}
	return ""
}

// news sends a message to ourselves through each server.
func (x *examination) news(ctx context.Context) error {
	err := x.each(ctx, func(server *redis.Client, channel string) error { return x.echo(ctx, server, channel) })
	if err != nil {
		return fmt.Errorf("news does not come through: %w%s", err, advice(err))
	}
	x.say(Fine, "news comes through (%s)", x.publish)
	return nil
}

// echo waits for a message that is sent where messages are sent.
func (x *examination) echo(ctx context.Context, at *redis.Client, channel string) error {
	ctx, cancel := context.WithTimeout(ctx, probePatience)
	defer cancel()
	conn := at.Subscribe(ctx)
	subscribe := conn.Subscribe
	if x.wire.net.sharded() {
		subscribe = conn.SSubscribe
	}
	err := subscribe(ctx, channel)
	for err == nil {
		var msg any
		if msg, err = conn.ReceiveTimeout(ctx, probePatience); err != nil {
			break
		}
		switch msg.(type) {
		case *redis.Subscription:
			err = x.broadcast(ctx, channel, "")
		case *redis.Message:
			return conn.Close()
		}
	}
	return errors.Join(fmt.Errorf("waiting for a message of our own: %w", err), conn.Close())
}

// nearNews sends a message to the primary, and waits for it at the replica.
func (x *examination) nearNews(ctx context.Context) error {
	near, ok := x.read.(*redis.Client)
	if !ok || x.read == x.rdb {
		return nil
	}
	began := time.Now()
	channel, err := x.wire.net.probe(ctx, near)
	if err == nil {
		err = x.echo(ctx, near, channel)
	}
	if err != nil {
		return fmt.Errorf("REDIS_READ_URL: the replica does not bring what its primary is told (%w): look at its log, or take the setting out", err)
	}
	x.say(Fine, "REDIS_READ_URL: the replica follows its primary, %s behind", time.Since(began).Round(10*time.Microsecond))
	return nil
}

// clock compares Redis's with ours, at half of a round trip.
func (x *examination) clock(ctx context.Context) error {
	began := time.Now()
	theirs, err := x.rdb.Time(ctx).Result()
	if err != nil {
		return fmt.Errorf("asking Redis for the time: %w%s", err, advice(err))
	}
	apart := theirs.Sub(began.Add(time.Since(began) / 2)).Round(time.Millisecond)
	if apart.Abs() > clockApart {
		x.say(Doubtful, "Redis's clock and this machine's are %s apart, and so messages bear another time than people's clocks, and bans and HISTORY_TTL end at another: let both keep time (NTP)", apart.Abs())
		return nil
	}
	x.say(Fine, "the clocks are %s apart", apart.Abs())
	return nil
}

// content tells whether there is a chat, and whether it is whole.
func (x *examination) content(ctx context.Context) error {
	if err := x.wholeChat(ctx); err != nil {
		return err
	}
	users, err := x.rdb.Get(ctx, keyTotalUsers).Result()
	switch {
	case errors.Is(err, redis.Nil):
		x.say(Fine, "there is no chat yet: the first start makes it")
	case err != nil:
		return fmt.Errorf("reading: %w%s", err, advice(err))
	default:
		x.say(Fine, "there is a chat: the last user has the number %s", users)
	}
	return nil
}
