// Package httpserver answers those who run the chat: is the process alive, may
// it be sent people, and what does it measure. It has a page for browsers, too.
package httpserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// readyTime is how long /readyz waits for an answer of storage.
const readyTime = 2 * time.Second

// Options say what there is to tell.
type Options struct {
	Ready    func(ctx context.Context) error // why nobody should be sent here; nil when ready
	Metrics  []prometheus.Collector          // what there is to measure, beside the process itself
	Profiles bool                            // whether /debug/pprof is served, to whoever asks
	Region   string
	Replica  string
	Page     http.Handler // at /
	Log      *slog.Logger
}

// Server serves /, /healthz, /readyz, /metrics and, where it is asked for,
// /debug/pprof. Make it with New.
type Server struct {
	http *http.Server
}

// New makes a server.
func New(o Options) *Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, "ok")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyTime)
		defer cancel()
		if err := o.Ready(ctx); err != nil {
			o.Log.Debug("not ready", "error", err)
			answer(w, http.StatusServiceUnavailable, "not ready: "+err.Error())
			return
		}
		answer(w, http.StatusOK, "ready")
	})
	mux.Handle("GET /{$}", o.Page)
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusNotFound, "there is nothing here; the page at / says how to come in")
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry(o), promhttp.HandlerOpts{}))
	if o.Profiles {
		serveProfiles(mux)
	}
	return &Server{http: &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute,
		ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug),
	}}
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, text) // whoever asked is gone
}

// Serve answers until Close, which makes it return nil.
func (s *Server) Serve(ln net.Listener) error {
	if err := s.http.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving HTTP: %w", err)
	}
	return nil
}

// Close stops the server at once.
func (s *Server) Close() error { return s.http.Close() }
