package ui

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"teahouse/app/chat"
	"teahouse/app/ui/screen"
	"teahouse/app/ui/theme"
	"teahouse/internal/contain"
	"teahouse/storage"
	"teahouse/storage/embedded"
)

// BenchmarkDelivery is what one delivered message costs one session: taking it
// in and drawing it, without the network and the event loop.
func BenchmarkDelivery(b *testing.B) {
	for name, size := range map[string]Size{"80x24": {80, 24}, "120x40": {120, 40}} {
		b.Run(name, func(b *testing.B) {
			m := benchModel(b, size)
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				benchPost(b, m)
				b.StartTimer()
				m.woken(m.Session.Stirred())
			}
		})
	}
}

// BenchmarkKey is what a key costs that changes one character.
func BenchmarkKey(b *testing.B) {
	m := benchModel(b, Size{80, 24})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.composer.SetValue([]string{"a", "b"}[i%2])
		m.draw()
	}
}

// benchModel is a session in a room with enough in it to fill the screen.
func benchModel(b testing.TB, size Size) *model {
	b.Helper()
	log := slog.New(slog.DiscardHandler)
	svc := benchChat(b, log)
	user, _, err := svc.Enter(b.Context(), chat.Key{Fingerprint: "SHA256:alice", Line: "alice"}, "alice")
	if err != nil {
		b.Fatal(err)
	}
	session, err := svc.Connect(b.Context(), user)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { session.Close(context.Background()) })
	scr := screen.New(io.Discard, size.Width, size.Height)
	if err := scr.Start(""); err != nil {
		b.Fatal(err)
	}
	m := newModel(b.Context(), &Options{Shared: NewShared(contain.New(log)),
		House: House{Name: "teahouse", Region: "ams"}, Service: svc, Session: session,
		Size: func() Size { return size }, Log: log,
	}, scr, size, theme.Detect("xterm-256color", "", false))
	for range 2 * size.Height {
		benchPost(b, m)
		m.pull()
		m.draw()
	}
	return m
}

func benchChat(b testing.TB, log *slog.Logger) *chat.Service {
	b.Helper()
	server, err := embedded.Start(b.Context(), b.TempDir(), log)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Close() })
	store, err := storage.Open(b.Context(), storage.Options{URL: server.URL(), HistoryLimit: 1000, Patience: time.Minute, Log: log})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	svc := chat.New(store, log, chat.Options{Replica: "bench"})
	b.Cleanup(svc.Close)
	return svc
}

// benchPost has somebody else post a message, and waits until the session has it.
func benchPost(b testing.TB, m *model) {
	b.Helper()
	bob, _, err := m.Service.Enter(b.Context(), chat.Key{Fingerprint: "SHA256:bob", Line: "bob"}, "bob")
	if err != nil {
		b.Fatal(err)
	}
	draft, err := m.Service.Compose(bob, chat.General, chat.KindText, "what is said in a room, more or less")
	if err != nil {
		b.Fatal(err)
	}
	posted, err := m.Service.Post(b.Context(), draft)
	if err != nil {
		b.Fatal(err)
	}
	for {
		if view, ok := m.Session.Room(chat.General); ok && view.Head >= posted.ID {
			return
		}
		<-m.Session.Wake()
	}
}
