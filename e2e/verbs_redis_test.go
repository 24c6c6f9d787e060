package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"teahouse/e2e/house"
)

func redisVerbs() map[string]verb {
	return map[string]verb{
		"redis": {
			usage: "redis NAME [ARG…]: starts a redis-server and sets $NAME_URL, $NAME_ADDR and $NAME_PORT",
			min:   1, max: -1, run: redisStart,
		},
		"redis-stop":    {usage: "redis-stop NAME: SIGTERM, and waits", min: 1, max: 1, run: redisStop},
		"redis-kill":    {usage: "redis-kill NAME: SIGKILL", min: 1, max: 1, run: redisKill},
		"redis-restart": {usage: "redis-restart NAME: again, on the same port with the same data", min: 1, max: 1, run: redisRestart},
		"redis-pause":   {usage: "redis-pause NAME: SIGSTOP", min: 1, max: 1, run: redisPause},
		"redis-resume":  {usage: "redis-resume NAME: SIGCONT", min: 1, max: 1, run: redisResume},
		"redis-cli": {
			usage: "redis-cli NAME COMMAND…: its answer is stdout, a line an element; with ! it is refused",
			min:   2, max: -1, not: true, run: redisCommand,
		},
		"redis-await": {
			usage: "redis-await NAME ANSWER COMMAND…: waits until the command gives the answer",
			min:   3, max: -1, run: redisAwait,
		},
	}
}

func redisStart(c *call) error {
	name := c.args[0]
	if c.suite.shape != nil && len(c.args) == 1 {
		return shapeStart(c, name)
	}
	port, err := c.suite.ports.Free()
	if err != nil {
		return err
	}
	ctx, cancel := c.waiting()
	defer cancel()
	r, err := house.StartRedis(ctx, filepath.Join(c.dir, "."+name), port, c.args[1:]...)
	if err != nil {
		return err
	}
	c.redis[name] = r
	c.ts.Setenv(name+"_URL", r.URL())
	c.ts.Setenv(name+"_ADDR", r.Addr())
	c.ts.Setenv(name+"_PORT", strconv.Itoa(port))
	return nil
}

// shapeStart starts what the run has instead of single servers.
func shapeStart(c *call, name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	sh, err := c.suite.shape(ctx, filepath.Join(c.dir, "."+name), &c.suite.ports)
	c.shapes[name] = sh
	if err != nil {
		return err
	}
	c.ts.Setenv(name+"_URL", sh.URL())
	return nil
}

func redisStop(c *call) error {
	r, err := find(c.redis, "redis", c.args[0])
	if err != nil {
		return err
	}
	ctx, cancel := c.waiting()
	defer cancel()
	_, err = r.Stop(ctx)
	return err
}

func redisKill(c *call) error {
	r, err := find(c.redis, "redis", c.args[0])
	if err == nil {
		r.Kill()
	}
	return err
}

func redisRestart(c *call) error {
	r, err := find(c.redis, "redis", c.args[0])
	if err != nil {
		return err
	}
	ctx, cancel := c.waiting()
	defer cancel()
	return r.Restart(ctx)
}

func redisPause(c *call) error {
	r, err := find(c.redis, "redis", c.args[0])
	if err != nil {
		return err
	}
	return r.Pause()
}

func redisResume(c *call) error {
	r, err := find(c.redis, "redis", c.args[0])
	if err != nil {
		return err
	}
	return r.Resume()
}

func redisCommand(c *call) error {
	ask, err := c.asker(c.args[0])
	if err != nil {
		return err
	}
	ctx, cancel := c.waiting()
	defer cancel()
	answer, err := ask(ctx, c.args[1:]...)
	return c.outcome(answer, err)
}

func redisAwait(c *call) error {
	ask, err := c.asker(c.args[0])
	if err != nil {
		return err
	}
	ctx, cancel := c.waiting()
	defer cancel()
	var answer string
	err = house.Await(ctx, nil, 0, func() bool {
		answer, err = ask(ctx, c.args[2:]...)
		return err == nil && strings.TrimSpace(answer) == c.args[1]
	})
	if err != nil {
		return fmt.Errorf("%s says %q: %w", c.args[2:], answer, err)
	}
	return nil
}

// asker gives what runs a command on a Redis of the script's, of one server or
// of several.
func (st *stage) asker(name string) (func(ctx context.Context, args ...string) (string, error), error) {
	if sh, ok := st.shapes[name]; ok {
		return func(ctx context.Context, args ...string) (string, error) {
			client := sh.Client()
			defer func() { _ = client.Close() }()
			return house.Ask(ctx, client, args...)
		}, nil
	}
	r, err := find(st.redis, "redis", name)
	if err != nil {
		return nil, err
	}
	return r.Do, nil
}
