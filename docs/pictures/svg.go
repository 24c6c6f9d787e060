package main

import (
	"bytes"
	"fmt"
	"html"
	"image/color"
	"strings"

	"teahouse/e2e/house"
)

// The measures of a picture. A cell is as wide as DejaVu Sans Mono draws it.
const (
	fontSize = 14
	cellW    = 8.43
	cellH    = 19.0
	baseline = 14.0 // below the top of a cell
	padX     = 14.0
	padY     = 8.0
	titleH   = 30.0
	cursorW  = "2"
)

// window is the colours of a terminal's window, and of text that has none.
type window struct{ paper, frame, edge, button, ink, cursor string }

func darkWindow() window {
	return window{"#1d1c19", "#2a2925", "#3c3a34", "#57534a", "#ddd8cc", "#a9c27e"}
}

func lightWindow() window {
	return window{"#fbfaf5", "#eeece2", "#d5d1c2", "#c9c4b2", "#2e2c27", "#4f6f2a"}
}

const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]s %[2]s" width="%[1]s" height="%[2]s" role="img" aria-label="%[3]s">
<style>text{font:%[4]dpx "DejaVu Sans Mono",Menlo,Consolas,"Liberation Mono",monospace;fill:%[14]s;white-space:pre}.b{font-weight:bold}.f{opacity:.6}.i{font-style:italic}path{fill:none}</style>
<rect x=".5" y=".5" width="%[5]s" height="%[6]s" rx="9" fill="%[10]s" stroke="%[12]s"/>
<path d="M1 %[7]s V10 Q1 1 10 1 H%[8]s q9 0 9 9 V%[7]s Z" style="fill:%[11]s"/>
<circle cx="19" cy="15.5" r="5" fill="%[13]s"/><circle cx="37" cy="15.5" r="5" fill="%[13]s"/><circle cx="55" cy="15.5" r="5" fill="%[13]s"/>
<text x="%[9]s" y="20" text-anchor="middle" font-size="13" class="f">%[3]s</text>
`

// draw makes a window with the screen in it.
func draw(s *house.Screen, win window) []byte {
	cells := s.Cells()
	last := cells[0][len(cells[0])-1]
	w := 2*padX + float64(last.Column+last.Width)*cellW
	h := titleH + 2*padY + float64(len(cells))*cellH
	var b bytes.Buffer
	fmt.Fprintf(&b, head, short(w), short(h), html.EscapeString(s.Title()), fontSize,
		short(w-1), short(h-1), short(titleH), short(w-10), short(w/2),
		win.paper, win.frame, win.edge, win.button, win.ink)
	x, y := s.Cursor()
	if !s.CursorHidden() {
		fmt.Fprintf(&b, "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\"/>\n",
			short(left(x)), short(top(y)), cursorW, short(cellH-2), win.cursor)
	}
	for y, row := range cells {
		lines(&b, y, row, win)
		for _, r := range words(row) {
			r.draw(&b, y, win)
		}
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

func left(column int) float64 { return padX + float64(column)*cellW }
func top(row int) float64     { return titleH + padY + float64(row)*cellH }

// word is text in a row that looks the same.
type word struct {
	house.Cell
	cells int
}

// words divides a row into words of one look. Each has a place of its own, so
// that columns align in whatever font.
func words(row []house.Cell) (all []word) {
	var now *word
	for _, c := range row {
		if strings.TrimSpace(c.Text) == "" && !c.Reverse || arms(c.Text) != "" {
			now = nil
			continue
		}
		if now == nil || c.Width != 1 || now.Width != 1 || look(c) != look(now.Cell) {
			all = append(all, word{Cell: c, cells: c.Width})
			now = &all[len(all)-1]
			continue
		}
		now.Text += c.Text
		now.cells++
	}
	return all
}

// look is what cells of one word have in common.
func look(c house.Cell) string {
	return fmt.Sprint(hex(c.Ink), c.Bold, c.Faint, c.Italic, c.Under, c.Struck, c.Reverse)
}

func (r word) draw(b *bytes.Buffer, row int, win window) {
	fill, width := hex(r.Ink), float64(r.cells)*cellW
	if r.Reverse {
		fmt.Fprintf(b, "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\"/>",
			short(left(r.Column)), short(top(row)), short(width), short(cellH), or(fill, win.ink))
		fill = win.paper
	}
	fmt.Fprintf(b, "<text x=\"%s\" y=\"%s\"", short(left(r.Column)), short(top(row)+baseline))
	if r.cells > 1 && r.Width == 1 {
		fmt.Fprintf(b, " textLength=\"%s\"", short(width))
	}
	if class := strings.Join(strings.Fields(is(r.Bold, "b ")+is(r.Faint, "f ")+is(r.Italic, "i")), " "); class != "" {
		fmt.Fprintf(b, " class=\"%s\"", class)
	}
	if line := strings.TrimSpace(is(r.Under, "underline ") + is(r.Struck, "line-through")); line != "" {
		fmt.Fprintf(b, " text-decoration=\"%s\"", line)
	}
	if fill != "" {
		// A style, as the sheet's fill is stronger than an attribute.
		fmt.Fprintf(b, " style=\"fill:%s\"", fill)
	}
	fmt.Fprintf(b, ">%s</text>\n", html.EscapeString(r.Text))
}

// arms are the sides to which a line of a box goes: letters of "LRUD"; "" for
// other text. Fonts leave gaps between such characters.
func arms(text string) string {
	return map[string]string{
		"─": "LR", "│": "UD", "┬": "LRD", "┴": "LRU", "╭": "RD", "╮": "LD", "╰": "RU", "╯": "LU",
	}[text]
}

// lines draws what a row has of boxes, lines that continue as one.
func lines(b *bytes.Buffer, y int, row []house.Cell, win window) {
	for i := 0; i < len(row); i++ {
		sides, from := arms(row[i].Text), i
		if sides == "" {
			continue
		}
		path := vertical(sides, row[i].Column, y)
		for strings.Contains(arms(row[i].Text), "R") && i+1 < len(row) && strings.Contains(arms(row[i+1].Text), "L") && hex(row[i+1].Ink) == hex(row[from].Ink) {
			i++
			path += vertical(arms(row[i].Text), row[i].Column, y)
		}
		path += horizontal(row[from], row[i], y)
		fmt.Fprintf(b, "<path d=\"%s\" stroke=\"%s\"/>\n", path, or(hex(row[from].Ink), win.ink))
	}
}

// horizontal is the line from one cell of a box to another.
func horizontal(first, last house.Cell, row int) string {
	from, to := left(first.Column), left(last.Column+1)
	if !strings.Contains(arms(first.Text), "L") {
		from += cellW / 2
	}
	if !strings.Contains(arms(last.Text), "R") {
		to -= cellW / 2
	}
	if from >= to {
		return ""
	}
	return fmt.Sprintf("M%s %sH%s", short(from), short(top(row)+cellH/2), short(to))
}

// vertical is the part of a box's line that goes up or down.
func vertical(sides string, column, row int) string {
	from, to := top(row), top(row)+cellH
	if !strings.Contains(sides, "U") {
		from += cellH / 2
	}
	if !strings.Contains(sides, "D") {
		to -= cellH / 2
	}
	if from >= to {
		return ""
	}
	return fmt.Sprintf("M%s %sV%s", short(left(column)+cellW/2), short(from), short(to))
}

func hex(c color.Color) string {
	if c == nil {
		return ""
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// short writes a number with no more digits than can be seen.
func short(f float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", f), "0"), ".")
}

func is(yes bool, word string) string {
	if yes {
		return word
	}
	return ""
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
