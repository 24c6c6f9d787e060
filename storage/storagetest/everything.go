package storagetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

// Everything reads all keys of a chat, but what is of the moment, as texts that
// are equal where the chats are: a long one as its hash. Expiring keys say so.
func Everything(ctx context.Context, client redis.UniversalClient) (map[string]string, error) {
	var mu sync.Mutex
	all := map[string]string{}
	read := func(ctx context.Context, node *redis.Client) error {
		keys := node.Scan(ctx, 0, "", 1000).Iterator()
		for keys.Next(ctx) {
			if momentary().MatchString(keys.Val()) {
				continue
			}
			text, err := valueOf(ctx, node, keys.Val())
			if err != nil {
				return fmt.Errorf("reading %s: %w", keys.Val(), err)
			}
			mu.Lock()
			all[keys.Val()] = text
			mu.Unlock()
		}
		return keys.Err()
	}
	err := (&House{Redis: client}).each(ctx, read)
	for key, text := range all {
		if strings.Contains(text, "\ngone=") {
			delete(all, key) // somebody who is forgotten
		}
	}
	return all, err
}

// momentary is what an export leaves out: who is here, and what is good for minutes.
func momentary() *regexp.Regexp {
	return regexp.MustCompile(`^(room:\{0\}:(leases?|sessions|members)\b|room:\{.*\}:(post|slow):|link:)`)
}

// valueOf is a key's value and whether it expires.
func valueOf(ctx context.Context, node *redis.Client, key string) (string, error) {
	kind, err := node.Type(ctx, key).Result()
	if err != nil {
		return "", err
	}
	parts := []string{""}
	switch kind {
	case "string":
		var text string
		text, err = node.Get(ctx, key).Result()
		parts = append(parts, text)
	case "hash":
		var fields map[string]string
		fields, err = node.HGetAll(ctx, key).Result()
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			if fields[name] != "" {
				parts = append(parts, name+"="+canonical(fields[name]))
			}
		}
	case "set":
		var members []string
		members, err = node.SMembers(ctx, key).Result()
		parts = append(parts, slices.Sorted(slices.Values(members))...)
	case "zset":
		return sorted(ctx, node, key)
	default:
		err = fmt.Errorf("it is a %s", kind)
	}
	if err != nil {
		return "", err
	}
	return expiring(ctx, node, key, strings.Join(parts, "\n"))
}

func expiring(ctx context.Context, node *redis.Client, key, text string) (string, error) {
	left, err := node.PTTL(ctx, key).Result()
	if left > 0 {
		text = "expires" + text
	}
	return text, err
}

// sorted reads a sorted set, a page at a time.
func sorted(ctx context.Context, node *redis.Client, key string) (string, error) {
	const page, short = 5000, 4096
	sum, text := sha256.New(), ""
	for from := int64(0); ; from += page {
		some, err := node.ZRangeWithScores(ctx, key, from, from+page-1).Result()
		if err != nil {
			return "", err
		}
		for _, z := range some {
			line := fmt.Sprintf("\n%.0f %s", z.Score, canonical(fmt.Sprint(z.Member)))
			_, _ = sum.Write([]byte(line)) // never fails
			if len(text) < short {
				text += line
			}
		}
		if len(some) < page {
			break
		}
	}
	if len(text) >= short {
		text = "\n" + hex.EncodeToString(sum.Sum(nil))
	}
	return expiring(ctx, node, key, text)
}

// canonical writes JSON in one way of many; other texts stay.
func canonical(text string) string {
	if !strings.HasPrefix(text, "{") {
		return text
	}
	var value any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if d.Decode(&value) != nil {
		return text
	}
	same, err := json.Marshal(value)
	if err != nil {
		return text
	}
	return string(same)
}
