package chat

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Code says of what kind an error is, so that a face can choose what to do
// without reading words.
type Code string

// The codes. Everything that is not an *Error counts as CodeInternal.
const (
	CodeInvalid     Code = "invalid"     // what was typed breaks a rule
	CodeNotFound    Code = "not_found"   // no such user, room or message
	CodeTaken       Code = "taken"       // somebody else has it
	CodeGone        Code = "gone"        // the user was there, and is no more
	CodeRefused     Code = "refused"     // not allowed to this user
	CodeAbsent      Code = "absent"      // somebody is not in the room; no face sees it
	CodeTooFast     Code = "too_fast"    // a rate was passed; later it would work
	CodeUnavailable Code = "unavailable" // storage does not answer; a retry is safe
	CodeInternal    Code = "internal"    // our fault; the log has the cause
)

// Error is what a person is told when something cannot be done. Text is a
// sentence fit to be shown as it is; Err, where there is one, is for the log.
type Error struct {
	Code Code
	Text string
	Err  error
	Wait time.Duration // after which it would work; 0: that is not known
}

// Errorf makes an Error of the code with a sentence for the person concerned.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Text: fmt.Sprintf(format, args...)}
}

// Slowed is for what can be done, but only after the wait.
func Slowed(wait time.Duration) *Error {
	wait = max(wait, time.Millisecond)
	return tooFast(wait, "the room is in slow mode; you can write there again in %s", inWords(wait))
}

func tooFast(wait time.Duration, format string, args ...any) *Error {
	e := Errorf(CodeTooFast, format, args...)
	e.Wait = wait
	return e
}

// inWords rounds a time up to what is worth saying.
func inWords(d time.Duration) string {
	unit := time.Second
	if d > 10*time.Minute {
		unit = time.Minute
	}
	d = (d + unit - 1).Truncate(unit)
	var parts []string
	for _, p := range []struct {
		n    time.Duration
		unit string
	}{{d / time.Hour, "h"}, {d % time.Hour / time.Minute, "min"}, {d % time.Minute / time.Second, "s"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.unit))
		}
	}
	return cmp.Or(strings.Join(parts, " "), "0 s")
}

// WaitOf tells after what time what failed would work; 0: that is not known.
func WaitOf(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.Wait
	}
	return 0
}

// Unavailable wraps what storage said when it could not be reached.
func Unavailable(err error) *Error {
	return &Error{Code: CodeUnavailable, Text: "the chat's storage does not answer; try again in a moment", Err: err}
}

// Broken wraps a panic that ends what somebody was doing here.
func Broken(cause error) *Error {
	return &Error{Code: CodeInternal, Text: "internal error; it has been logged. Connect again", Err: cause}
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Text + ": " + e.Err.Error()
	}
	return e.Text
}

func (e *Error) Unwrap() error { return e.Err }

// ErrorCode returns the code of err: "" for nil, CodeInternal for errors that
// carry none.
func ErrorCode(err error) Code {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	case errors.Is(err, context.DeadlineExceeded):
		return CodeUnavailable
	}
	return CodeInternal
}

// ErrorText returns the sentence to show for err. What is not an *Error is
// ours to explain in the log, not to people.
func ErrorText(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Text
	}
	if ErrorCode(err) == CodeUnavailable {
		return Unavailable(err).Text
	}
	return "internal error; it has been logged"
}
