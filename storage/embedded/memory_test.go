package embedded

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// startInMemory starts a server where no Redis is installed.
func startInMemory(t *testing.T) *Server {
	t.Helper()
	t.Setenv("PATH", "")
	return start(t, t.TempDir())
}

func TestWithoutARedisAllIsInMemory(t *testing.T) {
	s := startInMemory(t)
	if s.Durable() || s.Name() != "memory" || s.Err() != nil {
		t.Errorf("Durable() = %v, Name() = %q, Err() = %v", s.Durable(), s.Name(), s.Err())
	}
	client := connect(t, s)
	post := redis.NewScript(`
		local n = redis.call('INCR', KEYS[2])
		redis.call('ZADD', KEYS[1], n, ARGV[1])
		redis.call('PUBLISH', 'room', n)
		return n`)
	feed := client.Subscribe(soon(t), "room")
	defer func() {
		if err := feed.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := feed.Receive(soon(t)); err != nil {
		t.Fatal(err)
	}
	if n, err := post.Run(soon(t), client, []string{"room:{0}", "room:{0}:last"}, "hi").Int(); err != nil || n != 1 {
		t.Fatalf("EVAL = %d, %v", n, err)
	}
	if got, err := client.ZRange(soon(t), "room:{0}", 0, -1).Result(); err != nil || len(got) != 1 || got[0] != "hi" {
		t.Errorf("ZRANGE = %q, %v", got, err)
	}
	if message, err := feed.ReceiveMessage(soon(t)); err != nil || message.Payload != "1" {
		t.Errorf("received %v, %v", message, err)
	}
}

func TestTimePassesInMemory(t *testing.T) {
	client := connect(t, startInMemory(t))
	begun := time.Now()
	if err := client.Set(soon(t), "lease", "x", 600*time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	await(t, "the key has expired", func() bool {
		return errors.Is(client.Get(soon(t), "lease").Err(), redis.Nil)
	})
	if took := time.Since(begun); took < 600*time.Millisecond-2*agePeriod {
		t.Errorf("a key of 600 ms expired after %s", took)
	}
	seconds, err := client.Eval(soon(t), `return tonumber(redis.call('TIME')[1])`, nil).Int64()
	if err != nil {
		t.Fatal(err)
	}
	if apart := time.Since(time.Unix(seconds, 0)).Abs(); apart > 5*time.Second {
		t.Errorf("TIME in a script is %s from the wall clock", apart)
	}
}

func TestNobodyElseReadsWhatIsInMemory(t *testing.T) {
	options, err := redis.ParseURL(startInMemory(t).URL())
	if err != nil {
		t.Fatal(err)
	}
	options.Password = ""
	stranger := redis.NewClient(options)
	defer func() {
		if err := stranger.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := stranger.Get(soon(t), "tea").Err(); err == nil || errors.Is(err, redis.Nil) {
		t.Errorf("a stranger's GET = %v, want a refusal", err)
	}
}

func TestHistoryThatIsNotReadIsTold(t *testing.T) {
	t.Setenv("PATH", "")
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "appendonlydir"), 0o700); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	s, err := Start(soon(t), dir, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	stop(t, s)
	if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), "not read") {
		t.Errorf("the log says %q", log.String())
	}
}

func TestInMemoryTooADirectoryIsForOne(t *testing.T) {
	t.Setenv("PATH", "")
	dir := t.TempDir()
	first := start(t, dir)
	if _, err := Start(soon(t), dir, testLog(t)); err == nil {
		t.Error("two teahouses run on one directory")
	}
	stop(t, first)
	start(t, dir)
}

func TestADirectoryThatCannotBeIsTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(soon(t), file, testLog(t)); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("Start = %v, want it to name %s", err, file)
	}
}
