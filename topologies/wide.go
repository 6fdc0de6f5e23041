package topologies

// wide reads a CSV whose header holds the receivers and whose first column the senders. Rows may come in
// any order; the header's order counts.
func (p *parser) wide() (*Matrix, error) {
	t := p.table()
	ok, err := t.next()
	if err != nil || !ok {
		if err == nil {
			p.at(0, 0, "empty: no header line")
		}
		return nil, err
	}
	labels, index := p.header(t)
	n := len(labels)
	if p.failed() {
		return nil, nil
	}
	m := newMatrix(n)
	m.Labels = labels
	rowLine := make([]int, n)
	for {
		ok, err := t.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		p.wideRow(m, t, index, rowLine)
	}
	for i, line := range rowLine {
		if line == 0 {
			p.at(0, 0, "not square: column %q has no row", labels[i])
		}
	}
	return m, nil
}

func (p *parser) header(t *table) (labels []string, index map[string]int) {
	if len(t.fields) < 2 {
		p.at(t.line(), 0, "the header names no column")
		return nil, nil
	}
	if n := len(t.fields) - 1; n > RowsMax {
		p.at(t.line(), 0, "%d columns, at most %d are supported", n, RowsMax)
		return nil, nil
	}
	if corner, unit := columnUnit(t.fields[0]); unit != "" && unit != p.opt.Unit && (corner != "" || unit != Seconds) {
		line, col := t.pos(0)
		p.at(line, col, "%s is in %s, but unit is %q", quote(t.fields[0]), unit, string(p.opt.Unit))
	}
	index = map[string]int{}
	for i, label := range t.fields[1:] {
		line, col := t.pos(i + 1)
		if label == "" {
			p.at(line, col, "column %d has no label", i+2)
		} else if first, twice := index[label]; twice {
			p.at(line, col, "label %s is used twice, in columns %d and %d", quote(label), first+2, i+2)
		}
		index[label] = i
		labels = append(labels, label)
	}
	return labels, index
}

func (p *parser) wideRow(m *Matrix, t *table, index map[string]int, rowLine []int) {
	label := t.fields[0]
	i, known := index[label]
	if !known {
		p.at(t.line(), 0, "row %s has no column%s", quote(label), didYouMean(label, m.Labels))
		return
	}
	if rowLine[i] > 0 {
		p.at(t.line(), 0, "row %s stands at line %d already", quote(label), rowLine[i])
		return
	}
	rowLine[i] = t.line()
	if have := len(t.fields) - 1; have != m.N {
		p.at(t.line(), 0, "row %s has %d cells, the header has %d", quote(label), have, m.N)
		return
	}
	for k, cell := range t.fields[1:] {
		line, col := t.pos(k + 1)
		m.Cells[i*m.N+k] = p.value(cell, line, col)
	}
}
