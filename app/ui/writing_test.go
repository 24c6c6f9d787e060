package ui_test

import (
	"strings"
	"testing"
)

func TestEditing(t *testing.T) {
	svc := newChat(t)
	alice := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	bob := sit(t, svc, userOf(t, svc, "bob"), 80, 24)
	alice.keys(up)
	alice.sees("nothing of yours to edit")
	alice.keys("helo bob", enter)
	alice.sees("you     helo bob", "!…")
	bob.keys("hi", enter)
	alice.sees("hi")

	alice.keys(up)
	alice.sees("› helo bob", "editing your message")
	alice.keys(" and all", escape)
	alice.sees("message #general", "!editing", "!and all")
	alice.keys(up, ctrlC)
	alice.sees("message #general", "!editing")
	alice.keys(up, strings.Repeat("\x7f", 6), "llo bob", enter)
	bob.sees("alice   hello bob (edited)", "!helo")
	alice.sees("you     hello bob (edited)", "message #general")

	alice.keys("/me waves", enter)
	bob.sees("* alice waves")
	alice.keys(up)
	alice.sees("› /me waves")
	alice.keys("!", enter)
	bob.sees("* alice waves! (edited)")
}

func TestDeleting(t *testing.T) {
	svc := newChat(t)
	alice := sit(t, svc, userOf(t, svc, "alice"), 80, 24)
	alice.keys("oops", enter)
	alice.sees("you     oops", "!…")
	alice.keys(up, "\x15", enter)
	alice.sees("Enter once more deletes", "oops")
	alice.keys(enter)
	alice.sees("message deleted", "!oops")
	alice.keys(up)
	alice.sees("nothing of yours to edit")
}

// TestEditLost has the message deleted on another device meanwhile.
func TestEditLost(t *testing.T) {
	svc := newChat(t)
	user := userOf(t, svc, "alice")
	alice := sit(t, svc, user, 80, 24)
	alice.keys("first", enter)
	alice.sees("you     first", "!…")
	alice.keys(up, " second")
	alice.sees("› first second")
	view, _ := alice.Room("0")
	_, err := svc.Delete(t.Context(), user, view.Room, 1)
	must(t, err)
	alice.sees("message deleted")
	alice.keys(enter)
	alice.sees("not done: the message has been deleted", "› first second")
}
