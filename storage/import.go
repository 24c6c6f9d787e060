package storage

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
	"teahouse/storage/archive"
)

const (
	// importBatch is how many commands go at a time, and importBytes how much
	// text with them: a server takes that within a moment.
	importBatch = 1000
	importBytes = 1 << 20
	// importTerm is how long an import that has died keeps another one waiting.
	importTerm = 5 * time.Second
)

// Import writes a whole chat into a Redis that holds none and that no replica
// is on. Where an import of the same export was interrupted, what it had
// brought is removed, and all is written anew. Until Import has succeeded no
// replica starts on it. Keep is given the host keys, where the file has them.
func (s *Store) Import(ctx context.Context, from *archive.Reader, keep func(pem string) error, progress Progress, total int64) error {
	i := &importer{Store: s, token: rand.Text(), last: map[chat.RoomID]chat.MessageID{}, keep: keep}
	if err := i.nobodyListens(ctx); err != nil {
		return err
	}
	if err := i.takeLease(ctx); err != nil {
		return err
	}
	err := i.begin(ctx, from.ID())
	if err == nil {
		err = i.write(ctx, from, progress, total)
	}
	if err == nil {
		err = i.end(ctx)
	}
	// Nobody need wait for an import that has ended, whatever ended it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	return errors.Join(err, wrap("ending the import", i.remove(ctx, []string{keyImportLease})))
}

// write writes all lines.
func (i *importer) write(ctx context.Context, from *archive.Reader, progress Progress, total int64) error {
	for {
		line, err := from.Next()
		if errors.Is(err, io.EOF) {
			return i.flush(ctx)
		}
		if err == nil {
			err = i.take(ctx, line)
		}
		if err != nil {
			return err
		}
		if from.Lines()%importBatch == 0 {
			progress(from.Lines(), total)
		}
	}
}

// importing gives the export that is being imported; "" for none.
func (s *Store) importing(ctx context.Context) (id string, err error) {
	id, err = s.rdb.Get(ctx, keyImport).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	return id, wrap("asking for an import", err)
}

// importer is an import that runs.
type importer struct {
	*Store
	token string
	keep  func(pem string) error
	last  map[chat.RoomID]chat.MessageID // the highest that was written of each room
	until time.Time                      // when the messages of the room at hand expire; zero: never

	batch []func(p redis.Pipeliner)
	bytes int
}

// begin makes sure that there is nothing but what this import had brought, and
// removes that.
func (i *importer) begin(ctx context.Context, id string) error {
	before, err := i.importing(ctx)
	switch {
	case err != nil:
		return err
	case before == id:
		return i.clear(ctx)
	case before != "":
		return fmt.Errorf("the import of another file (export %s) has not come to its end in this Redis: run it again, or empty the Redis", before)
	}
	if err := i.mustBeEmpty(ctx); err != nil {
		return err
	}
	return wrap("beginning the import", i.rdb.Set(ctx, keyImport, id, 0).Err())
}

// nobodyListens fails where a replica runs: each listens to itself, at least.
func (i *importer) nobodyListens(ctx context.Context) error {
	for _, at := range []redis.UniversalClient{i.rdb, i.read} {
		net := nodesOf(at)
		servers, err := net.all(ctx)
		if err != nil {
			return wrap("asking for the nodes of the cluster", err)
		}
		for _, server := range servers {
			ask := server.PubSubChannels
			if net.sharded() {
				ask = server.PubSubShardChannels
			}
			channels, err := ask(ctx, "probe:*").Result()
			if err != nil {
				return wrap("asking who listens", err)
			}
			if len(channels) > 0 {
				return errReplica
			}
		}
	}
	return nil
}

var errReplica = errors.New("a teahouse runs on this Redis: stop it first, and start it again when the import is done")

// end makes it a chat, unless a replica came meanwhile that was not seen before:
// one that listens elsewhere leaves its lease here.
func (i *importer) end(ctx context.Context) error {
	return i.insist(ctx, func() error {
		n, err := i.rdb.Exists(ctx, keyLeases).Result()
		switch {
		case err != nil:
			return wrap("looking who is here", err)
		case n > 0:
			return errReplica
		}
		return wrap("ending the import", i.remove(ctx, []string{keyImport}))
	})
}

// takeLease keeps out other imports. One that has died is waited for.
func (i *importer) takeLease(ctx context.Context) error {
	for end := time.Now().Add(2 * importTerm); ; {
		ok, err := i.rdb.SetNX(ctx, keyImportLease, i.token, importTerm).Result()
		switch {
		case err != nil:
			return wrap("beginning the import", err)
		case ok:
			return nil
		case time.Now().After(end):
			return errors.New("another import into this Redis runs")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (i *importer) mustBeEmpty(ctx context.Context) error {
	return i.scan(ctx, func(keys []string) error {
		for _, key := range keys {
			if ours(key) {
				return fmt.Errorf("this Redis holds a chat already (there is a key %q), and an import is only made into one without: "+
					"name another one or another of its databases, or, if that chat may go for ever, delete it (redis-cli FLUSHDB)", key)
			}
		}
		return nil
	})
}

// clear removes what an interrupted import had brought.
func (i *importer) clear(ctx context.Context) error {
	return i.scan(ctx, func(keys []string) error {
		var gone []string
		for _, key := range keys {
			if ours(key) {
				gone = append(gone, key)
			}
		}
		return i.insist(ctx, func() error { return wrap("removing half an import", i.remove(ctx, gone)) })
	})
}

// remove deletes keys, wherever they are.
func (s *Store) remove(ctx context.Context, keys []string) error {
	return inBatches(ctx, s.rdb, len(keys), func(p redis.Pipeliner, n int) { p.Unlink(ctx, keys[n]) })
}

// add puts off a command, which may be done again, to the next batch.
func (i *importer) add(size int, do func(p redis.Pipeliner)) {
	i.batch, i.bytes = append(i.batch, do), i.bytes+size
}

// flush sends the batch, again and again while Redis is away.
func (i *importer) flush(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := i.insist(ctx, func() error {
		_, err := i.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
			for _, do := range i.batch {
				do(p)
			}
			p.Set(ctx, keyImportLease, i.token, importTerm)
			return nil
		})
		return wrap("writing the chat", err)
	})
	i.batch, i.bytes = i.batch[:0], 0
	return err
}
