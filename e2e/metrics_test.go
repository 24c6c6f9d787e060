package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"

	"teahouse/e2e/house"
)

// rule is an alert of docs/alerts.yaml.
type rule struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for,omitempty"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

// rulebook is such a file.
type rulebook struct {
	Groups []struct {
		Name  string `yaml:"name"`
		Rules []rule `yaml:"rules"`
	} `yaml:"groups"`
}

func readRules(t *testing.T) (book rulebook) {
	t.Helper()
	text, err := os.ReadFile("../docs/alerts.yaml")
	if err == nil {
		err = yaml.Unmarshal(text, &book)
	}
	if err != nil || len(book.Groups) != 1 {
		t.Fatalf("%d groups of rules: %v", len(book.Groups), err)
	}
	return book
}

// dashboard gives the queries of docs/grafana.json, by the panels' titles.
func dashboard(t *testing.T) map[string][]string {
	t.Helper()
	var board struct {
		Panels []struct {
			Title, Type string
			Targets     []struct{ Expr string }
		}
	}
	text, err := os.ReadFile("../docs/grafana.json")
	if err == nil {
		err = json.Unmarshal(text, &board)
	}
	if err != nil {
		t.Fatal(err)
	}
	variables := strings.NewReplacer("$__rate_interval", "5m", "$region", ".*", "$replica", ".*")
	queries := map[string][]string{}
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			queries[p.Title] = append(queries[p.Title], variables.Replace(target.Expr))
		}
		if p.Type != "row" && len(queries[p.Title]) == 0 {
			t.Errorf("the panel %q shows nothing", p.Title)
		}
	}
	return queries
}

// scrape is what /metrics of a replica has, as text and by name.
func (w *town) scrape(replica int) (text string, families map[string]*dto.MetricFamily) {
	w.Helper()
	answer, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/metrics", w.replicas[replica].HTTPPort))
	w.must(err)
	defer http.DefaultClient.CloseIdleConnections()
	defer func() { w.must(answer.Body.Close()) }()
	body, err := io.ReadAll(answer.Body)
	w.must(err)
	text = string(body)
	p := expfmt.NewTextParser(model.UTF8Validation)
	families, err = p.TextToMetricFamilies(strings.NewReader(text))
	w.must(err)
	return text, families
}

// series gives the series of a replica as Prometheus has them.
func series(families map[string]*dto.MetricFamily) (all []labels.Labels) {
	for name, family := range families {
		for _, m := range family.Metric {
			of := map[string]string{"job": "teahouse", "instance": "x"}
			for _, l := range m.Label {
				of[l.GetName()] = l.GetValue()
			}
			names := []string{name}
			if family.GetType() == dto.MetricType_HISTOGRAM {
				names = []string{name + "_sum", name + "_count"}
				bucket := maps.Clone(of)
				bucket["le"], bucket["__name__"] = "+Inf", name+"_bucket"
				all = append(all, labels.FromMap(bucket))
			}
			for _, n := range names {
				of["__name__"] = n
				all = append(all, labels.FromMap(of))
			}
		}
	}
	return append(all, labels.FromStrings("__name__", "up", "job", "teahouse", "instance", "x"))
}

// check fails where a query asks for series, or sums by labels, that there are
// not.
func check(t *testing.T, where, query string, all []labels.Labels) {
	t.Helper()
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(query)
	if err != nil {
		t.Errorf("%s: %s: %v", where, query, err)
		return
	}
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			if len(selected(n, all)) == 0 {
				t.Errorf("%s asks for %s, of which there is nothing", where, n)
			}
		case *parser.AggregateExpr:
			for _, name := range n.Grouping {
				if !slices.ContainsFunc(within(n, all), func(l labels.Labels) bool { return l.Has(name) }) {
					t.Errorf("%s sums by %s, which nothing in %s has", where, name, n.Expr)
				}
			}
		}
		return nil
	})
}

// selected gives the series that a selector means. A label that a series has not
// is one that is told wrongly, not one that is empty.
func selected(n *parser.VectorSelector, all []labels.Labels) (found []labels.Labels) {
	for _, l := range all {
		if !slices.ContainsFunc(n.LabelMatchers, func(m *labels.Matcher) bool { return !l.Has(m.Name) || !m.Matches(l.Get(m.Name)) }) {
			found = append(found, l)
		}
	}
	return found
}

// within gives the series that are asked for below a node.
func within(node parser.Node, all []labels.Labels) (found []labels.Labels) {
	parser.Inspect(node, func(below parser.Node, _ []parser.Node) error {
		if n, ok := below.(*parser.VectorSelector); ok {
			found = append(found, selected(n, all)...)
		}
		return nil
	})
	return found
}

