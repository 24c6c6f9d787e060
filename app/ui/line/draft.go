package line

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"teahouse/app/chat"
	"teahouse/app/ui"
)

// draft is what storage has of what the person began to write.
type draft struct {
	room chat.RoomID
	text string
}

// resume puts back what the person had begun in the open room, on a screen, or
// here when a session ended before the line did.
func (s *talk) resume() {
	if !s.Terminal {
		return
	}
	if text := s.Session.TakeDrafts()[s.room.id]; text != "" {
		s.kept = draft{s.room.id, text}
		s.note("what you had begun to write is there again; Ctrl+U takes it away")
		s.edit.put(text)
		s.edit.echoed() // it is shown below what is printed
	}
}

// partWith keeps what the next visit goes on with, and tells what the
// person is to be told of that.
func (s *talk) partWith() ui.Farewell {
	f := ui.Farewell{House: s.House.Name, Restarts: errors.Is(s.err, ui.ErrRestarts)}
	if !s.Terminal {
		if s.held != "" {
			s.taken--
		}
		if f.Restarts {
			f.Goodbye = fmt.Sprintf("of what came here %s taken", count(s.taken, "line", "was", "were"))
		}
		return f
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), cmp.Or(s.Keep, chat.SettleFor))
	defer cancel()
	text := s.edit.text
	if strings.HasPrefix(text, "/") {
		text = "" // it may hold a password
	}
	err := s.keepDraft(ctx, draft{s.room.id, text})
	switch {
	case err == nil:
		f.Kept = text != ""
		s.keepPlace(ctx)
	case text != "":
		f.Lost = append(f.Lost, text)
		fallthrough
	default:
		s.Log.Warn("keeping a draft", "user", s.Session.User().ID, "error", err)
	}
	return f
}

// keepDraft makes storage have the draft, and not the one before.
func (s *talk) keepDraft(ctx context.Context, now draft) error {
	user := s.Session.User()
	if was := s.kept; was.text != "" && was.room != now.room {
		if err := s.Service.KeepDraft(ctx, user, was.room, ""); err != nil {
			return err
		}
		s.kept = draft{}
	}
	if now.text == s.kept.text {
		return nil
	}
	return s.Service.KeepDraft(ctx, user, now.room, now.text)
}
