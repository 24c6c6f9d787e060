//go:build long

package e2e

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"teahouse/e2e/house"
)

// Rules wait for minutes before they fire. Here all their durations, in "for" and
// in ranges, are as many times shorter, and thresholds as they are.
func hurry(alert string) time.Duration {
	switch alert {
	case "TeahouseLeaseNotRenewed":
		return 5 // a lease is renewed every 5 s, here too
	case "TeahouseReplicaDown":
		return 10 // a busy machine may be late with an answer
	}
	return 30
}

// ordinary is how long people talk before the cause is made, and no alert may
// fire: longer than what rules wait for here.
const ordinary = 12 * time.Second

// alarmPatience is how long an alert may take: a client that does not read is cut
// after a minute.
const alarmPatience = 100 * time.Second

// alarm is a cause and what it fires.
type alarm struct {
	want []string
	may  []string // what may follow from the same cause
	// set up starts what there is to watch, and gives what makes the cause.
	setUp func(w *watched) (cause func())
}

// watched is a town of which Prometheus watches the first replica.
type watched struct {
	*town
	name   string
	server *house.Prometheus
}

func alarms() map[string]alarm {
	hung := []string{"TeahouseStorageDown", "TeahouseRedisErrors", "TeahouseLeaseNotRenewed"}
	return map[string]alarm{
		"redis hangs":           {want: hung, may: []string{"TeahouseRedisSlow", "TeahouseResubscribes"}, setUp: redisHangs},
		"redis forgets":         {want: []string{"TeahouseHistoryLost"}, may: append(hung, "TeahouseResubscribes"), setUp: redisForgets},
		"redis is far away":     {want: []string{"TeahouseRedisSlow"}, setUp: redisIsFar},
		"news is late":          {want: []string{"TeahouseDeliverySlow"}, may: append(hung, "TeahouseRedisSlow"), setUp: newsIsLate},
		"subscriptions are cut": {want: []string{"TeahouseResubscribes"}, setUp: subscriptionsAreCut},
		"a gap stays":           {want: []string{"TeahouseGapsStayOpen"}, setUp: gapStays},
		"killed":                {want: []string{"TeahouseReplicaDown"}, setUp: killed},
		"another is killed":     {want: []string{"TeahouseReplicaDied"}, setUp: anotherIsKilled},
		"clients do not read":   {want: []string{"TeahouseClientsDoNotRead"}, setUp: clientsDoNotRead},
		"full":                  {want: []string{"TeahouseNearlyFull"}, setUp: full},
		"flooded":               {want: []string{"TeahouseRefuses", "TeahouseNearlyFull"}, setUp: flooding},
		"panic":                 {want: []string{"TeahousePanics"}, setUp: panicking},
		"stops slowly":          {want: []string{"TeahouseStopsSlowly"}, may: hung, setUp: stopsSlowly},
		"nothing happens":       {setUp: nothingHappens},
	}
}

// TestLongAlerts makes the cause of each alert, at a real program that a real
// Prometheus watches: the alert fires, none fires before, and none that has
// another cause.
func TestLongAlerts(t *testing.T) {
	t.Parallel() // most of it is waiting
	g := newGround(t)
	g.build()
	server, err := house.StartPrometheus(g.ctx, g.folder("prometheus"), g.port(), hurried(t))
	g.must(err)
	t.Cleanup(server.Kill)
	caused := map[string]bool{}
	var all sync.WaitGroup
	for name, a := range alarms() {
		for _, alert := range a.want {
			caused[alert] = true
		}
		// Not by Parallel, which would let as many run as there are processors:
		// most of the time all of them wait.
		all.Go(func() { t.Run(name, func(t *testing.T) { a.ring(&watched{g.beside(t), name, server}) }) })
	}
	all.Wait()
	for _, r := range readRules(t).Groups[0].Rules {
		if !caused[r.Alert] {
			t.Errorf("nothing here makes %s fire", r.Alert)
		}
	}
}

// beside is a town with the same program: scenes that need another one have it
// built, and those that do not need not wait for that.
func (w *town) beside(t *testing.T) *town {
	beside := newGround(t)
	beside.program = w.program
	return beside
}

