package chat

import (
	"iter"
	"slices"
)

// InOrder gives what a step brought as it happened: some messages, maybe none,
// then the notices that came after them, and so on.
func (s Step) InOrder() iter.Seq2[[]*Message, []Notice] {
	return func(yield func([]*Message, []Notice) bool) {
		ms, notices := s.Messages, s.Notices
		for more := true; more; more = len(ms)+len(notices) > 0 {
			n, told := len(ms), 0
			if len(notices) > 0 {
				n, told = upTo(ms, notices[0].After), 1
			}
			for told < len(notices) && upTo(ms, notices[told].After) <= n {
				told++
			}
			if !yield(ms[:n], notices[:told]) {
				return
			}
			ms, notices = ms[n:], notices[told:]
		}
	}
}

// upTo counts the messages in front of the first one that is newer than id.
func upTo(ms []*Message, id MessageID) int {
	if i := slices.IndexFunc(ms, func(m *Message) bool { return m.ID > id }); i >= 0 {
		return i
	}
	return len(ms)
}
