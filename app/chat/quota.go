package chat

import "sync"

// quota holds each user to so many of something at a time, however many
// sessions they come from.
type quota struct {
	most int

	mu   sync.Mutex
	used map[UserID]int
}

func newQuota(most int) *quota { return &quota{most: most, used: map[UserID]int{}} }

// take takes one for the user; false where none is left.
func (q *quota) take(user UserID) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.used[user] >= q.most {
		return false
	}
	q.used[user]++
	return true
}

// give gives n back that were taken.
func (q *quota) give(user UserID, n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.used[user] -= n; q.used[user] <= 0 {
		delete(q.used, user)
	}
}
