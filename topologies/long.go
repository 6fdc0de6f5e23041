package topologies

import (
	"slices"
	"strings"
)

// endColumns are the usual names of the columns that hold the two ends of a pair.
var endColumns = [][2]string{
	{"from", "to"}, {"source", "destination"}, {"source", "dest"}, {"source", "target"}, {"src", "dst"}, {"src", "dest"},
	{"sender", "receiver"}, {"origin", "destination"},
}

// valueColumns are the usual names of a value column without its unit, the best estimate of a path's
// ordinary delay first. A column may also be called by a unit alone.
var valueColumns = []string{
	"avg", "median_rtt", "median", "p50", "mean", "rtt_avg", "avg_rtt", "rtt_median", "rtt_mean", "mean_rtt", "average", "rtt",
	"latency_avg", "avg_latency", "latency", "delay", "ping", "", "value",
}

// namesPair reports whether a header has columns for both ends of a pair, or those that the options name.
func (p *parser) namesPair(header []string) bool {
	if p.opt.From != "" || p.opt.To != "" {
		return true
	}
	names := smallLetters(header)
	return slices.ContainsFunc(endColumns, func(ends [2]string) bool {
		return slices.Contains(names, ends[0]) && slices.Contains(names, ends[1])
	})
}

func smallLetters(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strings.ToLower(w)
	}
	return out
}

// long reads a table with one directed pair a line. Labels keep the order in which senders first appear, then
// receivers that never send. Where only one end has a column the other one is the file itself.
func (p *parser) long() (*Matrix, error) {
	t := p.table()
	ok, err := t.next()
	if err != nil || !ok {
		if err == nil {
			p.at(0, 0, "empty: no header line")
		}
		return nil, err
	}
	c := p.longColumns(t)
	if p.failed() {
		return nil, nil
	}
	width := len(t.fields)
	l := newPairList(p)
	here := baseName(p.file)
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
		from, to := here, here
		if c.from >= 0 {
			from = t.fields[c.from]
		}
		if c.to >= 0 {
			to = t.fields[c.to]
		}
		line, col := t.pos(c.value)
		if !l.add(from, to, p.value(t.fields[c.value], line, col), t.line()) {
			return nil, nil
		}
	}
}

// baseName is the name of a file without folders and extensions.
func baseName(path string) string {
	name := path[strings.LastIndexAny(path, `/\`)+1:]
	if short, _, _ := strings.Cut(name, "."); short != "" {
		return short
	}
	return name
}

// columns are the places of what a long table holds; an end without a column is -1.
type columns struct{ from, to, value int }

func (p *parser) longColumns(t *table) columns {
	names, line := smallLetters(t.fields), t.line()
	c := p.ends(names, line)
	if c.value = p.valueColumn(names, line); c.value < 0 {
		return c
	}
	if _, unit := columnUnit(names[c.value]); unit != "" && unit != p.opt.Unit {
		_, col := t.pos(c.value)
		p.at(line, col, "column %q is in %s, but unit is %q", names[c.value], unit, string(p.opt.Unit))
	}
	return c
}

// ends finds the columns of the two ends of a pair.
func (p *parser) ends(names []string, line int) columns {
	c := columns{-1, -1, -1}
	if p.opt.From == "" && p.opt.To == "" {
		for _, ends := range endColumns {
			c.from, c.to = slices.Index(names, ends[0]), slices.Index(names, ends[1])
			if c.from >= 0 && c.to >= 0 {
				return c
			}
		}
		p.at(line, 0, `no columns "from" and "to"; the header has %s`, shortList(names))
		return c
	}
	c.from, c.to = p.namedColumn(p.opt.From, names, line), p.namedColumn(p.opt.To, names, line)
	if c.from >= 0 && c.from == c.to {
		p.at(line, 0, "column %q cannot be both ends of a pair", names[c.from])
	}
	return c
}

// namedColumn finds a column that an option names, or returns -1.
func (p *parser) namedColumn(name string, names []string, line int) int {
	if name == "" {
		return -1
	}
	i := slices.Index(names, strings.ToLower(name))
	if i < 0 {
		p.at(line, 0, "no column %q%s; the header has %s", name, didYouMean(name, names), shortList(names))
	}
	return i
}

// valueColumn finds the column of the delays. Where several could be meant, it says which one it took.
func (p *parser) valueColumn(names []string, line int) int {
	if p.opt.Column != "" {
		return p.namedColumn(p.opt.Column, names, line)
	}
	var found []int
	for _, usual := range valueColumns {
		for i, name := range names {
			if base, unit := columnUnit(name); base == usual && (usual != "" || unit != "") {
				found = append(found, i)
			}
		}
	}
	switch {
	case len(found) == 0 && len(names) == 3 && p.opt.From == "" && p.opt.To == "":
		return slices.IndexFunc(names, func(n string) bool { return !isEnd(n) })
	case len(found) == 0:
		p.at(line, 0, "none of %s is known as a value column; name one", shortList(names))
		return -1
	case len(found) > 1:
		p.note("column %q was taken for the delays; %q could be meant too (--value-column, or column in a file)", names[found[0]], names[found[1]])
	}
	return found[0]
}

func isEnd(name string) bool {
	return slices.ContainsFunc(endColumns, func(ends [2]string) bool { return name == ends[0] || name == ends[1] })
}
