package storage

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// shape is how the Redis of a URL is put together.
type shape int

const (
	single shape = iota
	sentinel
	cluster
)

// endpoint is what a URL says.
type endpoint struct {
	shape  shape
	where  string         // for people; a password never gets into it
	common *redis.Options // of each connection to a server that holds data
	addrs  []string       // of sentinels, or of some nodes of a cluster

	master           string // how the sentinels call the primary
	sentinelUser     string
	sentinelPassword string
}

const (
	dialTimeout = 3 * time.Second
	// How long a command may take where another server stands in for one that
	// hangs: until it is given up, nobody looks for that other one.
	failoverTimeout = 1500 * time.Millisecond
)

// CheckURL tells, in words for the operator, whether Open could use the URL.
func CheckURL(url string) error {
	_, err := parseURL(url)
	return err
}

// parseURL reads the URL of a Redis. A password never gets into an error.
func parseURL(text string) (endpoint, error) {
	scheme, _, _ := strings.Cut(text, "://")
	switch scheme {
	case "redis", "rediss", "unix":
		common, err := redis.ParseURL(text)
		if err != nil {
			// The parser's own words may quote the URL, and so the password.
			return endpoint{}, badURL(scheme, "redis://:PASSWORD@HOST:6379/0")
		}
		tune(common)
		return endpoint{shape: single, where: common.Addr, common: common}, nil
	case "redis+sentinel":
		return parseSentinel(text)
	case "redis+cluster":
		return parseCluster(text)
	}
	return endpoint{}, errors.New("it must begin with redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://, as in redis://:PASSWORD@HOST:6379/0")
}

func badURL(scheme, example string) error {
	return fmt.Errorf("not a valid %s:// URL; it looks like %s (a password with special characters must be percent-encoded)", scheme, example)
}

func parseSentinel(text string) (endpoint, error) {
	bad := badURL("redis+sentinel", "redis+sentinel://:PASSWORD@HOST:26379,HOST:26379,HOST:26379/MASTER")
	u, addrs, err := splitHosts(text, "26379")
	if err != nil {
		return endpoint{}, bad
	}
	master, db, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	common, err := members(u, db, "sentinel_username", "sentinel_password")
	if err != nil || master == "" {
		return endpoint{}, bad
	}
	return endpoint{
		shape: sentinel, where: master + " of the sentinels " + strings.Join(addrs, ","),
		common: common, addrs: addrs, master: master,
		sentinelUser: u.Query().Get("sentinel_username"), sentinelPassword: u.Query().Get("sentinel_password"),
	}, nil
}

func parseCluster(text string) (endpoint, error) {
	bad := badURL("redis+cluster", "redis+cluster://:PASSWORD@HOST:6379,HOST:6379,HOST:6379 (a cluster has no databases to choose)")
	u, addrs, err := splitHosts(text, "6379")
	if err != nil || strings.Trim(u.Path, "/") != "" {
		return endpoint{}, bad
	}
	common, err := members(u, "")
	if err != nil {
		return endpoint{}, bad
	}
	return endpoint{shape: cluster, where: "cluster " + strings.Join(addrs, ","), common: common, addrs: addrs}, nil
}

// splitHosts takes apart a URL that names several hosts, which url.Parse does
// not take in every form.
func splitHosts(text, port string) (u *url.URL, addrs []string, err error) {
	_, rest, _ := strings.Cut(text, "://")
	end := strings.IndexAny(rest+"/", "/?#")
	at := strings.LastIndex(rest[:end], "@") + 1
	for addr := range strings.SplitSeq(rest[at:end], ",") {
		host, p, err := net.SplitHostPort(addr)
		if err != nil {
			host, p, err = net.SplitHostPort(addr + ":" + port)
		}
		if _, odd := strconv.ParseUint(p, 10, 16); err != nil || odd != nil || host == "" {
			return nil, nil, errors.New("not a host and port")
		}
		addrs = append(addrs, net.JoinHostPort(host, p))
	}
	u, err = url.Parse("redis://" + rest[:at] + "hosts" + rest[end:])
	return u, addrs, err
}

