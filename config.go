package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"teahouse/app/chat"
	"teahouse/keys"
	"teahouse/storage"
)

// Config is what an operator sets, read once from the environment. README.md
// has the table.
type Config struct {
	SSHAddr  string `env:"SSH_ADDR" envDefault:":2222"`
	HTTPAddr string `env:"HTTP_ADDR" envDefault:"127.0.0.1:8081"`
	Public   string `env:"PUBLIC_HOST"`

	RedisURL     string `env:"REDIS_URL"`
	RedisReadURL string `env:"REDIS_READ_URL"`
	DataDir      string `env:"DATA_DIR" envDefault:"data"`
	HostKey      string `env:"HOST_KEY"`
	HostKeyFile  string `env:"HOST_KEY_FILE"`

	ServerName string      `env:"SERVER_NAME" envDefault:"teahouse"`
	MOTD       string      `env:"MOTD"`
	AdminKeys  string      `env:"ADMIN_KEYS"`
	Access     chat.Access `env:"ACCESS" envDefault:"open"`

	ProxyProtocol string   `env:"PROXY_PROTOCOL" envDefault:"off"`
	ProxyTrusted  []string `env:"PROXY_TRUSTED"`

	HistoryLimit int           `env:"HISTORY_LIMIT" envDefault:"10000"`
	HistoryTTL   time.Duration `env:"HISTORY_TTL" envDefault:"0"`

	MaxSessions             int     `env:"MAX_SESSIONS" envDefault:"10000"`
	MaxSessionsPerIP        int     `env:"MAX_SESSIONS_PER_IP" envDefault:"16"`
	MaxConnectionsPerMinute int     `env:"MAX_CONNECTIONS_PER_MINUTE" envDefault:"120"`
	MaxSessionsPerUser      int     `env:"MAX_SESSIONS_PER_USER" envDefault:"10"`
	MessageRate             float64 `env:"MESSAGE_RATE" envDefault:"1"`
	MessageBurst            int     `env:"MESSAGE_BURST" envDefault:"5"`

	DrainTimeout time.Duration `env:"DRAIN_TIMEOUT" envDefault:"20s"`
	DrainDelay   time.Duration `env:"DRAIN_DELAY" envDefault:"0s"`
	Region       string        `env:"REGION"`
	ReplicaID    string        `env:"REPLICA_ID"`
	LogLevel     string        `env:"LOG_LEVEL" envDefault:"info"`
	LogFormat    string        `env:"LOG_FORMAT" envDefault:"text"`
	PProf        bool          `env:"PPROF" envDefault:"false"`
	Demo         bool          `env:"DEMO" envDefault:"false"`

	// What the settings above come to.
	public  keys.Host // without a name where it is not set
	admins  []string  // fingerprints
	proxies []netip.Prefix
	level   slog.Level
}

// readConfig reads the environment. Its error holds every mistake, one a line.
func readConfig(environ map[string]string) (Config, error) {
	var c Config
	var mistakes []error
	if err := env.ParseWithOptions(&c, env.Options{Environment: environ}); err != nil {
		mistakes = parseMistakes(err, environ)
	}
	c.fill(environ)
	mistakes = append(mistakes, c.check(brokenSettings(mistakes))...)
	return c, errors.Join(mistakes...)
}

// mistake is a setting that cannot be used as it is.
type mistake struct {
	name string
	text string
}

func (m mistake) Error() string { return m.name + ": " + m.text }

func mistakef(name, format string, args ...any) error {
	return mistake{name, fmt.Sprintf(format, args...)}
}

// parseMistakes says in words what the parser could not read.
func parseMistakes(err error, environ map[string]string) []error {
	var all env.AggregateError
	if !errors.As(err, &all) {
		return []error{err}
	}
	var mistakes []error
	for _, e := range all.Errors {
		var p env.ParseError
		if !errors.As(e, &p) {
			mistakes = append(mistakes, e)
			continue
		}
		name := settingOf(p.Name)
		mistakes = append(mistakes, mistakef(name, "%q is not %s", environ[name], form(p.Type)))
	}
	return mistakes
}

