package markup

import (
	"testing"

	"github.com/muesli/termenv"

	"teahouse/app/ui/theme"
)

// BenchmarkRows is what painting one text costs: a plain one beside what
// wrapping it alone takes, and marked ones that are known and that are not.
func BenchmarkRows(b *testing.B) {
	const (
		plain  = "what is said in a room, more or less, over as many as two rows of a window"
		marked = "what is **said** in a _room_, more or less, @dora, over as many as `two` rows of a window"
	)
	p := New(theme.New(termenv.ANSI256, true), &Parser{})
	o := Options{Width: 58, Me: "dora"}
	b.Run("wrap", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Wrap(plain, o.Width)
		}
	})
	for name, body := range map[string]string{"plain": plain, "marked": marked, "letter": letter} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Rows(body, o)
			}
		})
		b.Run(name+"-new", func(b *testing.B) {
			b.ReportAllocs()
			grammar := newGrammar()
			for b.Loop() {
				p.parser = &Parser{grammar: grammar}
				p.Rows(body, o)
			}
		})
	}
}
