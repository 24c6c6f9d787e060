package archive

import (
	"reflect"
	"slices"
	"strings"
)

// kinds are the names of the fields of Line, in their order.
func kinds() []string {
	t := reflect.TypeFor[Line]()
	names := make([]string, t.NumField())
	for i := range names {
		names[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
	}
	return names
}

// kind tells which of its fields is set, by its place in kinds; -1 unless it
// is exactly one.
func (l Line) kind() int {
	v, found := reflect.ValueOf(l), -1
	for i := range v.NumField() {
		if v.Field(i).IsNil() {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = i
	}
	return found
}

// tally counts lines of each kind.
type tally struct {
	names  []string
	counts []int64
	lines  int64 // all, the first and the last among them
}

func newTally() tally {
	names := kinds()
	return tally{names: names, counts: make([]int64, len(names))}
}

func (t *tally) add(kind int) {
	t.counts[kind]++
	t.lines++
}

// of is how many there are of a kind.
func (t *tally) of(name string) int64 { return t.counts[slices.Index(t.names, name)] }

// end is what the last line says of those before it.
func (t *tally) end() *End {
	e := &End{Lines: map[string]int64{}}
	for i, n := range t.counts {
		if n > 0 && t.names[i] != "end" {
			e.Lines[t.names[i]] = n
		}
	}
	return e
}
