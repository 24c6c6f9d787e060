package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"teahouse/app/chat"
	"teahouse/storage/archive"
)

// Progress is told how much of it is done. A total that is not known is 0.
type Progress func(done, total int64)

// Export writes the whole chat, while it goes on. The messages of all rooms
// come first, as that takes long; then each room is caught up with, and what
// is written of it holds for one moment, as does what is written of each user.
// Who is here just now, codes and answers that are good for minutes, and host
// keys are not part of it. The writer may be one that was resumed.
func (s *Store) Export(ctx context.Context, to *archive.Writer, progress Progress) error {
	e := &export{
		Store: s, to: to, progress: progress,
		written: map[chat.RoomID]bool{}, known: map[string]bool{}, owners: map[string]string{},
	}
	if err := s.wholeChat(ctx); err != nil {
		return err
	}
	if err := e.look(ctx); err != nil {
		return err
	}
	if err := e.logs(ctx); err != nil {
		return err
	}
	if err := e.settle(ctx); err != nil {
		return err
	}
	for _, part := range []func(context.Context) error{
		e.roomNames, e.doors, e.userNames, e.places, e.house,
		// Last, so that no number is given again that is in use above.
		e.chat,
	} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// exportRounds is how often rooms and users are looked for that were made meanwhile.
const exportRounds = 10

// export is one that runs.
type export struct {
	*Store
	to       *archive.Writer
	progress Progress
	found    *survey

	written map[chat.RoomID]bool
	known   map[string]bool   // ids of the users that were written
	owners  map[string]string // of keys that were not written yet, users' ids
}

func (e *export) look(ctx context.Context) (err error) {
	e.found, err = e.survey(ctx)
	return err
}

// settle writes rooms and users until there are no new ones, so that nobody is
// somewhere that is not there.
func (e *export) settle(ctx context.Context) error {
	for range exportRounds {
		if err := e.look(ctx); err != nil {
			return err
		}
		before := e.to.Lines()
		if err := errors.Join(e.rooms(ctx), e.users(ctx)); err != nil {
			return err
		}
		if e.to.Lines() == before {
			break
		}
	}
	return e.strayKeys()
}

func (e *export) tell(total int64) { e.progress(e.to.Messages(), total) }

// lines writes a record for each of a list.
func lines[T any](e *export, list []T, line func(T) archive.Line) error {
	for _, one := range list {
		if err := e.to.Write(line(one)); err != nil {
			return err
		}
	}
	return nil
}

// when is a time as records have it; 0 ms are none.
func when(ms int64) time.Time { return instant(ms).UTC() }

// expiry is when a key that has so long to live will be gone; without an end
// it is no time.
func expiry(left time.Duration) time.Time {
	if left <= 0 {
		return time.Time{}
	}
	return time.Now().Add(left).UTC().Truncate(time.Millisecond)
}

func (e *export) roomNames(ctx context.Context) error {
	ids, err := values(ctx, e.Store, "reading rooms' names", len(e.found.roomNames), func(p redis.Pipeliner, i int) *redis.StringCmd {
		return p.Get(ctx, keyFoldedRoomName(e.found.roomNames[i]))
	})
	if err != nil {
		return err
	}
	for i, id := range ids {
		if id.Err() != nil {
			continue // given back since
		}
		record := &archive.RoomName{Name: e.found.roomNames[i], Room: chat.RoomID(id.Val())}
		if err := e.to.Write(archive.Line{RoomName: record}); err != nil {
			return err
		}
	}
	return nil
}

func (e *export) doors(ctx context.Context) error {
	ids, err := values(ctx, e.Store, "reading doors", len(e.found.doors), func(p redis.Pipeliner, i int) *redis.StringCmd {
		return p.Get(ctx, keyDoor(e.found.doors[i]))
	})
	if err != nil {
		return err
	}
	for i, id := range ids {
		if id.Err() != nil {
			continue
		}
		if err := e.to.Write(archive.Line{Door: &archive.Door{Door: e.found.doors[i], Room: chat.RoomID(id.Val())}}); err != nil {
			return err
		}
	}
	return nil
}

// house writes the bans and mutes of the whole chat, and the audit log.
func (e *export) house(ctx context.Context) error {
	var sanctions map[string]string
	var deeds []string
	err := e.insist(ctx, func() error {
		cmds, err := e.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
			p.HGetAll(ctx, keyHouseSanctions)
			p.ZRange(ctx, keyHouseAudit, 0, -1)
			return nil
		})
		if err == nil {
			sanctions, deeds = cmds[0].(*redis.MapStringStringCmd).Val(), cmds[1].(*redis.StringSliceCmd).Val()
		}
		return wrap("reading what is in force", err)
	})
	if err != nil {
		return err
	}
	if err := e.sanctions("", keyHouseSanctions, sanctions); err != nil {
		return err
	}
	for _, text := range deeds {
		var r deedRecord
		if err := strict(keyHouseAudit, text, &r); err != nil {
			return err
		}
		deed := &archive.Deed{
			ID: r.ID, At: when(r.At), By: r.By, ByID: r.ByID, Act: r.Act, Room: r.Room, Target: r.Target, Until: when(r.Until), Why: r.Why,
		}
		if err := e.to.Write(archive.Line{Deed: deed}); err != nil {
			return err
		}
	}
	return nil
}

// chat writes what there is once.
func (e *export) chat(ctx context.Context) error {
	var house fields
	counters := make([]*redis.StringCmd, 3)
	err := e.insist(ctx, func() error {
		var all *redis.MapStringStringCmd
		_, err := e.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
			all = p.HGetAll(ctx, keyHouse)
			for i, key := range []string{keyTotalUsers, keyTotalRooms, keyDoorSalt} {
				counters[i] = p.Get(ctx, key)
			}
			return nil
		})
		house = all.Val()
		if errors.Is(err, redis.Nil) {
			return nil
		}
		return wrap("reading what there is once", err)
	})
	if err != nil {
		return err
	}
	record := &archive.Chat{
		Users: number(counters[0].Val()), Rooms: number(counters[1].Val()), DoorSalt: counters[2].Val(),
		Deeds: house.number("deeds"), Version: house.take("version"), MOTD: house.take("motd"), Lockdown: when(house.number("lockdown")),
	}
	if err := house.rest(keyHouse); err != nil {
		return err
	}
	if err := legible(keyHouse, record.MOTD); err != nil {
		return err
	}
	return e.to.Write(archive.Line{Chat: record})
}

// wholeChat fails where an import was not finished: what is there is half a chat.
func (s *Store) wholeChat(ctx context.Context) error {
	id, err := s.importing(ctx)
	if err == nil && id != "" {
		err = fmt.Errorf("an import into this Redis has not come to its end: run teahouse import with the same file again, or empty the Redis (export %s)", id)
	}
	return err
}
