package screen

// shortGap is how many unchanged cells it takes before jumping over them costs
// less than printing them again.
const shortGap = 4

// span is a part of a row y: the columns from up to before to, of as many as
// the terminal is wide.
type span struct{ y, from, to, width int }

// row turns what the terminal shows in a part of a row into something else.
func (o *output) row(at span, old, now string) {
	p := painter{out: o, span: at}
	was, is := scan{rest: old, col: at.from, width: at.to}, scan{rest: now, col: at.from, width: at.to}
	for {
		mark := is
		c, ok := is.next()
		if !ok {
			break
		}
		if was.takes(mark.col, c) {
			p.pass(mark)
		} else {
			p.put(mark.col, c)
		}
	}
	was.skipTo(is.col)
	if p.blanks > 0 || was.col > is.col || was.hasText() {
		p.finish(is.col)
	}
}

// painter puts the changed cells of one row on the terminal. Blanks are held
// back until it is known how many there are: many are cheaper to erase.
type painter struct {
	out *output
	span
	blankAt  int
	blanks   int
	gap      scan // where the unchanged cells began that it is passing
	inGap    bool
	hasDrawn bool
}

// pass goes over an unchanged cell; mark is the scan before it.
func (p *painter) pass(mark scan) {
	if !p.inGap {
		p.gap, p.inGap = mark, true
	}
}

// put changes the cell at the column.
func (p *painter) put(col int, c cell) {
	p.bridge(col, c.pen)
	if c.isBlank() {
		if p.blanks == 0 {
			p.blankAt = col
		}
		p.blanks++
		return
	}
	p.erase()
	p.out.moveTo(col, p.y)
	p.out.print(c, p.width)
	p.hasDrawn = true
}

// bridge comes to a changed cell after unchanged ones. Few of them are printed
// again, where that takes no style but the cell's own; otherwise the next moveTo
// jumps.
func (p *painter) bridge(col int, next pen) {
	if !p.inGap {
		return
	}
	p.inGap = false
	p.erase()
	if !p.hasDrawn || col-p.gap.col > shortGap || !p.out.isAt(p.gap.col, p.y) {
		return
	}
	for p.gap.col < col {
		c, _ := p.gap.next()
		if c.pen != p.out.pen && c.pen != next || c.isDoubtful() {
			return
		}
		p.out.print(c, p.width)
	}
}

// erase blanks the cells that were held back.
func (p *painter) erase() {
	if p.blanks == 0 {
		return
	}
	p.out.moveTo(p.blankAt, p.y)
	p.out.blank(p.blanks, p.width)
	p.blanks, p.hasDrawn = 0, true
}

// finish blanks the part from where its text ends. Text that reaches its last
// column has no such end: erasing there would take its last cell.
func (p *painter) finish(end int) {
	if p.inGap || end >= p.to {
		p.erase()
	}
	if end >= p.to {
		return
	}
	if p.blanks > 0 {
		end = p.blankAt
	}
	p.out.moveTo(end, p.y)
	if p.to < p.width {
		p.out.blank(p.to-end, p.width)
	} else {
		p.out.blankRest()
	}
	p.blanks = 0
}
