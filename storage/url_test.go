package storage

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestURL(t *testing.T) {
	type want struct {
		shape                      shape
		where, addrs, master       string
		user, password, addr       string
		db                         int
		tls                        bool
		sentinelUser, sentinelPass string
	}
	for url, w := range map[string]want{
		"redis://r1":                        {where: "r1:6379", addr: "r1:6379"},
		"redis://:p%40ss@r1:6380/3":         {where: "r1:6380", addr: "r1:6380", password: "p@ss", db: 3},
		"rediss://tea:x@r1":                 {where: "r1:6379", addr: "r1:6379", user: "tea", password: "x", tls: true},
		"unix:///run/redis.sock":            {where: "/run/redis.sock", addr: "/run/redis.sock"},
		"redis+sentinel://s1,s2:26380/main": {shape: sentinel, where: "main of the sentinels s1:26379,s2:26380", addrs: "s1:26379 s2:26380", master: "main"},
		"redis+sentinel://tea:p%2Fss@s1/main/2?sentinel_username=u&sentinel_password=p%26q&tls=true": {
			shape: sentinel, where: "main of the sentinels s1:26379", addrs: "s1:26379", master: "main",
			user: "tea", password: "p/ss", db: 2, tls: true, sentinelUser: "u", sentinelPass: "p&q",
		},
		"redis+cluster://c1,c2:7000,[::1]:7001": {shape: cluster, where: "cluster c1:6379,c2:7000,[::1]:7001", addrs: "c1:6379 c2:7000 [::1]:7001"},
		"redis+cluster://:x@c1/?tls=false":      {shape: cluster, where: "cluster c1:6379", addrs: "c1:6379", password: "x"},
	} {
		e, err := parseURL(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		got := want{
			shape: e.shape, where: e.where, addrs: strings.Join(e.addrs, " "), master: e.master,
			user: e.common.Username, password: e.common.Password, db: e.common.DB, tls: e.common.TLSConfig != nil,
			sentinelUser: e.sentinelUser, sentinelPass: e.sentinelPassword,
		}
		if e.shape == single {
			got.addr = e.common.Addr
		}
		if diff := cmp.Diff(w, got, cmp.AllowUnexported(want{})); diff != "" {
			t.Errorf("%s: %s", url, diff)
		}
	}
}

// TestBadURL: a mistake is told, and without the password.
func TestBadURL(t *testing.T) {
	for _, url := range []string{
		"", "secret", "http://:secret@h", "redis://:secret%zz@h", "redis://:secret@h/x", "rediss://h?secret=1",
		"redis+sentinel://:secret@h", "redis+sentinel://:secret@h/", "redis+sentinel://:secret@/main",
		"redis+sentinel://:secret@h:x/main", "redis+sentinel://:secret@h/main/x", "redis+sentinel://:secret@h,,h/main",
		"redis+sentinel://h/main?sentinel_pasword=secret", "redis+sentinel://:se/cret@h/main",
		"redis+cluster://:secret@h/1", "redis+cluster://:secret%zz@h", "redis+cluster://h?tls=secret",
		"redis+cluster://h?sentinel_password=secret", "redis+cluster://",
	} {
		err := CheckURL(url)
		if err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "cret@") {
			t.Errorf("%q: %v", url, err)
		}
	}
}

// TestTLSNames: behind sentinels and in a cluster each server shows a
// certificate of its own name.
func TestTLSNames(t *testing.T) {
	for _, url := range []string{"redis+sentinel://s1/main?tls=true", "redis+cluster://c1?tls=true"} {
		e, err := parseURL(url)
		if err != nil {
			t.Fatal(err)
		}
		if name := e.common.TLSConfig.ServerName; name != "" {
			t.Errorf("%s: every server must be called %s", url, name)
		}
	}
}

// TestScriptErrors: Redis says in its own words, by version, that it cannot
// write just now.
func TestScriptErrors(t *testing.T) {
	for answer, want := range map[string]bool{
		"READONLY You can't write against a read only replica. script: x, on @user_script:1.":          true,
		"ERR Error running script (call to f_1): @user_script:1: -OOM command not allowed when used m": true,
		"MOVED 3999 127.0.0.1:6381":                 true,
		"NOREPLICAS Not enough good replicas":       true,
		"ERR Error running script: @user_script: 1": false,
		"WRONGTYPE Operation against a key":         false,
	} {
		if got := passing(answer); got != want {
			t.Errorf("%q passes: %v", answer, got)
		}
	}
}
