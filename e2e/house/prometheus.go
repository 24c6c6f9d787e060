package house

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// Prometheus is a server of it that watches replicas, every second.
type Prometheus struct {
	*Process
	Log *Transcript

	url     string
	targets string // the file of whom it watches

	mu      sync.Mutex
	watched map[string]string // addresses, by name
}

// StartPrometheus starts a server on a port of the loopback address, keeps its
// data in dir, and returns when it answers. Rules are the text of a file of
// rules, which are evaluated twice a second.
func StartPrometheus(ctx context.Context, dir string, port int, rules string) (*Prometheus, error) {
	p := &Prometheus{Log: &Transcript{}, url: "http://" + loopback(port), targets: filepath.Join(dir, "targets.json"), watched: map[string]string{}}
	for name, text := range map[string]string{"rules.yaml": rules, "targets.json": "[]", "config.yaml": `
global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 500ms}
rule_files: [rules.yaml]
scrape_configs:
  - job_name: teahouse
    honor_labels: true
    file_sd_configs: [{files: [targets.json], refresh_interval: 1s}]
`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, fmt.Errorf("setting Prometheus up: %w", err)
		}
	}
	cmd := exec.Command("prometheus", "--config.file", filepath.Join(dir, "config.yaml"),
		"--storage.tsdb.path", filepath.Join(dir, "data"), "--web.listen-address", loopback(port), "--log.level", "warn")
	cmd.Env, cmd.Dir = Environ(), dir
	cmd.Stdout, cmd.Stderr = p.Log, p.Log
	var err error
	if p.Process, err = StartProcess(cmd); err != nil {
		return nil, err
	}
	if err := Await(ctx, p.Done(), 0, func() bool { return p.ask(ctx, "/-/ready", nil) == nil }); err != nil {
		p.Kill()
		return nil, fmt.Errorf("prometheus does not answer: %w\n%s", err, p.Log)
	}
	return p, nil
}

// Watch has the server scrape a replica, as one of the name.
func (p *Prometheus) Watch(name string, port int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watched[name] = loopback(port)
	type group struct {
		Targets []string          `json:"targets"`
		Labels  map[string]string `json:"labels"`
	}
	var groups []group
	for name, addr := range p.watched {
		groups = append(groups, group{[]string{addr}, map[string]string{"replica": name}})
	}
	text, err := json.Marshal(groups)
	if err != nil {
		return err
	}
	if err := os.WriteFile(p.targets+".new", text, 0o600); err != nil {
		return fmt.Errorf("telling Prometheus whom to watch: %w", err)
	}
	return os.Rename(p.targets+".new", p.targets)
}

// Query gives the labels of each series that a query has now.
func (p *Prometheus) Query(ctx context.Context, query string) ([]map[string]string, error) {
	var answer struct {
		Data struct {
			Result []struct{ Metric map[string]string }
		}
	}
	if err := p.ask(ctx, "/api/v1/query?query="+url.QueryEscape(query), &answer); err != nil {
		return nil, err
	}
	var all []map[string]string
	for _, r := range answer.Data.Result {
		all = append(all, r.Metric)
	}
	return all, nil
}

// ask reads what the server answers as JSON, where into is not nil.
func (p *Prometheus) ask(ctx context.Context, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+path, nil)
	if err != nil {
		return fmt.Errorf("asking Prometheus: %w", err)
	}
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("asking Prometheus: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("asking Prometheus for %s: %s", strings.SplitN(path, "?", 2)[0], resp.Status)
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(into)
}
