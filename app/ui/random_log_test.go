package ui_test

import (
	"regexp"
	"strings"
	"unicode"

	"teahouse/e2e/house"
)

// line is a row of the log that belongs to a message.
type line struct{ at, who, text string }

// isLike tells whether two rows say the same; what one does not know does not
// count.
func (l line) isLike(other line) bool {
	same := func(a, b string) bool { return a == b || a == "" || b == "" }
	return l.text == other.text && same(l.at, other.at) && same(l.who, other.who)
}

// isDay is true of the line of a new day.
var isDay = regexp.MustCompile(`^ *[A-Z][a-z]+day \d+ [A-Z][a-z]+$`)

// logReader reads a log off a screen, with names of 6 letters at most.
type logReader struct {
	name, body int // columns
	on         bool
	at, who    string
	quote      string // to stand above the next message
	lines      []line
}

// readLog reads the log off a screen of at least 45 columns and 12 rows.
func readLog(rows []house.Row, width int) []line {
	if width >= 100 {
		width -= 24 // the roster's
	}
	r := &logReader{name: 8, body: 16}
	if width < 60 {
		r.name, r.body = 7, 14
	}
	foot := len(rows) - 1
	for foot > 3 && !strings.HasPrefix(rows[foot].Text, "──") {
		foot--
	}
	for _, row := range rows[2:foot] { // the status is no message's, either
		r.row([]rune(leftOf(row, width)))
	}
	for n := len(r.lines); n > 0 && r.lines[n-1].text == ""; n-- {
		r.lines = r.lines[:n-1]
	}
	return r.lines
}

// leftOf is what of a row stands before a column.
func leftOf(row house.Row, column int) string {
	for i := range row.Text {
		if row.Column(i) >= column {
			return strings.TrimRight(row.Text[:i], " ")
		}
	}
	return row.Text
}

// row reads one. Before the body all characters are as wide as one cell.
func (r *logReader) row(row []rune) {
	if isTime := unicode.IsDigit(at(row, 1)); isTime {
		r.at = string(row[1:6])
	} else if strings.TrimSpace(span(row, 0, 6)) != "" || isDay.MatchString(string(row)) {
		r.on, r.quote = false, "" // an answer, a rule, a day, or what waits
		return
	}
	switch first := at(row, r.name); {
	case first == '·':
		r.on = false // a notice
	case first == '*':
		who, _, _ := strings.Cut(string(row[r.name:]), " ")
		name, _, _ := strings.Cut(strings.TrimPrefix(string(row[r.name:]), "* "), " ")
		r.begin(who+" "+name, r.name+2, row)
	case first == '↪':
		r.on, r.quote = false, string(row[r.name:]) // what the next one replies to
	case first != ' ':
		r.begin(strings.TrimSpace(span(row, r.name, r.body)), r.body, row)
	case r.on:
		r.add(line{r.at, r.who, span(row, r.body, len(row))})
	}
}

// begin reads the first row of a message, or of several by one author.
func (r *logReader) begin(who string, from int, row []rune) {
	if r.quote != "" {
		r.add(line{who: "↪", text: r.quote})
	}
	r.on, r.who, r.quote = true, who, ""
	r.add(line{r.at, who, span(row, from, len(row))})
}

func (r *logReader) add(l line) { r.lines = append(r.lines, l) }

func at(row []rune, column int) rune {
	if column >= len(row) {
		return ' '
	}
	return row[column]
}

func span(row []rune, from, to int) string {
	return string(row[min(from, len(row)):min(to, len(row))])
}
