package main

import (
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"teahouse/storage"
)

// showProgress draws how far something is, where that is seen: on a terminal.
// Done removes what was drawn.
func showProgress(w io.Writer, what string) (told storage.Progress, done func()) {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return func(int64, int64) {}, func() {}
	}
	bar := progressbar.NewOptions64(1,
		progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(what), progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true), progressbar.OptionFullWidth(), progressbar.OptionClearOnFinish(),
	)
	told = func(n, total int64) {
		if total > 0 && total != bar.GetMax64() {
			bar.ChangeMax64(total)
		}
		_ = bar.Set64(min(n, bar.GetMax64())) // what is not drawn is not missed
	}
	return told, func() { _ = bar.Clear() }
}