// members gives the options of the servers behind sentinels or of a cluster.
// Parameters that mean nothing are mistakes.
func members(u *url.URL, db string, known ...string) (*redis.Options, error) {
	one := url.URL{Scheme: "redis", User: u.User, Host: "hosts", Path: db}
	query := u.Query()
	for _, name := range known {
		query.Del(name)
	}
	if query.Has("tls") {
		on, err := strconv.ParseBool(query.Get("tls"))
		if err != nil {
			return nil, fmt.Errorf("reading the parameter tls: %w", err)
		}
		if on {
			one.Scheme = "rediss"
		}
		query.Del("tls")
	}
	if len(query) > 0 {
		return nil, errors.New("unknown parameters")
	}
	common, err := redis.ParseURL(one.String())
	if err != nil {
		return nil, err
	}
	if common.TLSConfig != nil {
		common.TLSConfig.ServerName = "" // each server's own
	}
	tune(common)
	return common, nil
}

// noPipelinePool has pipelines run on the connections that are there already.
// go-redis would make others for them, each with buffers of 256 KiB, and none
// beforehand.
const noPipelinePool = -1

// tune sets how patient each command is.
func tune(o *redis.Options) {
	o.DialTimeout, o.DialerRetries = dialTimeout, 1
	o.ReadTimeout = 2 * time.Second
	o.WriteTimeout = 2 * time.Second
	o.ContextTimeoutEnabled = true
	// One retry covers a pooled connection that a restart of Redis has cut;
	// every step is safe to repeat. More patience is the callers'.
	o.MaxRetries = 1
	// Made beforehand: to a Redis in another region a new connection takes two
	// round trips, which the one that posts would wait for.
	o.MinIdleConns = 4
	o.PipelinePoolSize = noPipelinePool
	o.MinRetryBackoff, o.MaxRetryBackoff = time.Millisecond, 10*time.Millisecond
	o.DisableIdentity = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

// open makes the client; it connects when it is used.
func (e endpoint) open() redis.UniversalClient {
	switch e.shape {
	case sentinel:
		return redis.NewFailoverClient(e.failover())
	case cluster:
		return redis.NewClusterClient(e.cluster())
	default:
		return redis.NewClient(e.common)
	}
}

func (e endpoint) failover() *redis.FailoverOptions {
	o := e.common
	return &redis.FailoverOptions{
		MasterName: e.master, SentinelAddrs: e.addrs,
		SentinelUsername: e.sentinelUser, SentinelPassword: e.sentinelPassword,
		Username: o.Username, Password: o.Password, DB: o.DB,
		// A dial asks the sentinel that answered last, twice where it hangs,
		// and then all at once, of which the slowest counts. Were the dial
		// given up earlier, the one that hangs would be asked for ever. And so
		// that it is not longer than it must be, questions are short, and not
		// repeated; commands share these settings.
		Dialer: e.dialer(), DialTimeout: 3*failoverTimeout + 2*dialTimeout, DialerRetries: 1,
		ReadTimeout: failoverTimeout, WriteTimeout: failoverTimeout, ContextTimeoutEnabled: true,
		MaxRetries: -1, DisableIdentity: true,
		PipelinePoolSize: noPipelinePool,
	}
}

// dialer connects to sentinels and to what they name.
func (e endpoint) dialer() func(ctx context.Context, network, addr string) (net.Conn, error) {
	plain := &net.Dialer{Timeout: dialTimeout}
	if e.common.TLSConfig == nil {
		return plain.DialContext
	}
	return (&tls.Dialer{NetDialer: plain, Config: e.common.TLSConfig}).DialContext
}

func (e endpoint) cluster() *redis.ClusterOptions {
	o := e.common
	return &redis.ClusterOptions{
		Addrs: e.addrs, Username: o.Username, Password: o.Password, TLSConfig: o.TLSConfig,
		DialTimeout: o.DialTimeout, DialerRetries: 1,
		ReadTimeout: failoverTimeout, WriteTimeout: failoverTimeout, ContextTimeoutEnabled: true,
		// Room for a redirection that leads to another one, and for one retry.
		MaxRedirects: 3, MinRetryBackoff: o.MinRetryBackoff, MaxRetryBackoff: 100 * time.Millisecond,
		ClusterStateReloadInterval: time.Second,
		DisableIdentity:            true, MaintNotificationsConfig: o.MaintNotificationsConfig,
		PipelinePoolSize: noPipelinePool,
	}
}
