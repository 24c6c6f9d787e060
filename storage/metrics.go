package storage

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
)

// metrics is what the store measures of Redis.
type metrics struct {
	took         prometheus.Histogram
	errors       *prometheus.CounterVec
	resubscribed prometheus.Counter
	buried       prometheus.Counter
}

// Kinds of errors, as the metric has them.
const (
	errorConnection = "connection" // none could be had, or it broke
	errorTimeout    = "timeout"    // no answer came in time
	errorAnswer     = "answer"     // Redis answered that it cannot do it
)

func newMetrics() *metrics {
	m := &metrics{
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "teahouse_redis_request_duration_seconds", Help: "Time until Redis had answered a request, or a pipeline of them.",
			Buckets: prometheus.ExponentialBuckets(0.00025, 2, 16), // to 8 s
		}),
		errors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "teahouse_redis_errors_total", Help: "Requests that came to nothing, and connections to Redis that could not be made.",
		}, []string{"kind"}),
		resubscribed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "teahouse_resubscriptions_total", Help: "Subscriptions of Redis that were lost and had to be made anew.",
		}),
		buried: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "teahouse_replicas_buried_total", Help: "Replicas that died without a word, of which this one removed the sessions.",
		}),
	}
	for _, kind := range []string{errorConnection, errorTimeout, errorAnswer} {
		m.errors.WithLabelValues(kind) // shown before the first one
	}
	return m
}

// Metrics gives what the store measures.
func (s *Store) Metrics() []prometheus.Collector {
	m := s.metrics
	return []prometheus.Collector{m.took, m.errors, m.resubscribed, m.buried}
}

// DialHook implements redis.Hook.
func (m *metrics) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := next(ctx, network, addr)
		if err != nil && !errors.Is(err, context.Canceled) {
			m.errors.WithLabelValues(errorConnection).Inc()
		}
		return c, err
	}
}

// ProcessHook implements redis.Hook.
func (m *metrics) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		began := time.Now()
		err := next(ctx, cmd)
		m.note(began, err)
		return err
	}
}

// ProcessPipelineHook implements redis.Hook.
func (m *metrics) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		began := time.Now()
		err := next(ctx, cmds)
		m.note(began, err)
		return err
	}
}

func (m *metrics) note(began time.Time, err error) {
	m.took.Observe(time.Since(began).Seconds())
	if kind := errorKind(err); kind != "" {
		m.errors.WithLabelValues(kind).Inc()
	}
}

// errorKind sorts an error for the metric; "" where it is none that an operator
// could do something about.
func errorKind(err error) string {
	var said redis.Error
	var timeout net.Error
	switch {
	case err == nil, errors.Is(err, redis.Nil), errors.Is(err, context.Canceled), redis.HasErrorPrefix(err, "NOSCRIPT"):
		return ""
	case errors.As(err, &said):
		return errorAnswer
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return errorTimeout
	}
	return errorConnection
}
