package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Two files in the data directory are locked, never removed (a removed file
// can be locked by two processes at once, under one name):
//
//   - "lock" by this process, from Start to Close: one teahouse a directory;
//   - "redis.lock" by the child alone, which inherits it and does not know:
//     as long as anything may write to the append-only file, it is held, even
//     when the teahouse that started it was killed.
//
// The kernel drops a lock with the last process that holds it, so that what a
// crash leaves behind needs no clearing up.
const (
	dirLockName   = "lock"
	redisLockName = "redis.lock"
)

// errHeld is the answer of tryLock while another process holds the file.
var errHeld = errors.New("locked by another process")

// fileLock is a file locked by this process. The file's text is a note to
// those who find it locked.
type fileLock struct {
	file *os.File
}

// tryLock locks the file at path, which it makes if needed, or returns errHeld.
func tryLock(path string) (fileLock, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fileLock{}, fmt.Errorf("opening the lock file: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return fileLock{}, errors.Join(errHeld, file.Close())
	}
	if err != nil {
		return fileLock{}, errors.Join(fmt.Errorf("locking %s: %w", path, err), file.Close())
	}
	return fileLock{file}, nil
}

// write replaces the note in the file.
func (l fileLock) write(note string) error {
	if err := l.file.Truncate(0); err != nil {
		return fmt.Errorf("writing the lock file: %w", err)
	}
	if _, err := l.file.WriteAt([]byte(note), 0); err != nil {
		return fmt.Errorf("writing the lock file: %w", err)
	}
	return nil
}

// release gives the lock up, also where a child inherited the file: one that
// was forked at this moment for something else keeps a copy until its exec.
func (l fileLock) release() error {
	err := syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN)
	if err != nil {
		err = fmt.Errorf("unlocking %s: %w", l.file.Name(), err)
	}
	return errors.Join(err, l.file.Close())
}

// leave closes the file here and leaves the lock to the child that inherited it.
func (l fileLock) leave() error {
	return l.file.Close()
}

// lockDir makes this process the only teahouse on dir.
func lockDir(dir string) (fileLock, error) {
	path := filepath.Join(dir, dirLockName)
	lock, err := tryLock(path)
	if errors.Is(err, errHeld) {
		return fileLock{}, fmt.Errorf("another teahouse runs on %s (pid %s): stop it or set DATA_DIR", dir, readNote(path))
	}
	if err != nil {
		return fileLock{}, err
	}
	if err := lock.write(strconv.Itoa(os.Getpid()) + "\n"); err != nil {
		return fileLock{}, errors.Join(err, lock.release())
	}
	return lock, nil
}

// lockRedis returns the lock for the child to inherit, as soon as no Redis
// writes to dir any more. One that a crash left behind is told to end.
func lockRedis(ctx context.Context, dir string) (fileLock, error) {
	path := filepath.Join(dir, redisLockName)
	retry := time.NewTicker(20 * time.Millisecond)
	defer retry.Stop()
	for {
		lock, err := tryLock(path)
		if !errors.Is(err, errHeld) {
			return lock, err
		}
		// It may be ending already, or not be listening yet: then there is no
		// answer, and nothing to do but ask again.
		_, _ = ask(ctx, readNote(path), "SHUTDOWN")
		select {
		case <-retry.C:
		case <-ctx.Done():
			return fileLock{}, fmt.Errorf("a Redis left behind by a crash still runs on %s and does not end: stop it: %w", dir, ctx.Err())
		}
	}
}

// readNote returns the note in a lock file; of an unreadable one, nothing.
func readNote(path string) string {
	note, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(note), "\n")
}
