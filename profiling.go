//go:build profile

package main

import (
	"fmt"
	"net/http"
	_ "net/http/pprof" // what it registers is what is served
	"os"
)

// init serves profiles at PROFILE_ADDR, in a program that was built to be
// measured: see bench. It serves until the program ends.
func init() {
	go func() {
		err := http.ListenAndServe(os.Getenv("PROFILE_ADDR"), nil)
		fmt.Fprintln(os.Stderr, "teahouse: serving profiles:", err)
		os.Exit(exitFailed)
	}()
}
