package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// TestLinks: what the README and docs lead to is there, files as well as
// headings. Other people's sites are not asked.
func TestLinks(t *testing.T) {
	for _, from := range pages(t) {
		links, _ := readPage(t, from)
		for _, link := range links {
			if err := follow(t, from, link); err != nil {
				t.Errorf("%s leads to %s: %v", from, link, err)
			}
		}
	}
}

// TestDocsAreMapped: docs/README.md leads to all that docs has.
func TestDocsAreMapped(t *testing.T) {
	links, _ := readPage(t, "docs/README.md")
	there, err := os.ReadDir("docs")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range there {
		name := entry.Name()
		if entry.IsDir() {
			name += "/"
		}
		if name != "README.md" && !slices.Contains(links, name) {
			t.Errorf("docs/README.md does not lead to %s", name)
		}
	}
}

// pages gives the README and all pages under docs.
func pages(t *testing.T) []string {
	t.Helper()
	all := []string{"README.md"}
	for _, pattern := range []string{"docs/*.md", "docs/*/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found...)
	}
	return all
}

func follow(t *testing.T, from, link string) error {
	t.Helper()
	to, err := url.Parse(link)
	if err != nil || to.IsAbs() {
		return err
	}
	page := from
	if to.Path != "" {
		page = filepath.Join(filepath.Dir(from), to.Path)
	}
	if _, err := os.Stat(page); err != nil || to.Fragment == "" {
		return err
	}
	if _, headings := readPage(t, page); !slices.Contains(headings, to.Fragment) {
		return fmt.Errorf("the page has %q", headings)
	}
	return nil
}

// readPage gives where a page leads, and the anchors of its headings.
func readPage(t *testing.T, page string) (links, anchors []string) {
	t.Helper()
	source, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	root := goldmark.New(goldmark.WithExtensions(extension.Table)).Parser().Parse(text.NewReader(source))
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			links = append(links, string(n.Destination))
		case *ast.Image:
			links = append(links, string(n.Destination))
		case *ast.Heading:
			anchors = append(anchors, anchor(string(n.Lines().Value(source))))
		}
		return ast.WalkContinue, nil
	}) // no step of it fails
	return links, anchors
}

// anchor gives what GitHub makes of a heading.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}
