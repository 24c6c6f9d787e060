package main

import (
	"runtime"
	"runtime/debug"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"teahouse/app/chat"
)

// metrics are those of all parts. The domain knows no metrics: what it counts
// becomes some here.
func (p *Program) metrics() []prometheus.Collector {
	return slices.Concat(p.ssh.Metrics(), p.store.Metrics(), chatMetrics(p.chat), []prometheus.Collector{buildInfo()})
}

// buildInfo tells what runs.
func buildInfo() prometheus.Collector {
	version, revision := "unknown", "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version, revision = info.Main.Version, setting(info, "vcs.revision")
	}
	g := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "teahouse_build_info", Help: "1, with what was built.",
		ConstLabels: prometheus.Labels{"version": version, "revision": revision, "go": runtime.Version()},
	})
	g.Set(1)
	return g
}

// chatMetrics are what the chat counts.
func chatMetrics(svc *chat.Service) []prometheus.Collector {
	counter := func(name, help string, of func(chat.Counts) int64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(of(svc.Counts())) })
	}
	renewals := func(result string, of func(chat.Counts) int64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "teahouse_lease_renewals_total", Help: "Tries to renew the lease that keeps this replica's people here.",
			ConstLabels: prometheus.Labels{"result": result},
		}, func() float64 { return float64(of(svc.Counts())) })
	}
	return []prometheus.Collector{
		counter("teahouse_joins_total", "People who entered a room, #general aside.", func(c chat.Counts) int64 { return c.Joins }),
		counter("teahouse_posts_total", "Messages that were posted by way of this replica.", func(c chat.Counts) int64 { return c.Posts }),
		counter("teahouse_deliveries_total", "Messages that clients were given, counted once for each session.", func(c chat.Counts) int64 { return c.Deliveries }),
		counter("teahouse_wakeups_total", "Sessions that were told that something has changed.", func(c chat.Counts) int64 { return c.Wakes }),
		counter("teahouse_gaps_found_total", "Times that news of a room did not go on from what was known.", func(c chat.Counts) int64 { return c.GapsFound }),
		counter("teahouse_gaps_filled_total", "Gaps of which all was read that was missing.", func(c chat.Counts) int64 { return c.GapsFilled }),
		counter("teahouse_rewinds_total", "Times that Redis had lost messages of a room.", func(c chat.Counts) int64 { return c.Rewinds }),
		renewals("ok", func(c chat.Counts) int64 { return c.Renewals }),
		renewals("failed", func(c chat.Counts) int64 { return c.RenewalsFailed }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "teahouse_storage_up", Help: "1 while Redis answers and news comes from it, else 0.",
		}, func() float64 {
			if svc.Hears() {
				return 1
			}
			return 0
		}),
		latencyMetric{svc: svc, desc: prometheus.NewDesc("teahouse_delivery_latency_seconds",
			"Time from a message's post to its being with a client; of those that came in one frame, the oldest's.", nil, nil)},
	}
}

// latencyMetric is the chat's histogram.
type latencyMetric struct {
	svc  *chat.Service
	desc *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (m latencyMetric) Describe(to chan<- *prometheus.Desc) { to <- m.desc }

// Collect implements prometheus.Collector.
func (m latencyMetric) Collect(to chan<- prometheus.Metric) {
	all := m.svc.Counts().Latency
	upTo := map[float64]uint64{}
	count, last := uint64(0), len(all.Buckets)-1
	for i, n := range all.Buckets {
		count += uint64(n)
		if i < last {
			upTo[all.Bound(i).Seconds()] = count
		}
	}
	to <- prometheus.MustNewConstHistogram(m.desc, count, all.Sum.Seconds(), upTo)
}
