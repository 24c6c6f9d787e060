//go:build !faults

// Package faults lets the end-to-end tests make the built program panic where
// they want it to. Only a program built with the tag "faults", which nobody
// should run, can be made to.
package faults

// On is false: nothing here does anything, nor is compiled in.
const On = false

// At does nothing.
func At(place, about string) {}
