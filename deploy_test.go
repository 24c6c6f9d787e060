package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// The examples in docs/deploy are held against the program: what they set are
// its settings, and it takes them. Whether they fit their schemas is .ci/manifests'
// to see, and e2e/balancer_test.go runs the balancer.

// accepted fails the test unless all names are settings, or Go's own, and the
// program starts with the values.
func accepted(t *testing.T, settings map[string]string) Config {
	t.Helper()
	var known []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		known = append(known, f.Tag.Get("env"))
	}
	for name := range settings {
		if !slices.Contains(append(known, "GOMEMLIMIT"), name) {
			t.Errorf("%s is no setting", name)
		}
	}
	c, err := readConfig(settings)
	if err != nil {
		t.Errorf("the program refuses the settings: %v", err)
	}
	return c
}

// document is YAML as it was read.
type document struct {
	t    *testing.T
	what any
}

// documents reads all of a file of docs/deploy.
func documents(t *testing.T, file string) (all []document) {
	t.Helper()
	text, err := os.ReadFile("docs/deploy/" + file)
	if err != nil {
		t.Fatal(err)
	}
	for reader := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var what any
		if err := reader.Decode(&what); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, document{t, what})
	}
}

// at goes down by the names and numbers of a path; what is not there is nil.
func (d document) at(path string) document {
	for name := range strings.SplitSeq(path, ".") {
		switch what := d.what.(type) {
		case map[string]any:
			d.what = what[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(what) {
				d.t.Fatalf("%s: there is no %s in a list of %d", path, name, len(what))
			}
			d.what = what[i]
		default:
			d.what = nil
		}
	}
	return d
}

func (d document) text() string {
	if d.what == nil {
		return ""
	}
	return fmt.Sprint(d.what)
}

func (d document) list() (all []document) {
	list, _ := d.what.([]any)
	for _, what := range list {
		all = append(all, document{d.t, what})
	}
	return all
}

// is fails the test where something else stands at a path.
func (d document) is(path, want string) {
	d.t.Helper()
	if got := d.at(path).text(); got != want {
		d.t.Errorf("%s is %q, not %q", path, got, want)
	}
}

// seconds reads a number of them, or a duration.
func (d document) seconds(path string) time.Duration {
	d.t.Helper()
	text := d.at(path).text()
	if _, err := strconv.Atoi(text); err == nil {
		text += "s"
	}
	took, err := time.ParseDuration(text)
	if err != nil {
		d.t.Errorf("%s: %v", path, err)
	}
	return took
}

// kind gives the first document of a kind.
func kind(t *testing.T, kind string) document {
	t.Helper()
	for _, d := range documents(t, "kubernetes.yaml") {
		if d.at("kind").text() == kind {
			return d
		}
	}
	t.Fatalf("there is no %s", kind)
	return document{}
}

func TestKubernetesSettings(t *testing.T) {
	pod := kind(t, "Deployment").at("spec.template.spec")
	settings := map[string]string{}
	for _, v := range pod.at("containers.0.env").list() {
		value := v.at("value").text()
		switch v.at("valueFrom.secretKeyRef.key").text() + v.at("valueFrom.fieldRef.fieldPath").text() {
		case "REDIS_URL":
			value = "rediss://:secret@redis.example.com:6379"
		case "ADMIN_KEYS":
			value = "SHA256:+7Mp32er4lydoNiApNjjbYQK0PA6q+yZEYhxADwBN3M"
		case "metadata.name":
			value = "teahouse-7d4b9c-x2x8k"
		}
		settings[v.at("name").text()] = value
	}
	c := accepted(t, settings)
	if c.RedisURL == "" || c.ReplicaID == "" || len(c.admins) == 0 {
		t.Errorf("the settings come to %+v", c)
	}
	pod.is("containers.0.ports.0.containerPort", strings.TrimPrefix(c.SSHAddr, ":"))
	pod.is("containers.0.ports.1.containerPort", strings.TrimPrefix(c.HTTPAddr, ":"))
	pause := pod.seconds("containers.0.lifecycle.preStop.sleep.seconds")
	if grace := pod.seconds("terminationGracePeriodSeconds"); grace <= pause+c.DrainTimeout+2*time.Second {
		t.Errorf("it is killed after %s, and may take %s and %s", grace, pause, c.DrainTimeout)
	}
}

// TestKubernetesWords: what the schema has as any text, and what nobody may take
// out: the restricted standard of Pod Security, probes, where people come from.
func TestKubernetesWords(t *testing.T) {
	pod, service := kind(t, "Deployment").at("spec.template.spec"), kind(t, "Service").at("spec")
	service.is("type", "LoadBalancer")
	service.is("externalTrafficPolicy", "Local")
	service.is("ports.0.targetPort", pod.at("containers.0.ports.0.name").text())
	kind(t, "Deployment").is("spec.strategy.rollingUpdate.maxUnavailable", "0")
	kind(t, "PodDisruptionBudget").is("spec.maxUnavailable", "1")
	for path, want := range map[string]string{
		"securityContext.runAsNonRoot": "true", "securityContext.runAsUser": "65532",
		"securityContext.seccompProfile.type":                   "RuntimeDefault",
		"topologySpreadConstraints.0.whenUnsatisfiable":         "ScheduleAnyway",
		"topologySpreadConstraints.1.whenUnsatisfiable":         "ScheduleAnyway",
		"containers.0.securityContext.allowPrivilegeEscalation": "false",
		"containers.0.securityContext.readOnlyRootFilesystem":   "true",
		"containers.0.securityContext.capabilities.drop.0":      "ALL",
		"containers.0.resources.limits.memory":                  "1Gi",
		"containers.0.livenessProbe.httpGet.path":               "/healthz",
		"containers.0.startupProbe.httpGet.path":                "/healthz",
		"containers.0.readinessProbe.httpGet.path":              "/readyz",
	} {
		pod.is(path, want)
	}
	dockerfile, err := os.ReadFile("Dockerfile")
	if err != nil || !strings.Contains(string(dockerfile), "USER 65532:65532") {
		t.Errorf("the image has another user: %v", err)
	}
}

func TestComposeSettings(t *testing.T) {
	compose := documents(t, "compose.yaml")[0]
	for _, name := range []string{"tea1", "tea2"} {
		service := compose.at("services." + name)
		settings := map[string]string{}
		all, _ := service.at("environment").what.(map[string]any)
		for name, value := range all {
			settings[name] = strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(value), "${ADMIN_KEYS:-"), "}")
		}
		c := accepted(t, settings)
		if c.ReplicaID != name || c.ProxyProtocol != "required" {
			t.Errorf("the settings of %s come to %+v", name, c)
		}
		compose.is("networks.inside.ipam.config.0.subnet", settings["PROXY_TRUSTED"])
		if grace := service.seconds("stop_grace_period"); grace <= c.DrainTimeout+2*time.Second {
			t.Errorf("it is killed after %s, and may take %s", grace, c.DrainTimeout)
		}
		balancerKnows(t, name+c.SSHAddr+" send-proxy-v2", name+c.HTTPAddr+"\n", "check port "+strings.TrimPrefix(c.HTTPAddr, ":"))
	}
}

// balancerKnows fails the test where haproxy.cfg lacks one of the texts.
func balancerKnows(t *testing.T, texts ...string) {
	t.Helper()
	config, err := os.ReadFile("docs/deploy/haproxy.cfg")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		if !strings.Contains(string(config), text) {
			t.Errorf("haproxy.cfg lacks %q", text)
		}
	}
}
