// Command sizes measures the functions and files of the program and fails when
// they outgrow what DESIGN asks for: a function fits the eye, and so does a file.
//
// Tests and generated files are not measured.
package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The limits. A function's length is its lines from func to the closing brace.
const (
	medianLimit = 10
	p95Limit    = 40
	fileLimit   = 400
)

type function struct {
	name  string
	where token.Position
	lines int
}

// survey is what was measured so far.
type survey struct {
	files     int
	functions []function
	tooLong   []string
}

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	var s survey
	if err := s.walk(root); err != nil {
		fmt.Fprintln(os.Stderr, "sizes:", err)
		os.Exit(1)
	}
	if !s.report() {
		os.Exit(1)
	}
}

func (s *survey) walk(root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("walking %s: %w", path, err)
		case entry.IsDir() && slices.Contains([]string{".git", ".tools", "testdata", "vendor"}, entry.Name()):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		return s.measure(path)
	})
}

func (s *survey) measure(path string) error {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	if ast.IsGenerated(file) {
		return nil
	}
	s.files++
	if lines := set.File(file.Pos()).LineCount(); lines >= fileLimit {
		s.tooLong = append(s.tooLong, fmt.Sprintf("%s: %d lines", path, lines))
	}
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil {
			from, to := set.Position(f.Pos()), set.Position(f.End())
			s.functions = append(s.functions, function{f.Name.Name, from, to.Line - from.Line + 1})
		}
	}
	return nil
}

// report prints the figures and says whether they are within the limits.
func (s *survey) report() bool {
	if len(s.functions) == 0 {
		fmt.Println("sizes: no functions yet")
		return true
	}
	slices.SortFunc(s.functions, func(a, b function) int { return cmp.Compare(a.lines, b.lines) })
	n := len(s.functions)
	median, p95 := s.functions[(n-1)/2].lines, s.functions[(n-1)*95/100].lines
	fmt.Printf("sizes: %d functions in %d files: median %d lines (at most %d), 95th percentile %d (at most %d)\n",
		n, s.files, median, medianLimit, p95, p95Limit)
	for _, f := range s.functions[max(0, n-5):] {
		fmt.Printf("sizes: among the longest: %s, %d lines (%s:%d)\n", f.name, f.lines, f.where.Filename, f.where.Line)
	}
	for _, long := range s.tooLong {
		fmt.Printf("sizes: %s (fewer than %d are wanted)\n", long, fileLimit)
	}
	return median <= medianLimit && p95 <= p95Limit && len(s.tooLong) == 0
}
