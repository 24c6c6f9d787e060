// Package paper lends room to write in to many who need it one after the other,
// and not for long: thousands who do nothing hold none.
package paper

import "sync"

// What is lent has room for the first; what has grown beyond the second is not
// kept.
const (
	size = 2 << 10
	most = 64 << 10
)

// Stack is paper that is lent and comes back. The zero value is ready; its methods
// may be called from many goroutines.
type Stack struct {
	sheets sync.Pool // of *[]byte
}

// Lend lends paper without anything on it.
func (s *Stack) Lend() *[]byte {
	if p, ok := s.sheets.Get().(*[]byte); ok {
		return p
	}
	p := make([]byte, 0, size)
	return &p
}

// Back takes paper back, which nobody may hold any more.
func (s *Stack) Back(p *[]byte) {
	if cap(*p) <= most {
		*p = (*p)[:0]
		s.sheets.Put(p)
	}
}
