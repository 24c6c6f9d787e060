package contain_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"teahouse/internal/contain"
)

func TestAPanicIsToldCountedAndHandedOn(t *testing.T) {
	var log bytes.Buffer
	p := contain.New(slog.New(slog.NewTextHandler(&log, nil)))
	var cause error
	func() {
		defer p.Recover("the kitchen", func(err error) { cause = err }, "who", "alice")
		panic("the kettle is empty")
	}()
	if cause == nil || cause.Error() != "panic in the kitchen: the kettle is empty" {
		t.Errorf("handed on was %v", cause)
	}
	for _, want := range []string{"level=ERROR", `in="the kitchen"`, `panic="the kettle is empty"`, "who=alice", "contain_test.go"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%s is not in the log: %s", want, &log)
		}
	}
	if p.Count() != 1 {
		t.Errorf("%d panics were counted", p.Count())
	}
}

func TestTryGivesErrorsAndPanics(t *testing.T) {
	p := contain.New(slog.New(slog.DiscardHandler))
	refused := errors.New("no tea")
	if err := p.Try("the kitchen", func() error { return refused }); !errors.Is(err, refused) || p.Count() != 0 {
		t.Errorf("an error became %v, of %d panics", err, p.Count())
	}
	if err := p.Try("the kitchen", func() error { panic("no cups") }); err == nil || p.Count() != 1 {
		t.Errorf("a panic became %v, of %d panics", err, p.Count())
	}
}

func TestWhereNobodyIsToldAPanicEndsToo(t *testing.T) {
	var none *contain.Panics
	if err := none.Try("the kitchen", func() error { panic("no cups") }); err == nil {
		t.Error("the panic became no error")
	}
	if none.Or(slog.New(slog.DiscardHandler)) == nil {
		t.Error("there is still nobody to tell")
	}
}