// settingOf gives the variable of a field of Config.
func settingOf(field string) string {
	f, _ := reflect.TypeFor[Config]().FieldByName(field)
	return f.Tag.Get("env")
}

func form(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "a duration such as 20s, 5m or 720h"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Float64:
		return "a number such as 1 or 0.5"
	}
	return "a whole number"
}

// brokenSettings are those that need no second complaint.
func brokenSettings(mistakes []error) map[string]bool {
	broken := map[string]bool{}
	for _, e := range mistakes {
		var m mistake
		if errors.As(e, &m) {
			broken[m.name] = true
		}
	}
	return broken
}

// fill sets what the platform or the machine knows better than a default.
func (c *Config) fill(environ map[string]string) {
	if c.Region == "" {
		c.Region = environ["FLY_REGION"]
	}
	if c.ReplicaID == "" {
		c.ReplicaID = environ["FLY_MACHINE_ID"]
	}
	if c.ReplicaID == "" {
		// Only a name for people; a machine without one is called teahouse.
		c.ReplicaID, _ = os.Hostname()
	}
	if c.ReplicaID == "" {
		c.ReplicaID = "teahouse"
	}
}

// check finds the mistakes that no parser sees.
func (c *Config) check(broken map[string]bool) []error {
	var mistakes []error
	try := func(name string, err error) {
		if err != nil && !broken[name] {
			mistakes = append(mistakes, mistake{name, err.Error()})
		}
	}
	for name, text := range map[string]*string{"SERVER_NAME": &c.ServerName, "REGION": &c.Region, "REPLICA_ID": &c.ReplicaID} {
		try(name, cleanLine(text))
	}
	try("MOTD", c.cleanMOTD())
	try("SSH_ADDR", checkAddr(c.SSHAddr))
	if c.HTTPAddr != "off" {
		try("HTTP_ADDR", checkAddr(c.HTTPAddr))
	}
	try("PUBLIC_HOST", c.checkPublic())
	try("PPROF", c.checkProfiles())
	try("ACCESS", oneOf(string(c.Access), "open", "invite", "closed"))
	try("PROXY_PROTOCOL", oneOf(c.ProxyProtocol, "off", "required"))
	try("LOG_FORMAT", oneOf(c.LogFormat, "text", "json"))
	try("LOG_LEVEL", c.checkLevel())
	try("ADMIN_KEYS", c.checkAdmins())
	try("PROXY_TRUSTED", c.checkProxies())
	try("HOST_KEY", c.checkHostKey())
	try("HOST_KEY_FILE", c.checkHostKeyFile())
	try("REDIS_URL", checkURL(c.RedisURL))
	try("REDIS_READ_URL", c.checkRead())
	for name, n := range map[string]int{
		"HISTORY_LIMIT": c.HistoryLimit, "MAX_SESSIONS": c.MaxSessions, "MESSAGE_BURST": c.MessageBurst,
	} {
		try(name, atLeast(n, 1))
	}
	for name, n := range map[string]int{
		"MAX_SESSIONS_PER_IP": c.MaxSessionsPerIP, "MAX_CONNECTIONS_PER_MINUTE": c.MaxConnectionsPerMinute, "MAX_SESSIONS_PER_USER": c.MaxSessionsPerUser,
		"MESSAGE_RATE": int(c.MessageRate), "HISTORY_TTL": int(c.HistoryTTL), "DRAIN_TIMEOUT": int(c.DrainTimeout), "DRAIN_DELAY": int(c.DrainDelay),
	} {
		try(name, atLeast(n, 0))
	}
	if !broken["DRAIN_TIMEOUT"] {
		try("DRAIN_DELAY", c.checkDelay())
	}
	return mistakes
}

// checkDelay sees that somebody is left time to leave.
func (c *Config) checkDelay() error {
	if c.DrainDelay > 0 && c.DrainDelay >= c.DrainTimeout {
		return fmt.Errorf("%s is not less than DRAIN_TIMEOUT, %s, of which it is a part", c.DrainDelay, c.DrainTimeout)
	}
	return nil
}

