package storage

import (
	"strings"
	"testing"
)

// TestJudge has each server's answers and what an operator is told of them.
func TestJudge(t *testing.T) {
	const good = "# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\n\r\n# Replication\r\nrole:master\r\n" +
		"aof_enabled:1\r\nmaxmemory_policy:noeviction\r\ncluster_enabled:0\r\n"
	calm := facts{"save": "", "appendfsync": "everysec", "min-replicas-to-write": "1"}
	for what, c := range map[string]struct {
		setting  string
		as       shape
		info     string
		settings facts
		fatal    bool
		says     []string // one for each finding
	}{
		"as it should be":       {info: good, settings: calm},
		"nothing is told":       {},
		"settings are not told": {info: strings.Replace(good, "aof_enabled:1", "aof_enabled:0", 1)},
		"a cluster as it should be": {
			as: cluster, info: strings.Replace(good, "cluster_enabled:0", "cluster_enabled:1", 1), settings: calm,
		},
		"a sentinel": {info: "redis_mode:sentinel\n", fatal: true, says: []string{"REDIS_URL: this is a sentinel"}},
		"a cluster's node": {
			info: good + "cluster_enabled:1\n", fatal: true, says: []string{"redis+cluster://"},
		},
		"a cluster's node to read from": {
			setting: "REDIS_READ_URL", info: good + "cluster_enabled:1\n", fatal: true, says: []string{"take the setting out"},
		},
		"a replica": {
			info: good + "role:slave\nmaster_host:r1\nmaster_port:6380\n", fatal: true, says: []string{"give its primary, r1:6380,"},
		},
		"a replica to read from": {setting: "REDIS_READ_URL", info: good + "role:slave\naof_enabled:0\n", settings: facts{"save": ""}},
		"a replica behind sentinels, which move on": {
			as: sentinel, info: good + "role:slave\n", settings: calm,
		},
		"too old":               {info: good + "redis_version:6.0.16\n", fatal: true, says: []string{"Redis 6.0.16, and the chat needs 6.2"}},
		"just new enough":       {info: good + "redis_version:6.2.0\n", settings: calm},
		"too old for a cluster": {as: cluster, info: good + "redis_version:6.2.0\n", fatal: true, says: []string{"a cluster needs 7.0"}},
		"a version of another kind": {
			info: good + "redis_version:unstable\n", settings: calm,
		},
		"evicting": {
			info: good + "maxmemory_policy:allkeys-lru\n", settings: calm, says: []string{"set maxmemory-policy noeviction"},
		},
		"evicting, told by CONFIG": {
			info: "redis_version:7.2.4\n", settings: facts{"maxmemory-policy": "volatile-lru"}, says: []string{"(maxmemory-policy volatile-lru)"},
		},
		"nothing on disk": {
			info: good + "aof_enabled:0\n", settings: facts{"save": ""}, says: []string{"loses everything: set appendonly yes"},
		},
		"snapshots only": {
			info: good + "aof_enabled:0\n", settings: facts{"save": "3600 1"}, says: []string{"(save 3600 1)"},
		},
		"writing when the system likes": {
			info: good, settings: facts{"save": "", "appendfsync": "no"}, says: []string{"set appendfsync everysec"},
		},
		"a primary that goes on alone": {
			as: sentinel, info: good, settings: facts{"min-replicas-to-write": "0"}, says: []string{"set min-replicas-to-write 1"},
		},
		"several risks": {
			info: good + "aof_enabled:0\nmaxmemory_policy:allkeys-lru\n", settings: facts{"save": ""},
			says: []string{"noeviction", "appendonly"},
		},
	} {
		t.Run(what, func(t *testing.T) {
			if c.setting == "" {
				c.setting = "REDIS_URL"
			}
			known := facts{}
			known.addInfo(c.info)
			for name, value := range c.settings {
				known[name] = value
			}
			got := judge(c.setting, c.as, known)
			if len(got) != len(c.says) {
				t.Fatalf("findings: %+v", got)
			}
			for i, f := range got {
				if f.fatal != c.fatal || !strings.Contains(f.text, c.says[i]) {
					t.Errorf("got %+v, want fatal %v, with %q", f, c.fatal, c.says[i])
				}
			}
		})
	}
}
