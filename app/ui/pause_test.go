package ui

import (
	"testing"
	"time"
)

// TestPause: the next frame for news comes about a frame's time after the last one,
// at a time that all screens keep.
func TestPause(t *testing.T) {
	const beat = frameTime / 4
	now := time.Date(2026, 11, 26, 1, 2, 3, 0, time.UTC)
	for _, ago := range []time.Duration{0, 1, beat / 2, beat, frameTime / 2, frameTime - beat} {
		m := &model{}
		m.drawn.Store(now.Add(-ago).UnixNano())
		pause := m.pause(now)
		if gap := ago + pause; gap < frameTime-beat || gap > frameTime {
			t.Errorf("a frame comes %v after one", gap)
		}
		if at := now.Add(pause); !at.Equal(at.Truncate(beat)) {
			t.Errorf("it comes at %v, between two beats", at)
		}
	}
	for _, ago := range []time.Duration{frameTime + 1, time.Hour, -time.Hour} {
		m := &model{}
		m.drawn.Store(now.Add(-ago).UnixNano())
		if pause := m.pause(now); pause > 0 {
			t.Errorf("%v after a frame there is a pause of %v", ago, pause)
		}
	}
}

// TestRespite: after a frame that carried much the next one comes half a frame's
// time later than after others, or one and a half, and no more than that.
func TestRespite(t *testing.T) {
	now := time.Date(2026, 11, 26, 1, 2, 3, 0, time.UTC)
	for messages, most := range map[int]time.Duration{
		0: frameTime, 1: frameTime, crowded - 1: frameTime, crowded: frameTime * 3 / 2,
		torrent - 1: frameTime * 3 / 2, torrent: frameTime * 5 / 2, 1000: frameTime * 5 / 2,
	} {
		m := &model{}
		m.drawn.Store(now.Add(respite(messages)).UnixNano())
		if pause := m.pause(now); pause <= most-frameTime/4-time.Millisecond || pause > most {
			t.Errorf("%v pass after a frame of %d messages, want about %v", pause, messages, most)
		}
	}
}
