//go:build !undefended

// Package defence lets the fault tests switch off what keeps a chat whole, to
// see that they fail then: a test that passes either way shows nothing. Only a
// program built with the tag "undefended", which nobody should run, is without.
package defence

// On says that gaps are filled, posts are tried again, the sessions of dead
// replicas are removed, deaf subscriptions are found, news is heard where
// history is read, and panics are kept to what they happen in.
const On = true
