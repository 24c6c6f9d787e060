//go:build long

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"teahouse/e2e/house"
)

// TestLongReadReplica: a replica of teahouse reads from a Redis replica that is
// 80 ms behind. News and history come from one stream there: what has been
// shown is in history at that very moment. In the control news comes from the
// primary.
func TestLongReadReplica(t *testing.T) {
	t.Parallel() // most of it is waiting
	bothAtOnce(t, func(w *town) error {
		w.startRedis()
		far := w.startProxy(w.redis.Addr())
		copied := w.startCopy("copy", far)
		cure := far.poison("latency", `"latency":80`, "downstream")
		defer cure()
		w.startReplica("REDIS_URL="+w.redis.URL(), "MESSAGE_RATE=0")
		w.startReplica("REDIS_URL="+w.redis.URL(), "REDIS_READ_URL="+copied.URL(), "MESSAGE_RATE=0")
		tails := []*tail{w.tail("near", 0), w.tail("far", 1)}
		screen, read := w.open("alice", 1), w.reader("reader", 1)

		early := 0 // how often something was shown before history had it
		for i := 1; i <= 20; i++ {
			w.must(screen.Type(fmt.Sprint("mine ", i, "\r")))
			w.must(tails[1].await(w.ctx, i))
			if read() < i {
				early++
			}
			w.must(w.sees(screen, fmt.Sprint("mine ", i)))
		}
		if early > 0 {
			return fmt.Errorf("%d messages of 20 were shown before history had them", early)
		}
		w.must(screen.Await(w.ctx, 0, confirmed))
		return w.whole(tails, 20)
	})
}

// confirmed is met by a screen on which nothing waits to be posted.
func confirmed(rows []house.Row) bool {
	return !slices.ContainsFunc(rows, func(r house.Row) bool {
		return strings.Contains(r.Text, "mine") && strings.Contains(r.Text, "…")
	})
}

// reader gives what reads the id of general's newest message, over a connection
// that is there already: making one takes longer than what is looked for.
func (w *town) reader(name string, replica int) func() int {
	w.Helper()
	p := w.person(name)
	socket := filepath.Join(w.dir, "mux")
	cmd := exec.Command("ssh", p.SSH(house.Visit{
		Port: w.replicas[replica].SSHPort, Command: []string{"tail", "general"},
		Options: []string{"ControlMaster=yes", "ControlPath=" + socket},
	})...)
	cmd.Env = house.Environ()
	master, err := house.StartProcess(cmd)
	w.must(err)
	w.Cleanup(master.Kill)
	w.must(house.Await(w.ctx, master.Done(), 0, func() bool {
		_, err := os.Stat(socket)
		return err == nil
	}))
	v := house.Visit{Command: []string{"history", "general", "-n", "1", "--json"}, Options: []string{"ControlPath=" + socket}}
	return func() int {
		newest := w.visit(p, v, replica, "")
		var m struct{ ID int }
		if newest != "" {
			w.must(json.Unmarshal([]byte(newest), &m))
		}
		return m.ID
	}
}

// startCopy starts a Redis replica of what is behind the proxy and waits until
// it has caught up.
func (w *town) startCopy(name string, of *proxy) *house.Redis {
	host, port, _ := strings.Cut(of.Listen, ":")
	r, err := house.StartRedis(w.ctx, w.folder(name), w.port(), "--replicaof", host+" "+port)
	w.must(err)
	w.Cleanup(func() { r.Kill() })
	w.must(house.Await(w.ctx, r.Done(), 0, func() bool {
		info, err := r.Do(w.ctx, "INFO", "replication")
		return err == nil && strings.Contains(info, "master_link_status:up")
	}))
	return r
}
