package e2e

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"teahouse/e2e/house"
)

func TestOneNewKeyAtOnce(t *testing.T) { oneNewKeyAtOnce(t, nil) }

func oneNewKeyAtOnce(t *testing.T, start starter) {
	w := newTownOn(t, start, 2)
	alice := w.person("alice")
	answers := make([]string, 8)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = w.ssh(alice, i%2, "", "whoami", "--json") })
	}
	all.Wait()
	if len(slices.Compact(answers)) != 1 || !strings.Contains(answers[0], `"name":"alice"`) {
		t.Errorf("one key is several people:\n%s", strings.Join(answers, ""))
	}
	if names, keys := w.keys("username:*"), w.keys("key:SHA256:*"); names != 1 || keys != 1 {
		t.Errorf("%d names and %d keys are stored for one person", names, keys)
	}
}

func TestOneNameForManyKeys(t *testing.T) { oneNameForManyKeys(t, nil) }

func oneNameForManyKeys(t *testing.T, start starter) {
	w := newTownOn(t, start, 2)
	people := make([]*house.Person, 8)
	for i := range people {
		people[i] = w.person(fmt.Sprint("p", i))
	}
	names := make([]string, len(people))
	var all sync.WaitGroup
	for i, p := range people {
		all.Go(func() {
			names[i] = w.visit(p, house.Visit{User: "sam", Command: []string{"whoami"}}, i%2, "")
			names[i], _, _ = strings.Cut(names[i], ",")
		})
	}
	all.Wait()
	slices.Sort(names)
	if len(slices.Compact(slices.Clone(names))) != 8 || !slices.Contains(names, "sam") {
		t.Errorf("8 people who ask for one name are called %q", names)
	}
}

func TestCrowdPosts(t *testing.T) { crowdPosts(t, nil) }

// 200 people post, four at a time, through two replicas, while two follow.
func crowdPosts(t *testing.T, start starter) {
	const people, senders = 200, 4
	w := newTownOn(t, start, 2)
	reader := w.person("reader")
	tails := []*tail{w.tail("erin", 0), w.tail("fred", 1)}
	next := make(chan int)
	var all sync.WaitGroup
	for range senders {
		all.Go(func() {
			for i := range next {
				w.ssh(w.person(fmt.Sprint("p", i)), i%2, "", "send", "general", fmt.Sprint("post ", i))
			}
		})
	}
	for i := range people {
		next <- i
	}
	close(next)
	all.Wait()

	stored := w.stored()
	if got := slices.Compact(slices.Sorted(slices.Values(stored))); len(stored) != people || len(got) != people {
		t.Fatalf("%d posts, %d of them different, are stored of %d", len(stored), len(got), people)
	}
	for i := range w.replicas {
		if diff := cmp.Diff(stored, w.history(reader, i)); diff != "" {
			t.Errorf("history at replica %d is not what is stored: %s", i, diff)
		}
		if diff := cmp.Diff(stored, tails[i].bodies(people)); diff != "" {
			t.Errorf("what replica %d showed live is not what is stored: %s", i, diff)
		}
	}
}

func TestIdenticalLines(t *testing.T) { identicalLines(t, nil) }

func identicalLines(t *testing.T, start starter) {
	w := newTownOn(t, start, 1, "MESSAGE_RATE=0")
	alice := w.person("alice")
	w.ssh(alice, 0, strings.Repeat("the same\n", 20), "send", "general", "--lines")
	if stored := w.stored(); len(stored) != 20 {
		t.Errorf("20 identical lines are %d messages", len(stored))
	}
}
