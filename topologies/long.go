package topologies

import (
	"slices"
	"strings"
)

// valueColumns are the usual names of a value column, the best estimate of a path's ordinary delay first.
var valueColumns = []string{
	"avg_ms", "median_rtt_ms", "median_ms", "p50_ms", "mean_ms", "rtt_ms", "avg_us", "rtt_us", "avg_s", "rtt_s",
	"avg", "median", "p50", "mean", "rtt", "latency_ms", "latency", "delay", "ms", "us", "s", "value",
}

// long reads a CSV with one directed pair a line. Labels keep the order in which senders first appear, then
// receivers that never send.
func (p *parser) long() (*Matrix, error) {
	t := p.table()
	ok, err := t.next()
	if err != nil || !ok {
		if err == nil {
			p.at(0, 0, "empty: no header line")
		}
		return nil, err
	}
	from, to, value := p.longColumns(t)
	if p.failed() {
		return nil, nil
	}
	width := len(t.fields)
	l := newPairList(p)
	for {
		ok, err := t.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			return l.matrix(), nil
		}
		if len(t.fields) != width {
			p.at(t.line(), 0, "%d fields, the header has %d", len(t.fields), width)
			continue
		}
		line, col := t.pos(value)
		if !l.add(t.fields[from], t.fields[to], p.value(t.fields[value], line, col), t.line()) {
			return nil, nil
		}
	}
}

func (p *parser) longColumns(t *table) (from, to, value int) {
	names := make([]string, len(t.fields))
	for i, f := range t.fields {
		names[i] = strings.ToLower(f)
	}
	line := t.line()
	if from = slices.Index(names, "from"); from < 0 {
		p.at(line, 0, `no column "from"`)
	}
	if to = slices.Index(names, "to"); to < 0 {
		p.at(line, 0, `no column "to"`)
	}
	if value = p.valueColumn(names, from, to); value < 0 {
		if p.opt.Column != "" {
			p.at(line, 0, "no column %q%s; the header has %s", p.opt.Column, didYouMean(p.opt.Column, names), shortList(names))
		} else {
			p.at(line, 0, "none of %s is known as a value column; name one", shortList(names))
		}
		return from, to, value
	}
	if unit := unitOf(names[value]); unit != "" && unit != p.opt.Unit {
		_, col := t.pos(value)
		p.at(line, col, "column %q is in %s, but unit is %q", names[value], unit, string(p.opt.Unit))
	}
	return from, to, value
}

func (p *parser) valueColumn(names []string, from, to int) int {
	if p.opt.Column != "" {
		return slices.Index(names, strings.ToLower(p.opt.Column))
	}
	for _, usual := range valueColumns {
		if i := slices.Index(names, usual); i >= 0 {
			return i
		}
	}
	if len(names) == 3 && from >= 0 && to >= 0 {
		return 3 - from - to
	}
	return -1
}

// unitOf reads the unit off a column name like avg_ms.
func unitOf(column string) Unit {
	for _, u := range []Unit{Milliseconds, Microseconds, Seconds} {
		if strings.HasSuffix(column, "_"+string(u)) {
			return u
		}
	}
	return ""
}
