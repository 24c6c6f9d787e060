package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestConfigDefaults(t *testing.T) {
	c, err := readConfig(map[string]string{})
	if err != nil {
		t.Fatal(err)
	}
	if c.SSHAddr != ":2222" || c.DrainTimeout != 20*time.Second || c.HistoryLimit != 10000 || c.ReplicaID == "" {
		t.Errorf("unexpected defaults: %+v", c)
	}
}

func TestConfigFromFly(t *testing.T) {
	c, err := readConfig(map[string]string{"FLY_REGION": "ams", "FLY_MACHINE_ID": "m1"})
	if err != nil || c.Region != "ams" || c.ReplicaID != "m1" {
		t.Errorf("region %q, replica %q, error %v", c.Region, c.ReplicaID, err)
	}
}

// All mistakes are told, each once, by the setting's name.
func TestConfigMistakes(t *testing.T) {
	bad := map[string]string{
		"SSH_ADDR": "2222", "HTTP_ADDR": "x", "PUBLIC_HOST": "ssh chat", "ACCESS": "maybe", "PROXY_PROTOCOL": "yes",
		"HISTORY_LIMIT": "many", "HISTORY_TTL": "week", "MAX_SESSIONS": "0", "MAX_SESSIONS_PER_IP": "-1",
		"MESSAGE_RATE": "fast", "MESSAGE_BURST": "0", "DRAIN_TIMEOUT": "soon", "LOG_LEVEL": "loud", "LOG_FORMAT": "xml",
		"ADMIN_KEYS": "SHA256:short", "PROXY_TRUSTED": "10.0.0.1", "DEMO": "perhaps", "PPROF": "maybe",
		"REDIS_URL": "http://x", "REDIS_READ_URL": "x", "HOST_KEY_FILE": "a", "HOST_KEY": "b",
	}
	_, err := readConfig(bad)
	if err == nil {
		t.Fatal("no mistake was found")
	}
	lines := strings.Split(err.Error(), "\n")
	for name := range bad {
		n := 0
		for _, line := range lines {
			if strings.HasPrefix(line, name+": ") {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s is told %d times in:\n%s", name, n, err)
		}
	}
	if len(lines) != len(bad) {
		t.Errorf("%d lines for %d mistakes:\n%s", len(lines), len(bad), err)
	}
}

// The delay is a part of the time, of which something has to be left.
func TestConfigDrainDelay(t *testing.T) {
	for delay, ok := range map[string]bool{"0s": true, "9s": true, "10s": false, "-1s": false} {
		_, err := readConfig(map[string]string{"DRAIN_TIMEOUT": "10s", "DRAIN_DELAY": delay})
		if ok != (err == nil) || !ok && !strings.HasPrefix(err.Error(), "DRAIN_DELAY: ") {
			t.Errorf("%s: %v", delay, err)
		}
	}
}

func TestConfigAdmins(t *testing.T) {
	fingerprint := "SHA256:" + strings.Repeat("A", 43)
	c, err := readConfig(map[string]string{"ADMIN_KEYS": fingerprint + ",\n" + fingerprint + "\n"})
	if err != nil || len(c.admins) != 2 {
		t.Errorf("admins %q, error %v", c.admins, err)
	}
}

// Profiles show what is in memory: they stay on the machine.
func TestConfigProfiles(t *testing.T) {
	for addr, ok := range map[string]bool{
		"": true, "127.0.0.1:1": true, "127.9.9.9:1": true, "[::1]:1": true, "localhost:1": true,
		":8081": false, "0.0.0.0:1": false, "[::]:1": false, "192.0.2.1:1": false, "[::ffff:192.0.2.1]:1": false,
		"example.com:1": false, "localhost.example.com:1": false, "off": false,
	} {
		environ := map[string]string{"PPROF": "true"}
		if addr != "" {
			environ["HTTP_ADDR"] = addr
		}
		_, err := readConfig(environ)
		if told := err != nil && strings.Contains(err.Error(), "PPROF: "); ok == told {
			t.Errorf("HTTP_ADDR=%s: %v", addr, err)
		}
		environ["PPROF"] = "false"
		if _, err := readConfig(environ); err != nil {
			t.Errorf("HTTP_ADDR=%s without profiles: %v", addr, err)
		}
	}
}

func TestConfigProxies(t *testing.T) {
	c, err := readConfig(map[string]string{"PROXY_PROTOCOL": "required", "PROXY_TRUSTED": "10.1.0.0/16, fdaa::/16"})
	if err != nil || len(c.proxies) != 2 {
		t.Errorf("proxies %v, error %v", c.proxies, err)
	}
	if _, err := readConfig(map[string]string{"PROXY_PROTOCOL": "required"}); err == nil {
		t.Error("PROXY_PROTOCOL=required without PROXY_TRUSTED passes")
	}
}

// What operators write is shown to people as text, too.
func TestConfigCleansWhatIsShown(t *testing.T) {
	c, err := readConfig(map[string]string{
		"SERVER_NAME": "tea\x1b[2J\u202e\nhouse", "REGION": "a\u009bms", "MOTD": "hi\x1b]0;x\a\n\n there\u2066 ",
	})
	if err != nil || c.ServerName != "tea house" || c.Region != "as" || c.MOTD != "hi\n\n there" {
		t.Errorf("name %q, region %q, MOTD %q, error %v", c.ServerName, c.Region, c.MOTD, err)
	}
	_, err = readConfig(map[string]string{"SERVER_NAME": strings.Repeat("x", 65), "MOTD": strings.Repeat("x", 4001)})
	if err == nil || !strings.Contains(err.Error(), "SERVER_NAME: that is too long") || !strings.Contains(err.Error(), "MOTD: the message is too long") {
		t.Errorf("what is too long: %v", err)
	}
}

func TestLogsAreSafeToLookAt(t *testing.T) {
	const evil = "x\x1b]0;t\a\u009b2J\u202e\u200b\x7f\ny"
	for _, format := range []string{"text", "json"} {
		var out bytes.Buffer
		newLogger(Config{LogFormat: format}, &out).Info("session", "client", evil)
		line := out.String()
		if strings.ContainsAny(line, "\x1b\a\u009b\u202e\u200b\x7f") || strings.Count(line, "\n") != 1 || !strings.Contains(line, `\u202e`) {
			t.Errorf("%s: %q", format, line)
		}
	}
}
