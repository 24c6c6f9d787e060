package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// sheet is what was measured: for each row, a reading a run.
type sheet struct {
	tables   []table
	readings map[string][]reading
	failed   map[string]error // the last failure of a row
}

// measure takes a reading of every row, again and again. A row that fails
// leaves its figures out and the others go on.
func (b *bench) measure(ctx context.Context, tables []table) (*sheet, error) {
	s := &sheet{tables: b.chosen(tables), readings: map[string][]reading{}, failed: map[string]error{}}
	if err := b.build(ctx); err != nil {
		return nil, err
	}
	for run := range b.runs {
		for _, t := range s.tables {
			for _, r := range t.rows {
				if ctx.Err() == nil {
					s.take(ctx, r, fmt.Sprintf("%d/%d", run+1, b.runs))
				}
			}
		}
	}
	return s, nil
}

func (s *sheet) take(ctx context.Context, r row, which string) {
	began := time.Now()
	got, err := r.take(ctx)
	took := time.Since(began).Round(100 * time.Millisecond)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s  %s: %v\n", which, r.key, err)
		s.failed[r.key], got = err, nil
	} else {
		fmt.Fprintf(os.Stderr, "%s  %s, %s: %s\n", which, r.key, took, got)
	}
	s.readings[r.key] = append(s.readings[r.key], got)
}

func (r reading) String() string {
	var parts []string
	for _, m := range slices.Sorted(maps.Keys(r)) {
		parts = append(parts, fmt.Sprintf("%s %.4g", m, r[m]))
	}
	return strings.Join(parts, "; ")
}

// chosen leaves only what -only matches.
func (b *bench) chosen(tables []table) (some []table) {
	for _, t := range tables {
		t.rows = slices.DeleteFunc(slices.Clone(t.rows), func(r row) bool { return !b.only.MatchString(r.key) })
		if len(t.rows) > 0 {
			some = append(some, t)
		}
	}
	return some
}

// err tells which rows have failed.
func (s *sheet) err() error {
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(s.failed)) {
		errs = append(errs, fmt.Errorf("%s: %w", key, s.failed[key]))
	}
	return errors.Join(errs...)
}

// value is the median of a figure over the runs.
func (s *sheet) value(key string, m measure) (float64, bool) {
	var all []float64
	for _, r := range s.readings[key] {
		if v, ok := r[m]; ok {
			all = append(all, v)
		}
	}
	return median(all)
}

// ratio is the median of a figure's ratios to the yardstick in the same run.
func (s *sheet) ratio(key, yard string, m measure) (float64, bool) {
	if key == yard {
		return 0, false
	}
	var all []float64
	yards := s.readings[yard]
	for i, r := range s.readings[key] {
		if i < len(yards) && yards[i][m] > 0 && r != nil {
			all = append(all, r[m]/yards[i][m])
		}
	}
	return median(all)
}

func median(all []float64) (float64, bool) {
	if len(all) == 0 {
		return 0, false
	}
	slices.Sort(all)
	n := len(all)
	return (all[(n-1)/2] + all[n/2]) / 2, true
}

// print writes the tables as Markdown.
func (s *sheet) print(w io.Writer) error {
	var b strings.Builder
	for _, t := range s.tables {
		fmt.Fprintf(&b, "### %s\n\n", t.title)
		s.printTable(&b, t)
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	if err != nil {
		return fmt.Errorf("printing the tables: %w", err)
	}
	return nil
}

func (s *sheet) printTable(b *strings.Builder, t table) {
	heads := slices.Clone(t.labels)
	for _, c := range t.columns {
		heads = append(heads, c.title())
	}
	fmt.Fprintf(b, "| %s |\n|%s\n", strings.Join(heads, " | "), strings.Repeat("---|", len(heads)))
	for _, r := range t.rows {
		cells := slices.Clone(r.labels)
		for _, c := range t.columns {
			cells = append(cells, s.cell(r, c))
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
	}
}

func (c column) title() string {
	if c.against != "" {
		return "× " + c.against
	}
	return string(c.of)
}

func (s *sheet) cell(r row, c column) string {
	value, ok := s.value(r.key, c.of)
	if c.against != "" {
		value, ok = s.ratio(r.key, r.yards[c.against], c.of)
	}
	if !ok {
		return ""
	}
	return fmt.Sprintf(c.form, value)
}
