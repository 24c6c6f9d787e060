package main

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"os"
	"path/filepath"
	"strconv"
)

// The measures of a plot.
const (
	plotW, plotH          = 640.0, 360.0
	plotLeft, plotRight   = 64.0, 150.0
	plotTop, plotBottom   = 44.0, 48.0
	plotTicks             = 5 // at most
	plotHead, plotCaption = 24.0, 12.0
)

// line is one server's figures over the number of sessions.
type line struct {
	name   string
	points []point
}

type point struct{ x, y float64 }

// plot draws how cost and lateness grow with the sessions of one room, where
// enough was measured to draw a line. It returns what shows the pictures in a
// page of the same folder.
func (s *sheet) plot(folder string) (links string, err error) {
	for _, p := range []struct {
		file, title string
		of          measure
	}{
		{"performance-cpu.svg", "CPU time a delivered message (µs)", cpuEach},
		{"performance-p99.svg", "Latency, p99 (ms)", late},
	} {
		lines := s.lines(p.of)
		if len(lines) == 0 {
			continue
		}
		if err := os.WriteFile(filepath.Join(folder, p.file), drawPlot(p.title, lines), 0o644); err != nil {
			return links, fmt.Errorf("keeping a plot: %w", err)
		}
		links += fmt.Sprintf("![%s, over the sessions of a room](%s)\n\n", p.title, p.file)
	}
	return links, nil
}

// lines finds what was measured in one room at 10 messages a second.
func (s *sheet) lines(of measure) (lines []line) {
	for _, set := range setups(bareCopy, embedded, oneReplica, twoReplicas) {
		l := line{name: set.name}
		for _, sessions := range []int{100, 300, 1000} {
			sh := shape{sessions, 10, 80, 24, 1}
			if v, ok := s.value(deliveryKey(sh, set.name), of); ok {
				l.points = append(l.points, point{float64(sessions), v})
			}
		}
		if len(l.points) > 1 {
			lines = append(lines, l)
		}
	}
	return lines
}

// plotStyle follows the reader's light or dark.
func plotStyle() string {
	return `<style>
text{font:12px "DejaVu Sans",Verdana,sans-serif}.title{font-size:14px;font-weight:bold}.end{text-anchor:end}.mid{text-anchor:middle}
` + colours("#fbfaf5", "#d5d1c2", "#2e2c27", "#7a766b", "#4f6f2a", "#2b6c99", "#a3521f") + `
@media(prefers-color-scheme:dark){
` + colours("#1d1c19", "#3c3a34", "#ddd8cc", "#a19c90", "#a9c27e", "#7fb6dd", "#e0975f") + `
}
</style>
`
}

// colours are the rules of one look: of the paper, of rules and text, and of lines.
func colours(paper, rule, ink string, lines ...string) string {
	css := fmt.Sprintf(".paper{fill:%s;stroke:%s}.rule{stroke:%s}text{fill:%s}", paper, rule, rule, ink)
	for i, c := range lines {
		css += fmt.Sprintf(".line%d{fill:none;stroke:%s;stroke-width:2}.dot%d{fill:%s}", i, c, i, c)
	}
	return css
}

// drawPlot draws lines over a logarithmic number of sessions.
func drawPlot(title string, lines []line) []byte {
	a, title := axesOf(lines), html.EscapeString(title)
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]g %[2]g" width="%[1]g" height="%[2]g" role="img" aria-label="%[3]s">`+"\n%[4]s",
		plotW, plotH, title, plotStyle())
	fmt.Fprintf(&b, `<rect width="%g" height="%g" rx="9" class="paper"/>`+"\n", plotW, plotH)
	fmt.Fprintf(&b, `<text x="%g" y="%g" class="title">%s</text>`+"\n", plotLeft, plotHead, title)
	a.draw(&b, lines)
	for i, l := range lines {
		l.draw(&b, a, i)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// axes say where a point stands.
type axes struct {
	minX, maxX, stepY float64
	steps             int
}

func axesOf(lines []line) axes {
	a, maxY := axes{minX: math.Inf(1)}, 0.0
	for _, l := range lines {
		for _, p := range l.points {
			a.minX, a.maxX, maxY = min(a.minX, p.x), max(a.maxX, p.x), max(maxY, p.y)
		}
	}
	a.stepY = roundUp(maxY / plotTicks)
	a.steps = max(1, int(math.Ceil(maxY/a.stepY)))
	return a
}

// roundUp gives the next 1, 2 or 5, with noughts.
func roundUp(v float64) float64 {
	if v <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if v <= m*power {
			return m * power
		}
	}
	return 10 * power
}

func (a axes) x(v float64) float64 {
	share := math.Log(v/a.minX) / math.Log(a.maxX/a.minX)
	return plotLeft + share*(plotW-plotLeft-plotRight)
}

func (a axes) y(v float64) float64 {
	return plotH - plotBottom - v/(a.stepY*float64(a.steps))*(plotH-plotTop-plotBottom)
}

// draw draws the rules and what they stand for.
func (a axes) draw(b *bytes.Buffer, lines []line) {
	for i := range a.steps + 1 {
		v := float64(i) * a.stepY
		fmt.Fprintf(b, `<path d="M%g %.1fH%g" class="rule"/>`, plotLeft, a.y(v), plotW-plotRight)
		fmt.Fprintf(b, `<text x="%g" y="%.1f" class="end">%s</text>`+"\n", plotLeft-8, a.y(v)+4, strconv.FormatFloat(v, 'f', -1, 64))
	}
	for _, p := range lines[0].points {
		fmt.Fprintf(b, `<text x="%.1f" y="%g" class="mid">%g</text>`+"\n", a.x(p.x), plotH-plotBottom+18, p.x)
	}
	fmt.Fprintf(b, `<text x="%g" y="%g" class="mid">sessions in one room, 10 messages a second</text>`+"\n",
		plotLeft+(plotW-plotLeft-plotRight)/2, plotH-plotCaption)
}

// draw draws a line, with its name at its end.
func (l line) draw(b *bytes.Buffer, a axes, i int) {
	path := "M"
	for _, p := range l.points {
		path += fmt.Sprintf("%.1f %.1f ", a.x(p.x), a.y(p.y))
	}
	fmt.Fprintf(b, `<path d="%s" class="line%d"/>`+"\n", path, i)
	for _, p := range l.points {
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="3" class="dot%d"/>`, a.x(p.x), a.y(p.y), i)
	}
	// Names stand one below another, as lines may end in one place.
	y := plotTop + 8 + float64(i)*20
	fmt.Fprintf(b, `<text x="%g" y="%g" class="dot%d">● %s</text>`+"\n", plotW-plotRight+12, y, i, l.name)
}
