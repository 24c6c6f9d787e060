package httpserver

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// registry has all that is measured; what is the chat's own names the region
// and the replica.
func registry(o Options) *prometheus.Registry {
	labels := prometheus.Labels{"region": o.Region, "replica": o.Replica}
	r := prometheus.NewRegistry()
	prometheus.WrapRegistererWith(labels, r).MustRegister(o.Metrics...)
	r.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewBuildInfoCollector(),
	)
	return r
}