// tabled gives the rows of a table in docs/metrics.md, by the first cell.
func tabled(t *testing.T, head string) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "\n| "+head)
	if !found {
		t.Fatalf("there is no table %q", head)
	}
	table, _, _ = strings.Cut(table, "\n\n")
	rows := map[string][]string{}
	for _, row := range strings.Split(table, "\n")[2:] {
		cells := strings.Split(strings.Trim(row, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows[strings.Trim(cells[0], "`")] = cells[1:]
	}
	return rows
}

// TestMetrics: what the program measures is what the dashboard and the alerts ask
// for and what is documented, and is named as Prometheus wants it.
func TestMetrics(t *testing.T) {
	w := newTown(t, 1, "REGION=ams")
	w.live()
	text, families := w.scrape(0)
	all := series(families)
	for _, r := range readRules(t).Groups[0].Rules {
		check(t, r.Alert, r.Expr, all)
	}
	for title, queries := range dashboard(t) {
		for _, query := range queries {
			check(t, title, query, all)
		}
	}
	w.named(text)
	documented(t, families)
}

// named holds names to what is usual.
func (w *town) named(text string) {
	w.Helper()
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	w.must(err)
	for _, p := range problems {
		if !strings.HasPrefix(p.Metric, "go_") { // named by the library
			w.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

// documented holds the table of metrics against those that there are.
func documented(t *testing.T, families map[string]*dto.MetricFamily) {
	t.Helper()
	table := tabled(t, "metric | labels")
	for name, family := range families {
		if !strings.HasPrefix(name, "teahouse_") {
			continue
		}
		row, is := table[name]
		if !is {
			t.Errorf("docs/metrics.md lacks %s", name)
			continue
		}
		delete(table, name)
		if want := strings.ToLower(family.GetType().String()); row[1] != want {
			t.Errorf("%s is a %s, not a %s", name, want, row[1])
		}
		own := labelsOf(family)
		for name, values := range own {
			for value := range values {
				if len(values) > 1 && !strings.Contains(row[2], "`"+value+"`") {
					t.Errorf("of %s the table lacks %s=%q", family.GetName(), name, value)
				}
			}
		}
		var told []string
		for _, found := range regexp.MustCompile("`([a-z]+)`").FindAllStringSubmatch(row[0], -1) {
			told = append(told, found[1])
		}
		told = append(told, "region", "replica")
		if slices.Sort(told); !slices.Equal(told, slices.Sorted(maps.Keys(own))) {
			t.Errorf("%s has the labels %v, not %v", name, slices.Sorted(maps.Keys(own)), told)
		}
	}
	for name := range table {
		t.Errorf("there is no metric %s", name)
	}
}

// labelsOf gives the labels that a metric has, and their values.
func labelsOf(family *dto.MetricFamily) map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for _, m := range family.Metric {
		for _, l := range m.Label {
			if all[l.GetName()] == nil {
				all[l.GetName()] = map[string]bool{}
			}
			all[l.GetName()][l.GetValue()] = true
		}
	}
	return all
}

// live does everything once that is counted and costs no minute, and waits until
// it is in the numbers.
func (w *town) live() {
	w.Helper()
	alice := w.person("alice")
	w.tail("tina", 0)
	w.ssh(alice, 0, "", "send", "general", "hi")
	w.ssh(alice, 0, "", "join", "ops")
	// As if a change had been made of which nothing was heard.
	for _, command := range []string{"HINCRBY room:{0}:head rev 1", "CLIENT KILL TYPE pubsub"} {
		_, err := w.redis.Do(w.ctx, strings.Fields(command)...)
		w.must(err)
		w.ssh(alice, 0, "", "send", "general", "hi after "+command)
	}
	least := map[string]float64{
		"teahouse_build_info": 1, "teahouse_connections": 1, "teahouse_deliveries_total": 1, "teahouse_delivery_latency_seconds": 1,
		"teahouse_gaps_found_total": 1, "teahouse_gaps_filled_total": 1, "teahouse_joins_total": 1, "teahouse_lease_renewals_total": 1,
		"teahouse_posts_total": 3, "teahouse_redis_request_duration_seconds": 10, "teahouse_resubscriptions_total": 1,
		"teahouse_sessions": 1, "teahouse_sessions_begun_total": 5, "teahouse_sessions_limit": 10000, "teahouse_storage_up": 1, "teahouse_wakeups_total": 1,
	}
	var lacks []string
	err := house.Await(w.ctx, w.replicas[0].Done(), 0, func() bool {
		_, families := w.scrape(0)
		lacks = slices.DeleteFunc(slices.Sorted(maps.Keys(least)), func(name string) bool { return sum(families[name]) >= least[name] })
		return len(lacks) == 0
	})
	if err != nil {
		w.Fatalf("%v: %v", err, lacks)
	}
}

// sum adds up what a metric has counted.
func sum(family *dto.MetricFamily) (total float64) {
	for _, m := range family.GetMetric() {
		total += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
	}
	return total
}

// TestAlertsAreDocumented: the table has the alerts, and every one says what to
// do.
func TestAlertsAreDocumented(t *testing.T) {
	table := tabled(t, "alert | when")
	for _, r := range readRules(t).Groups[0].Rules {
		if _, is := table[r.Alert]; !is {
			t.Errorf("docs/metrics.md lacks %s", r.Alert)
		}
		delete(table, r.Alert)
		if severity := r.Labels["severity"]; severity != "warning" && severity != "critical" {
			t.Errorf("the severity of %s is %q", r.Alert, severity)
		}
		if r.Annotations["summary"] == "" || r.Annotations["action"] == "" {
			t.Errorf("%s does not say what is wrong, or what to do", r.Alert)
		}
	}
	for name := range table {
		t.Errorf("there is no alert %s", name)
	}
}
