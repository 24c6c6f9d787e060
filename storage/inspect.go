package storage

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// facts are what a server tells of itself: the lines of INFO and of CONFIG
// GET. What is not told is not judged.
type facts map[string]string

// finding is what an operator should know about a server.
type finding struct {
	fatal bool // it cannot work
	text  string
}

// inspect looks whether the servers will do: it fails where they cannot work,
// and warns where they may lose what people write.
func (s *Store) inspect(ctx context.Context, main shape) error {
	primary, err := s.inspectAll(ctx, main)
	if err != nil || s.read == s.rdb {
		return err
	}
	return s.report(judgeNear(primary, s.learn(ctx, s.read)))
}

// judgeNear tells what is wrong with the server that is read.
func judgeNear(primary, near facts) []finding {
	findings := judge("REDIS_READ_URL", single, near)
	if a, b := primary["master_replid"], near["master_replid"]; a != "" && b != "" && a != b {
		findings = append(findings, finding{text: "REDIS_READ_URL: the server is no replica of the one in REDIS_URL, or not yet: until it is, people see no news"})
	}
	return findings
}

// inspectAll looks at the one server, or at each primary of the cluster.
func (s *Store) inspectAll(ctx context.Context, main shape) (facts, error) {
	servers, err := nodesOf(s.rdb).all(ctx)
	if err != nil {
		return nil, fmt.Errorf("REDIS_URL: asking for the nodes of the cluster: %w", err)
	}
	var last facts
	var findings []finding
	for _, server := range servers {
		last = s.learn(ctx, server)
		findings = append(findings, judge("REDIS_URL", main, last)...)
	}
	return last, s.report(findings)
}

// report warns of each finding once, and joins those that are fatal.
func (s *Store) report(findings []finding) error {
	var fatal []error
	told := map[string]bool{}
	for _, f := range findings {
		switch {
		case told[f.text]:
		case f.fatal:
			fatal = append(fatal, errors.New(f.text))
		default:
			s.opts.Log.Warn(f.text)
		}
		told[f.text] = true
	}
	return errors.Join(fatal...)
}

// learn asks a server about itself. Some services forbid these questions.
func (s *Store) learn(ctx context.Context, server redis.UniversalClient) facts {
	known := facts{}
	info, err := server.Info(ctx).Result()
	if err != nil {
		s.opts.Log.Debug("Redis tells nothing of itself", "error", err)
	}
	known.addInfo(info)
	for _, name := range []string{"save", "appendfsync", "maxmemory-policy", "min-replicas-to-write"} {
		settings, err := server.ConfigGet(ctx, name).Result()
		if err != nil {
			s.opts.Log.Debug("Redis does not tell its settings", "setting", name, "error", err)
			break
		}
		for name, value := range settings {
			known[name] = value
		}
	}
	return known
}

// addInfo reads the answer of INFO.
func (f facts) addInfo(text string) {
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && !strings.HasPrefix(line, "#") {
			f[name] = value
		}
	}
	if policy, ok := f["maxmemory_policy"]; ok {
		f["maxmemory-policy"] = policy
	}
}

// judge tells what is wrong with a server that a setting names.
func judge(setting string, as shape, f facts) []finding {
	findings := f.misfits(setting, as)
	if setting == "REDIS_READ_URL" || len(findings) > 0 {
		// A replica need not keep anything: its primary does.
		return findings
	}
	for _, text := range f.risks(as) {
		findings = append(findings, finding{text: text})
	}
	return findings
}

// misfits are the reasons for which a server cannot be used.
func (f facts) misfits(setting string, as shape) []finding {
	var text string
	switch {
	case f["redis_mode"] == "sentinel":
		text = "this is a sentinel: give it as redis+sentinel://HOST:PORT,HOST:PORT/MASTER"
	case f["cluster_enabled"] == "1" && setting == "REDIS_READ_URL":
		text = "this is a node of a cluster, which is read where it is written: take the setting out"
	case f["cluster_enabled"] == "1" && as != cluster:
		text = "this is a node of a cluster: give it as redis+cluster://HOST:PORT,HOST:PORT"
	case f["role"] == "slave" && as == single && setting == "REDIS_URL":
		text = fmt.Sprintf("this is a read replica: give its primary, %s:%s, or the sentinels that know it; the replica itself may go into REDIS_READ_URL", f["master_host"], f["master_port"])
	case as == cluster && f.older(7, 0):
		text = "it is Redis " + f["redis_version"] + ", and a cluster needs 7.0 or newer: upgrade it"
	case f.older(6, 2):
		text = "it is Redis " + f["redis_version"] + ", and the chat needs 6.2 or newer: upgrade it"
	default:
		return nil
	}
	return []finding{{fatal: true, text: setting + ": " + text}}
}

// older compares the version, where it is known.
func (f facts) older(major, minor int) bool {
	first, rest, ok := strings.Cut(f["redis_version"], ".")
	second, _, _ := strings.Cut(rest, ".")
	a, err := strconv.Atoi(first)
	if !ok || err != nil {
		return false
	}
	b, err := strconv.Atoi(second)
	return err == nil && (a < major || a == major && b < minor)
}

// risks are the ways in which a server may lose what people write.
func (f facts) risks(as shape) []string {
	var risks []string
	if policy, ok := f["maxmemory-policy"]; ok && policy != "noeviction" {
		risks = append(risks, "Redis throws data away when its memory is full (maxmemory-policy "+policy+"): set maxmemory-policy noeviction")
	}
	save, knowsSave := f["save"]
	switch {
	case f["aof_enabled"] == "1" && f["appendfsync"] == "no":
		risks = append(risks, "Redis leaves it to the system when to write to disk, and a crash of the machine may lose half a minute: set appendfsync everysec")
	case f["aof_enabled"] == "0" && knowsSave && save == "":
		risks = append(risks, "Redis keeps nothing on disk, and its next restart loses everything: set appendonly yes")
	case f["aof_enabled"] == "0" && knowsSave:
		risks = append(risks, "Redis writes to disk only now and then (save "+save+"), and a crash loses what came since: set appendonly yes")
	}
	if as == sentinel && f["min-replicas-to-write"] == "0" {
		risks = append(risks, "a primary that is cut off from its replicas goes on taking messages, which the failover then loses: set min-replicas-to-write 1")
	}
	return risks
}
