package main

import (
	"fmt"
	"maps"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
)

// flyFields are the fields of a fly.toml that are used here and what they can
// be, after https://fly.io/docs/reference/configuration/ (its source is
// reference/configuration.html.markerb of github.com/superfly/docs). [] stands
// behind lists, * for any name.
func flyFields() map[string]string {
	return map[string]string{
		"app":            `[a-z0-9-]+`,
		"primary_region": `[a-z]{3}`,
		"kill_signal":    `SIG(INT|TERM|QUIT|USR1|USR2|KILL|STOP)`,
		"kill_timeout":   `\d+[sm]?`,

		"build.dockerfile": `.+`,

		"deploy.strategy":        `rolling|immediate|canary|bluegreen`,
		"deploy.max_unavailable": `[1-9]\d*|0\.\d+`,
		"deploy.wait_timeout":    `\d+[sm]`,

		"env.*": `.*`,

		"services[].protocol":             `tcp|udp`,
		"services[].internal_port":        `\d+`,
		"services[].auto_stop_machines":   `off|stop|suspend`,
		"services[].auto_start_machines":  `true|false`,
		"services[].min_machines_running": `\d+`,

		"services[].ports[].port":                        `\d+`,
		"services[].ports[].handlers[]":                  `http|tls|pg_tls|proxy_proto|edge_http`,
		"services[].ports[].proxy_proto_options.version": `v2`,

		"services[].concurrency.type":       `connections|requests`,
		"services[].concurrency.soft_limit": `\d+`,
		"services[].concurrency.hard_limit": `\d+`,

		"services[].tcp_checks[].grace_period": `\d+(ms|s|m)`,
		"services[].tcp_checks[].interval":     `\d+(ms|s|m)`,
		"services[].tcp_checks[].timeout":      `\d+(ms|s|m)`,

		"checks.*.type":         `http|tcp`,
		"checks.*.port":         `\d+`,
		"checks.*.method":       `(?i)get|post|head`,
		"checks.*.path":         `/.*`,
		"checks.*.grace_period": `\d+(ms|s|m)`,
		"checks.*.interval":     `\d+(ms|s|m)`,
		"checks.*.timeout":      `\d+(ms|s|m)`,

		"metrics.port": `\d+`,
		"metrics.path": `/.*`,

		"vm[].size":   `(shared|performance)-cpu-\d+x|performance-\d+x`,
		"vm[].memory": `(?i)\d+(mb|gb)`,
	}
}

// flyToml gives the values of fly.toml by their paths; of several the last.
func flyToml(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("fly.toml")
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if _, err := toml.Decode(string(text), &file); err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	flatten("", file, values)
	return values
}

func flatten(path string, value any, into map[string]string) {
	switch value := value.(type) {
	case map[string]any:
		for name, v := range value {
			flatten(strings.TrimPrefix(path+"."+name, "."), v, into)
		}
	case []map[string]any:
		for _, v := range value {
			flatten(path+"[]", v, into)
		}
	case []any:
		for _, v := range value {
			flatten(path+"[]", v, into)
		}
	default:
		into[path] = fmt.Sprint(value)
	}
}

// TestFlyFields: each field is one that Fly documents, with a value that it can be.
func TestFlyFields(t *testing.T) {
	fields := flyFields()
	for path, value := range flyToml(t) {
		words := strings.Split(path, ".")
		if (words[0] == "checks" || words[0] == "env") && len(words) > 1 {
			words[1] = "*"
		}
		form, known := fields[strings.Join(words, ".")]
		if !known {
			t.Errorf("Fly documents no field %s", path)
		} else if !regexp.MustCompile(`^(?:` + form + `)$`).MatchString(value) {
			t.Errorf("%s cannot be %q", path, value)
		}
	}
}

// TestFlyFits: what fly.toml says of the program is what its settings say.
func TestFlyFits(t *testing.T) {
	fly := flyToml(t)
	env := map[string]string{"REDIS_URL": "redis://localhost"} // as a secret
	known := append(settingNames(), "GOMEMLIMIT")
	for path, value := range fly {
		if name, ok := strings.CutPrefix(path, "env."); ok {
			env[name] = value
			if !slices.Contains(known, name) {
				t.Errorf("there is no setting %s", name)
			}
		}
	}
	config, err := readConfig(env)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"services[].internal_port": portOf(t, config.SSHAddr), "checks.ready.port": portOf(t, config.HTTPAddr),
		"metrics.port": portOf(t, config.HTTPAddr), "metrics.path": "/metrics", "checks.ready.path": "/readyz",
		"kill_signal": "SIGTERM", "services[].ports[].handlers[]": map[bool]string{true: "proxy_proto"}[config.ProxyProtocol == "required"],
	} {
		if fly[path] != want {
			t.Errorf("%s is %q, and the program has %q", path, fly[path], want)
		}
	}
	if _, err := os.Stat(fly["build.dockerfile"]); err != nil {
		t.Error(err)
	}
	kill, err := time.ParseDuration(fly["kill_timeout"])
	if err != nil || kill < config.DrainTimeout+2*time.Second || kill > 5*time.Minute {
		t.Errorf("it is killed after %s, drains for %s, and 5 minutes are the most (%v)", kill, config.DrainTimeout, err)
	}
	soft, hard := numberOf(t, fly["services[].concurrency.soft_limit"]), numberOf(t, fly["services[].concurrency.hard_limit"])
	if soft >= hard || hard >= config.MaxSessions {
		t.Errorf("limits of %d and %d connections, and %d sessions", soft, hard, config.MaxSessions)
	}
}

// TestFlyFlatten: a list's tables are seen, and so nothing is held to be right
// that was not looked at.
func TestFlyFlatten(t *testing.T) {
	got := map[string]string{}
	flatten("", map[string]any{"a": []map[string]any{{"b": int64(1), "c": []any{"x", "y"}}}, "d": true}, got)
	if want := map[string]string{"a[].b": "1", "a[].c[]": "y", "d": "true"}; !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func portOf(t *testing.T, addr string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func numberOf(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