// hurried gives the rules with their durations shortened.
func hurried(t *testing.T) string {
	book := readRules(t)
	for i, r := range book.Groups[0].Rules {
		shorten := func(text string) string {
			d, err := time.ParseDuration(text)
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint((d / hurry(r.Alert)).Milliseconds(), "ms")
		}
		r.Expr = regexp.MustCompile(`\[\w+\]`).ReplaceAllStringFunc(r.Expr, func(text string) string {
			return "[" + shorten(strings.Trim(text, "[]")) + "]"
		})
		if r.For != "" {
			r.For = shorten(r.For)
		}
		book.Groups[0].Rules[i] = r
	}
	text, err := yaml.Marshal(book)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// ring has people talk, makes the cause, and waits for what it fires.
func (a alarm) ring(w *watched) {
	cause := a.setUp(w)
	talks := time.Now()
	w.must(house.Await(w.ctx, nil, ordinary, func() bool {
		return len(w.query(`teahouse_storage_up{replica=%q} == 1`)) == 1
	}))
	if fired := w.fired(); len(fired) > 0 {
		w.Fatalf("without any cause it fires %v", fired)
	}
	w.Logf("watched for %s: silent", time.Since(talks).Round(time.Second))
	made := time.Now()
	cause()
	ctx, cancel := context.WithTimeout(w.ctx, alarmPatience)
	defer cancel()
	for _, alert := range a.want {
		if err := house.Await(ctx, nil, 0, func() bool { return slices.Contains(w.fired(), alert) }); err != nil {
			w.Fatalf("%s does not fire: %v; %v do", alert, err, w.fired())
		}
		w.Logf("%s fires %s after its cause", alert, time.Since(made).Round(time.Second/10))
	}
	for _, alert := range w.fired() {
		if !slices.Contains(append(a.may, a.want...), alert) {
			w.Errorf("%s fires, too", alert)
		}
	}
}

// query asks for what the query, in which %q is the replica, has.
func (w *watched) query(query string) []map[string]string {
	w.Helper()
	all, err := w.server.Query(w.ctx, fmt.Sprintf(query, w.name))
	w.must(err)
	return all
}

// fired lists the alerts that have ever fired for the replica.
func (w *watched) fired() (alerts []string) {
	for _, of := range w.query(`count_over_time(ALERTS{alertstate="firing", replica=%q}[1h])`) {
		alerts = append(alerts, of["alertname"])
	}
	return slices.Compact(slices.Sorted(slices.Values(alerts)))
}

// start starts the replica that is watched, with a Redis where there is none,
// and somebody who follows general.
func (w *watched) start(settings ...string) {
	w.Helper()
	if w.redis == nil {
		w.startRedis()
	}
	r := w.startReplica(append([]string{"REDIS_URL=" + w.url(), "REPLICA_ID=" + w.name, "REGION=test", "MESSAGE_RATE=0"}, settings...)...)
	w.must(w.server.Watch(w.name, r.HTTPPort))
	w.tail("tina", 0)
	w.ssh(w.person("alice"), 0, "", "send", "general", "good morning")
}

func redisHangs(w *watched) func() {
	w.start()
	return func() {
		w.must(w.redis.Pause())
		w.Cleanup(func() { w.must(w.redis.Resume()) })
	}
}

func redisForgets(w *watched) func() {
	redis, err := house.StartRedis(w.ctx, w.folder("redis"), w.port(), "--appendonly", "no")
	w.must(err)
	w.redis = redis
	w.Cleanup(func() { redis.Kill() })
	w.start()
	return func() {
		w.redis.Kill()
		w.must(w.redis.Restart(w.ctx))
	}
}

func redisIsFar(w *watched) func() {
	w.startRedis()
	p := w.startProxy(w.redis.Addr())
	w.start("REDIS_URL=" + p.url())
	return func() { w.Cleanup(p.poison("latency", `"latency":400`, "downstream")) }
}

// newsIsLate is in one region only: what is written comes in time from another.
func newsIsLate(w *watched) func() {
	w.startRedis()
	p := w.startProxy(w.redis.Addr())
	w.start("REDIS_URL=" + p.url())
	w.startReplica("REDIS_URL="+w.url(), "MESSAGE_RATE=0")
	bob := w.visitAs("bob", 1, "send general --lines")
	return func() {
		w.Cleanup(p.poison("latency", `"latency":1500`, "downstream"))
		for range 60 {
			bob.types("still there?\n")
			time.Sleep(300 * time.Millisecond)
		}
	}
}

func subscriptionsAreCut(w *watched) func() {
	w.start()
	return func() {
		for range 8 {
			w.must(house.Await(w.ctx, w.redis.Done(), 0, func() bool {
				killed, err := w.redis.Do(w.ctx, "CLIENT", "KILL", "TYPE", "pubsub")
				return err == nil && strings.TrimSpace(killed) != "0"
			}))
		}
	}
}

// gapStays is of a program that fills no gaps: one that does leaves none open.
func gapStays(w *watched) func() {
	w.build("undefended")
	w.start()
	return func() {
		// As if a change had been made of which nothing was heard.
		_, err := w.redis.Do(w.ctx, "HINCRBY", "room:{0}:head", "rev", "1")
		w.must(err)
		w.ssh(w.person("alice"), 0, "", "send", "general", "behind the gap")
	}
}

func killed(w *watched) func() {
	w.start()
	return func() { w.replicas[0].Kill() }
}

func anotherIsKilled(w *watched) func() {
	w.start()
	other := w.startReplica("REDIS_URL=" + w.url())
	w.tail("otto", 1)
	return other.Kill
}

func clientsDoNotRead(w *watched) func() {
	w.start()
	return func() {
		for i := range 6 {
			client, err := w.dial(fmt.Sprint("deaf", i), 0)
			w.must(err)
			w.Cleanup(func() { _ = client.Close() })
			session, err := client.NewSession()
			w.must(err)
			_, err = session.StdoutPipe() // of which nobody reads
			w.must(err)
			w.must(session.Start("tail general --json"))
		}
		w.must(house.Await(w.ctx, nil, 0, func() bool { return len(w.query(`sum by (replica) (teahouse_sessions{replica=%q}) >= 7`)) == 1 }))
		w.ssh(w.person("alice"), 0, strings.Repeat(strings.Repeat("tea ", 950)+"\n", 800), "send", "general", "--lines")
	}
}

func full(w *watched) func() {
	w.start("MAX_SESSIONS=4")
	return func() {
		for i := range 3 {
			w.tail(fmt.Sprint("guest", i), 0)
		}
	}
}

func flooding(w *watched) func() {
	w.start("MAX_SESSIONS=3")
	return func() {
		w.tail("otto", 0)
		w.tail("olga", 0)
		for range 40 {
			cmd := exec.CommandContext(w.ctx, "ssh", w.person("carol").SSH(house.Visit{Port: w.replicas[0].SSHPort, Command: []string{"whoami"}})...)
			cmd.Env = house.Environ()
			_ = cmd.Run() // is refused
		}
	}
}

func panicking(w *watched) func() {
	w.build("faults")
	w.start("FAULTS=" + w.folder("faults"))
	return func() { w.arm(injury{place: "keep"}) }
}

func stopsSlowly(w *watched) func() {
	w.start("DRAIN_TIMEOUT=30s")
	w.open("anna", 0)
	return func() {
		w.must(w.redis.Pause())
		r := w.replicas[0]
		w.must(syscall.Kill(r.Pid(), syscall.SIGTERM))
		w.Cleanup(func() {
			w.must(w.redis.Resume())
			<-r.Done() // before the town asks it to stop, which would be the second time
		})
	}
}

// nothingHappens is what no alert may fire for: people who come, talk and go, for
// as long as causes take elsewhere.
func nothingHappens(w *watched) func() {
	w.start()
	w.startReplica("REDIS_URL=" + w.url())
	return func() {
		for i := range 40 {
			w.ssh(w.person(fmt.Sprint("guest", i%8)), i%2, "", "send", "general", "hi")
			time.Sleep(time.Second)
		}
	}
}
