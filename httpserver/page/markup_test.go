package page_test

import (
	"context"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"teahouse/app/chat"
	"teahouse/httpserver/page"
)

// FuzzNothingIsTakenForMarkup: whatever things are called, the page has the same
// tags and the same style, and shows the names as they are.
func FuzzNothingIsTakenForMarkup(f *testing.F) {
	for _, bad := range []string{
		`</style><script>alert("x")</script><a href=x>&`, `"'><img src=x onerror=alert(1)>`, "</title><b>", "&lt;b&gt;",
		"<!--", "]]>", "<", "\x00<\x1b[31m\x7f\u0085\u2028", "\xc2<b>", "{{name}}{{keys}}", "{{style}}</style>",
	} {
		f.Add(bad, bad, bad, bad, bad)
	}
	f.Fuzz(func(t *testing.T, name, motd, region, replica, host string) {
		var plain, hostile string
		synctest.Test(t, func(t *testing.T) { // for the same time on both
			plain = pageOf(t, "name", "motd", "region", "replica", "host")
			hostile = pageOf(t, name, motd, region, replica, host)
		})
		if want, got := constant(plain), constant(hostile); !slices.Equal(got, want) {
			t.Errorf("the tags are %q, not %q", got, want)
		}
		motd, _, _ = strings.Cut(motd, "\n")
		for _, words := range []string{name, motd, region, replica} {
			if !strings.Contains(html.UnescapeString(hostile), words) {
				t.Errorf("the page lacks %q", words)
			}
		}
	})
}

// pageOf is a page of two replicas where things are called so.
func pageOf(t *testing.T, name, motd, region, replica, host string) string {
	h := newHouse(t)
	h.Name, h.Region, h.Replica = name, region, replica
	h.MOTD = func() string { return motd }
	h.Census = func(context.Context) (chat.Census, error) {
		return chat.Census{Replicas: []chat.Replica{{Name: replica, Region: region}, {Name: replica, Region: region, Self: true}}}, nil
	}
	return get(page.New(h.Options), host).Body.String()
}

// constant is what in a page is not words: its style and its tags, also one that
// has no end.
func constant(page string) []string {
	return regexp.MustCompile(`(?s)<style>.*?</style>|<[^>]*>?`).FindAllString(page, -1)
}
