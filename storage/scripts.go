package storage

import (
	"embed"

	"github.com/redis/go-redis/v9"
)

//go:embed lua/*.lua
var luaFiles embed.FS

// scripts are the atomic steps. Each is the text of one file under lua/,
// behind what it shares with others.
type scripts struct {
	post, revise, changes                *redis.Script
	topic, read, note, keep, forget      *redis.Script
	invite, accept, adjust, moderator    *redis.Script
	belongings                           *redis.Script
	pin, pins                            *redis.Script
	decree, record, discipline, pardon   *redis.Script
	place                                *redis.Script
	raise, release, claim, unkey, swap   *redis.Script
	own                                  *redis.Script
	join, part, rename, away             *redis.Script
	arrive, depart, renew, restore, bury *redis.Script
}

func loadScripts() scripts {
	return scripts{
		post:    script("office", "sanctions", "post"),
		revise:  script("office", "sanctions", "revise"),
		changes: script("changes"),
		topic:   script("office", "sanctions", "topic"),
		read:    script("read"),
		note:    script("fields", "note"),
		keep:    script("keep"),
		invite:  script("invite"),
		accept:  script("accept"),
		forget:  script("forget"),

		belongings: script("belongings"),

		adjust:    script("office", "adjust"),
		moderator: script("office", "moderator"),
		pin:       script("office", "pin"),
		pins:      script("pins"),

		decree:     script("sanctions", "audit", "decree"),
		record:     script("audit", "record"),
		discipline: script("office", "sanctions", "discipline"),
		pardon:     script("office", "pardon"),
		place:      script("place"),

		raise:   script("raise"),
		release: script("release"),
		claim:   script("claim"),
		own:     script("own"),
		unkey:   script("unkey"),
		swap:    script("swap"),
		join:    script("roll", "sanctions", "join"),
		part:    script("roll", "office", "part"),
		rename:  script("roll", "rename"),
		away:    script("roll", "away"),
		arrive:  script("roll", "presence", "fields", "arrive"),
		depart:  script("roll", "presence", "depart"),
		renew:   script("roll", "presence", "renew"),
		restore: script("roll", "presence", "restore"),
		bury:    script("roll", "presence", "bury"),
	}
}

// script joins the files; a missing one is a mistake of the build.
func script(names ...string) *redis.Script {
	var text []byte
	for _, name := range names {
		part, err := luaFiles.ReadFile("lua/" + name + ".lua")
		if err != nil {
			panic(err)
		}
		text = append(text, part...)
	}
	return redis.NewScript(string(text))
}
