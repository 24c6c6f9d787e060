package page

import (
	_ "embed"
	"html"
	"strings"
	"time"

	"teahouse/app/chat"
)

// markup is HTML: the constants here, and what text makes of all else. The
// compiler takes no string for markup, so that no word gets by text. It is not
// html/template, as that keeps the linker from leaving out unused methods: the
// program would weigh ten megabytes more.
type markup string

// text is words, whoever wrote them, as they stand between tags. In attributes,
// scripts and styles nobody's words stand.
func text(words string) markup { return markup(html.EscapeString(words)) }

//go:embed page.html
var skeleton markup

//go:embed page.css
var style markup

// markup is the page. All its places are filled at once: braces in what goes into
// one are no place.
func (v view) markup() markup {
	return markup(strings.NewReplacer(
		"{{style}}", string(style),
		"{{name}}", string(text(v.Name)),
		"{{greeting}}", string(text(v.Greeting)),
		"{{come-in}}", string(v.comeIn()),
		"{{keys}}", string(v.keys()),
		"{{here}}", string(v.here()),
		"{{replicas}}", string(v.replicas()),
		"{{time}}", string(v.time()),
	).Replace(string(skeleton)))
}

func (v view) comeIn() markup {
	ssh, target := text(v.SSH), text(v.Target)
	m := "<pre><code>" + ssh + " " + target + "</code></pre>\n"
	switch v.Access {
	case chat.AccessClosed:
		return m + `<p>This chat takes nobody new. Who has been here before comes in by the key that they had then.</p>`
	case chat.AccessInvite:
		return m + "<p>Your key is who you are. New people come by invitation; with a code:</p>\n" +
			"<pre><code>" + ssh + " -t " + target + " join-code <i>CODE</i></code></pre>"
	}
	return m + `<p>Your key is who you are: the first time, you are in at once, under your user name. <code class="short">/nick</code> changes it.</p>`
}

func (v view) keys() (all markup) {
	for _, k := range v.Keys {
		all += k.markup()
	}
	return all
}

func (k key) markup() markup {
	kind, fingerprint := text(k.Kind), "<pre><code>"+text(k.Fingerprint)+"</code></pre>\n"
	if !k.Shown {
		return `<p class="aside">Known as well, and not shown at present (` + kind + "):</p>\n" + fingerprint
	}
	return fingerprint +
		`<p class="aside">` + kind + ` key. So that ssh need not ask, put this line into <code class="short">~/.ssh/known_hosts</code> before:</p>` + "\n" +
		`<pre class="long"><code>` + text(k.Line) + "</code></pre>\n"
}

func (v view) here() markup {
	if v.Here == "" {
		return `<p class="here warn">The chat’s memory does not answer.</p>` + "\n" +
			`<p>Who is in stays in. What they write waits with them, and goes out when it answers again.</p>`
	}
	return `<p class="here">` + text(v.Here) + `</p>`
}

func (v view) replicas() (all markup) {
	for _, r := range v.Replicas {
		all += r.markup()
	}
	return all
}

func (r replica) markup() markup {
	name, health := text(r.Name), markup("warn")
	if r.Self {
		name += ` <span class="self">(this one)</span>`
	}
	if r.Well {
		health = "well"
	}
	return `<tr><th scope="row">` + name + `</th><td>` + orDash(r.Region) + `</td><td class="n">` + orDash(r.Sessions) +
		`</td><td class="` + health + `">` + text(r.State) + "</td></tr>\n"
}

func orDash(words string) markup {
	if words == "" {
		return "–"
	}
	return text(words)
}

// time is a value in an attribute, the only one: of digits, as nobody has a say in it.
func (v view) time() markup {
	return `<time datetime="` + text(v.At.Format(time.RFC3339)) + `">` + text(v.At.Format(time.TimeOnly)) + ` UTC</time>`
}
