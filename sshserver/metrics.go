package sshserver

import "github.com/prometheus/client_golang/prometheus"

// Reasons for which connections, before they have proved a key, and sessions are
// turned away, as the metric has them.
const (
	reasonLobby   = "handshakes" // put out of a full lobby
	reasonBarred  = "barred"
	reasonPace    = "rate"
	reasonAddress = "address"
	reasonFull    = "full"
	reasonDrain   = "draining"

	// Of sessions of those who have proved one:
	reasonVisits    = "visits"    // one key's came too fast
	reasonNewcomers = "newcomers" // too many new keys of one address, or tries of a code
)

// Kinds of session, as metrics and logs have them.
const (
	kindScreen  = "screen"
	kindLines   = "lines"
	kindCommand = "command"
)

// fault is why an open connection is cut: for the metric and for the log.
type fault struct{ reason, words string }

// What makes the server cut a connection.
func faultUnread() fault     { return fault{"unread", "the client does not read"} }
func faultSilent() fault     { return fault{"silent", "the client opens a session and asks for nothing"} }
func faultUnanswered() fault { return fault{"unanswered", "the client does not answer"} }
func faultIdle() fault       { return fault{"idle", "the client runs no session"} }

// metrics is what the door counts.
type metrics struct {
	refused, cut, begun *prometheus.CounterVec
	sessions            *prometheus.GaugeVec
}

func newMetrics() metrics {
	m := metrics{
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "teahouse_refused_total", Help: "Connections and sessions that were turned away.",
		}, []string{"reason"}),
		cut: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "teahouse_cut_total", Help: "Open connections that were cut, as their clients did not do their part.",
		}, []string{"reason"}),
		begun: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "teahouse_sessions_begun_total", Help: "Screens, sessions of lines and commands that were begun.",
		}, []string{"kind"}),
		sessions: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "teahouse_sessions", Help: "Screens, sessions of lines and commands that are open.",
		}, []string{"kind"}),
	}
	m.showZeros()
	return m
}

// showZeros has everything be shown before it happens first: what appears only
// then has not risen, for who watches.
func (m metrics) showZeros() {
	for _, reason := range []string{reasonLobby, reasonBarred, reasonPace, reasonAddress, reasonFull, reasonDrain, reasonVisits, reasonNewcomers} {
		m.refused.WithLabelValues(reason)
	}
	for _, f := range []fault{faultUnread(), faultSilent(), faultUnanswered(), faultIdle()} {
		m.cut.WithLabelValues(f.reason)
	}
	for _, kind := range []string{kindScreen, kindLines, kindCommand} {
		m.begun.WithLabelValues(kind)
		m.sessions.WithLabelValues(kind)
	}
}

// counts counts a session of a kind in; what it gives counts it out.
func (m metrics) counts(kind string) (out func()) {
	m.begun.WithLabelValues(kind).Inc()
	open := m.sessions.WithLabelValues(kind)
	open.Inc()
	return open.Dec
}

// Metrics gives what the door counts.
func (s *Server) Metrics() []prometheus.Collector {
	m := s.metrics
	return []prometheus.Collector{
		m.refused, m.cut, m.begun, m.sessions,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "teahouse_sessions_limit", Help: "Sessions that may be open at a time: MAX_SESSIONS.",
		}, func() float64 { return float64(s.opts.MaxSessions) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "teahouse_connections", Help: "Connections that are open, those in their handshake among them.",
		}, func() float64 { return float64(s.Connections()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "teahouse_draining", Help: "1 while the replica sees everybody out, else 0.",
		}, func() float64 { return oneIf(s.isDraining()) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "teahouse_panics_total", Help: "Panics that were contained.",
		}, func() float64 { return float64(s.Panics()) }),
	}
}

func oneIf(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
