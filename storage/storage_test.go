package storage_test

import (
	"testing"

	"go.uber.org/goleak"

	"teahouse/storage/storagetest"
)

func TestMain(m *testing.M) {
	// A pool that failed to connect tries each second, and sees only then that
	// it has been closed.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial"))
}

// TestStore runs the suite against each Redis that teahouse starts itself.
func TestStore(t *testing.T) {
	t.Run("redis-server", func(t *testing.T) {
		h := storagetest.Start(t)
		if !h.Cut(t) {
			t.Skip("no redis-server is on the PATH")
		}
		storagetest.Run(t, h)
	})
	t.Run("memory", func(t *testing.T) {
		t.Setenv("PATH", "")
		storagetest.Run(t, storagetest.Start(t))
	})
}
