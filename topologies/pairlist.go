package topologies

import (
	"slices"

	"hypersim/core"
)

// pairList collects directed pairs of labels and lays them out as a matrix.
type pairList struct {
	p      *parser
	froms  []string
	tos    []string // receivers, in order of appearance
	index  map[string]int
	sent   map[string]bool
	seen   map[[2]int]int // ids of a pair → index in pairs
	pairs  []pair
	again  map[int][]core.Duration // index in pairs → its further values
	values int                     // all of them
}

type pair struct {
	from, to int // ids in order of first appearance as either
	value    core.Duration
	line     int
}

func newPairList(p *parser) *pairList {
	return &pairList{p: p, index: map[string]int{}, sent: map[string]bool{}, seen: map[[2]int]int{}, again: map[int][]core.Duration{}}
}

// pairsMax bounds the pairs of a long file: each costs a map entry, and 4 million are a full matrix of 2,000.
const pairsMax = 4_000_000

// add notes a pair; false means that there is no use in going on.
func (l *pairList) add(from, to string, value core.Duration, line int) bool {
	from, to = oneLine(from), oneLine(to)
	if from == "" || to == "" {
		l.p.at(line, 0, "from and to must both be named")
		return true
	}
	if !l.sent[from] {
		l.sent[from] = true
		l.froms = append(l.froms, from)
	}
	key := [2]int{l.id(from), l.id(to)}
	if len(l.index) > RowsMax {
		l.p.at(line, 0, "more than %d names", RowsMax)
		return false
	}
	if l.values == pairsMax {
		l.p.at(line, 0, "more than %d pairs", pairsMax)
		return false
	}
	l.values++
	if first, twice := l.seen[key]; twice {
		if l.p.opt.Repeated == "error" {
			l.p.at(line, 0, "%s → %s stands at line %d already", quote(from), quote(to), l.pairs[first].line)
		}
		l.again[first] = append(l.again[first], value)
		return true
	}
	l.seen[key] = len(l.pairs)
	l.pairs = append(l.pairs, pair{key[0], key[1], value, line})
	return true
}

func (l *pairList) id(label string) int {
	if id, ok := l.index[label]; ok {
		return id
	}
	id := len(l.tos)
	l.index[label] = id
	l.tos = append(l.tos, label)
	return id
}

func (l *pairList) matrix() *Matrix {
	if l.p.failed() {
		return nil
	}
	if len(l.pairs) == 0 {
		l.p.at(0, 0, "empty: no pair")
		return nil
	}
	labels := append([]string(nil), l.froms...)
	for _, label := range l.tos {
		if !l.sent[label] {
			labels = append(labels, label)
		}
	}
	// A few pairs between very many names would be a matrix of almost nothing.
	if n := len(labels); n > 1000 && len(l.pairs) < n*n/100 {
		l.p.at(0, 0, "%d pairs among %d names: less than one in a hundred is there", len(l.pairs), n)
		return nil
	}
	l.fold()
	row := make([]int, len(labels)) // id → row
	for i, label := range labels {
		row[l.index[label]] = i
	}
	m := newMatrix(len(labels))
	m.Labels = labels
	for _, pr := range l.pairs {
		m.Cells[row[pr.from]*m.N+row[pr.to]] = pr.value
	}
	return m
}

// fold makes one value of those of a pair that stands on several lines.
func (l *pairList) fold() {
	if len(l.again) == 0 {
		return
	}
	rule := or(l.p.opt.Repeated, RepeatedDefault)
	for i := range l.pairs {
		if more := l.again[i]; more != nil {
			l.pairs[i].value = folded(append([]core.Duration{l.pairs[i].value}, more...), rule)
		}
	}
	l.p.note("%d of %d pairs stand on several lines; the %s of their values was taken (repeated = %q)", len(l.again), len(l.pairs), rule, rule)
}

// folded makes one value of several, by one of the rules of Options.Repeated. What is missing counts for nothing.
func folded(values []core.Duration, rule string) core.Duration {
	values = slices.DeleteFunc(values, func(d core.Duration) bool { return d == Missing })
	n := len(values)
	if n == 0 {
		return Missing
	}
	switch rule {
	case "last":
		return values[n-1]
	case "min":
		return slices.Min(values)
	case "mean":
		sum := core.Duration(0) // 4 million of 10 minutes fit
		for _, v := range values {
			sum += v
		}
		return (sum + core.Duration(n)/2) / core.Duration(n)
	}
	slices.Sort(values)
	return values[(n-1)/2] + (values[n/2]-values[(n-1)/2])/2
}
