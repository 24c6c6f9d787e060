package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestLogKeys: what lines of the log name things by stands in docs/metrics.md, and
// nothing else does.
func TestLogKeys(t *testing.T) {
	text, err := os.ReadFile("docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "\n| key |")
	table, _, _ = strings.Cut(strings.TrimSpace(table), "\n\n")
	var told []string
	for _, row := range strings.Split(table, "\n")[2:] {
		told = append(told, quoted(strings.Split(row, "|")[1])...)
	}
	used := logKeys(t)
	for key, where := range used {
		if !slices.Contains(told, key) {
			t.Errorf("%s logs the key %q, which docs/metrics.md lacks", where, key)
		}
	}
	for _, key := range told {
		if _, is := used[key]; !is {
			t.Errorf("docs/metrics.md tells of the key %q, which nothing logs", key)
		}
	}
}

// logKeys gives the keys of all calls that log, and where one of each is.
func logKeys(t *testing.T) map[string]string {
	t.Helper()
	used, files := map[string]string{}, token.NewFileSet()
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() && (path == "bench" || path == "e2e" || path == "docs" || strings.HasPrefix(path, ".") && path != ".") {
			return errOr(err, fs.SkipDir)
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			for _, key := range keysOf(n) {
				used[key] = files.Position(n.Pos()).String()
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return used
}

func errOr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// keysOf gives the keys of a call that logs: of its pairs, which begin behind the
// message, or behind what Recover takes as well.
func keysOf(n ast.Node) (keys []string) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return pairsOf(n)
	}
	fun, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	from, logs := map[string]int{"Debug": 1, "Info": 1, "Warn": 1, "Error": 1, "Recover": 2, "With": 0}[fun.Sel.Name]
	if !logs || len(call.Args) < from {
		return nil
	}
	return evenStrings(call.Args[from:])
}

// pairsOf gives the keys of pairs that are kept for several calls.
func pairsOf(n ast.Node) []string {
	list, ok := n.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	array, ok := list.Type.(*ast.ArrayType)
	if !ok {
		return nil
	}
	if of, ok := array.Elt.(*ast.Ident); !ok || of.Name != "any" || len(list.Elts)%2 != 0 {
		return nil
	}
	return evenStrings(list.Elts)
}

func evenStrings(args []ast.Expr) (all []string) {
	for i := 0; i+1 < len(args); i += 2 {
		lit, ok := args[i].(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return all
		}
		if text, err := strconv.Unquote(lit.Value); err == nil {
			all = append(all, text)
		}
	}
	return all
}
