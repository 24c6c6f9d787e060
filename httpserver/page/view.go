package page

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"teahouse/app/chat"
	"teahouse/keys"
)

// view is the page's words that are not the same for every chat.
type view struct {
	Name, Greeting string
	Access         chat.Access
	SSH            string
	Target         string // what stands behind SSH's options: the host
	Keys           []key
	Here           string // how many, in words; "" where nobody knows
	Replicas       []replica
	At             time.Time
}

// key is a host key as people compare it.
type key struct {
	Kind, Fingerprint, Line string
	Shown                   bool
}

// replica is a row of the table.
type replica struct {
	Name, Region, State string
	Sessions            string // "" where nobody knows
	Well, Self          bool
}

func (p *Page) view(r *http.Request) view {
	now, host := p.now(r.Context()), p.host(r)
	greeting, _, _ := strings.Cut(p.opts.MOTD(), "\n")
	v := view{
		Name: p.opts.Name, Access: p.opts.Access,
		Greeting: cmp.Or(greeting, "A chat over ssh: nothing to install, no password."),
		SSH:      "ssh", Target: host.Name, Keys: shown(p.opts.Keys(), host),
		Replicas: []replica{p.self(now)}, At: now.at.UTC(),
	}
	if host.Port != 22 {
		v.SSH = fmt.Sprint("ssh -p ", host.Port)
	}
	if now.known {
		v.Here, v.Replicas = inWords(now.census.Here), p.replicas(now)
	}
	return v
}

// host is where people come in. The name under which a browser found the page
// is whatever it says: what is no name of a host becomes a placeholder.
func (p *Page) host(r *http.Request) keys.Host {
	if p.opts.Host.Name != "" {
		return p.opts.Host
	}
	name := r.Host
	if bare, _, err := net.SplitHostPort(name); err == nil {
		name = bare
	}
	host, err := keys.ParseHost(strings.Trim(name, "[]"))
	if err != nil {
		host.Name = "HOST"
	}
	host.Port = p.opts.Port
	return host
}

func shown(all []ssh.PublicKey, host keys.Host) (list []key) {
	for i, k := range all {
		list = append(list, key{
			Kind: kind(k), Fingerprint: keys.Fingerprint(k), Line: host.KnownHosts(k), Shown: i == 0,
		})
	}
	return list
}

// kind names a key's algorithm as ssh does where it asks.
func kind(k ssh.PublicKey) string {
	switch k.Type() {
	case ssh.KeyAlgoED25519:
		return "ED25519"
	case ssh.KeyAlgoRSA:
		return "RSA"
	case ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521:
		return "ECDSA"
	}
	return k.Type()
}

func inWords(people int) string {
	switch people {
	case 0:
		return "Nobody is here just now. The kettle is on."
	case 1:
		return "One person is here."
	}
	return fmt.Sprint(people, " people are here.")
}

// self is this replica, by what it knows of itself.
func (p *Page) self(now state) replica {
	r := replica{Name: p.opts.Replica, Region: p.opts.Region, Self: true, Well: now.ready, State: "ready"}
	if !now.ready {
		r.State = "not ready"
	}
	return r
}

// replicas lists all, by region and name.
func (p *Page) replicas(now state) (all []replica) {
	for _, c := range now.census.Replicas {
		r := replica{Name: c.Name, Region: c.Region, State: "well", Well: true}
		switch {
		case c.Self:
			r = p.self(now)
		case c.Late():
			r.Well, r.State = false, fmt.Sprintf("silent for %d\u00a0s", int(c.Silent.Seconds()))
		}
		r.Sessions = fmt.Sprint(c.Sessions)
		all = append(all, r)
	}
	if !slices.ContainsFunc(all, func(r replica) bool { return r.Self }) {
		all = append(all, p.self(now)) // its first word is still to come
	}
	slices.SortStableFunc(all, func(a, b replica) int {
		return cmp.Or(strings.Compare(a.Region, b.Region), strings.Compare(a.Name, b.Name))
	})
	return all
}