// limitLabel is how long what names the place may be, in characters: it stands
// in a line with other things.
const limitLabel = 64

func cleanLine(text *string) (err error) {
	*text, err = chat.CleanLine(*text, limitLabel)
	return err
}

func (c *Config) cleanMOTD() (err error) {
	if strings.TrimSpace(c.MOTD) == "" {
		c.MOTD = ""
		return nil
	}
	c.MOTD, err = chat.CleanBody(c.MOTD)
	return err
}

func checkAddr(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return fmt.Errorf("%q is not an address; it looks like :2222, 127.0.0.1:2222 or [::1]:2222", addr)
	}
	return nil
}

func (c *Config) checkPublic() (err error) {
	if c.Public != "" {
		c.public, err = keys.ParseHost(c.Public)
	}
	return err
}

// checkProfiles keeps profiles, which show what is in memory, on the machine.
func (c *Config) checkProfiles() error {
	host, _, err := net.SplitHostPort(c.HTTPAddr)
	if !c.PProf || err == nil && (host == "localhost" || net.ParseIP(host).IsLoopback()) {
		return nil
	}
	return fmt.Errorf("it shows what is in memory to whoever asks, so HTTP_ADDR, which is %q, must be a loopback address such as 127.0.0.1:8081", c.HTTPAddr)
}

func oneOf(value string, allowed ...string) error {
	for _, a := range allowed {
		if value == a {
			return nil
		}
	}
	return fmt.Errorf("%q is not one of: %s", value, strings.Join(allowed, ", "))
}

func atLeast(n, least int) error {
	if n < least {
		return fmt.Errorf("%d is too small; %d is the least", n, least)
	}
	return nil
}

func (c *Config) checkLevel() error {
	if err := c.level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return fmt.Errorf("%q is not one of: debug, info, warn, error", c.LogLevel)
	}
	return nil
}

// checkAdmins reads fingerprints and authorized_keys lines, one a line or
// separated by commas.
func (c *Config) checkAdmins() error {
	for entry := range strings.FieldsFuncSeq(c.AdminKeys, func(r rune) bool { return r == ',' || r == '\n' }) {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		if strings.HasPrefix(entry, "SHA256:") {
			fingerprint, err := keys.ParseFingerprint(entry)
			if err != nil {
				return err
			}
			c.admins = append(c.admins, fingerprint)
			continue
		}
		public, err := keys.ParsePublic(entry)
		if err != nil {
			return err
		}
		c.admins = append(c.admins, public.Fingerprint())
	}
	return nil
}

func (c *Config) checkProxies() error {
	for _, text := range c.ProxyTrusted {
		p, err := netip.ParsePrefix(strings.TrimSpace(text))
		if err != nil {
			return fmt.Errorf("%q is not a range of addresses such as 10.0.0.0/8 or fdaa::/16", text)
		}
		c.proxies = append(c.proxies, p.Masked())
	}
	required := c.ProxyProtocol == "required"
	switch {
	case required && len(c.proxies) == 0:
		return errors.New("PROXY_PROTOCOL=required needs the ranges of the proxies here, such as 10.0.0.0/8")
	case !required && len(c.proxies) > 0:
		return errors.New("it has no effect without PROXY_PROTOCOL=required; set both or neither")
	}
	return nil
}

func (c *Config) checkHostKey() error {
	if c.HostKey == "" {
		return nil
	}
	_, err := keys.ParseHostKeys([]byte(c.HostKey))
	return err
}

func (c *Config) checkHostKeyFile() error {
	if c.HostKey != "" && c.HostKeyFile != "" {
		return errors.New("HOST_KEY is set as well; choose one of the two")
	}
	return nil
}

func (c *Config) checkRead() error {
	if c.RedisReadURL != "" && c.RedisURL == "" {
		return errors.New("it names a replica of the Redis in REDIS_URL, which is not set; set both or neither")
	}
	return checkURL(c.RedisReadURL)
}

func checkURL(url string) error {
	if url == "" {
		return nil
	}
	return storage.CheckURL(url)
}
