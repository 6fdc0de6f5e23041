package topologies

import (
	"hypersim/core"
)

// pairList collects directed pairs of labels and lays them out as a matrix.
type pairList struct {
	p     *parser
	froms []string
	tos   []string // receivers, in order of appearance
	index map[string]int
	sent  map[string]bool
	seen  map[[2]int]int // ids of a pair → line
	pairs []pair
}

type pair struct {
	from, to int // ids in order of first appearance as either
	value    core.Duration
}

func newPairList(p *parser) *pairList {
	return &pairList{p: p, index: map[string]int{}, sent: map[string]bool{}, seen: map[[2]int]int{}}
}

// pairsMax bounds the pairs of a long file: each costs a map entry, and 4 million are a full matrix of 2,000.
const pairsMax = 4_000_000

// add notes a pair; false means that there is no use in going on.
func (l *pairList) add(from, to string, value core.Duration, line int) bool {
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
	if first, twice := l.seen[key]; twice {
		l.p.at(line, 0, "%s → %s stands at line %d already", quote(from), quote(to), first)
		return true
	}
	if len(l.pairs) == pairsMax {
		l.p.at(line, 0, "more than %d pairs", pairsMax)
		return false
	}
	l.seen[key] = line
	l.pairs = append(l.pairs, pair{key[0], key[1], value})
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
	if len(l.pairs) == 0 {
		l.p.at(0, 0, "empty: no pair")
		return nil
	}
	if l.p.failed() {
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
