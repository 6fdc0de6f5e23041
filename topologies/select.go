package topologies

import (
	"fmt"
	"slices"
	"strings"

	"hypersim/core"
)

// FromMatrix makes a topology of m. Each site takes the row whose label is its Region, or its Name when
// Region is empty; without sites every row becomes a site of its label's name. With opt.PerNode the rows
// become nodes, and sites only names the places they may live in (default: one site "a").
//
// The rules are those of spec 40 §8.3 in this order: a zero off the diagonal is missing; a missing cell takes
// the other direction's value; what then has none is an error or, by opt.Missing, the shortest measured path;
// opt.Symmetrize; inside a site opt.IntraRTT, else the measured diagonal, else IntraRTTDefault; a round trip
// is halved. Of opt, what concerns reading is ignored: m knows its kind.
func FromMatrix(m *Matrix, sites []Site, opt Options) (*Topology, error) {
	c := &collector{file: m.Name}
	opt.check(c, false)
	if c.failed() {
		return nil, c.err()
	}
	t := &Topology{Name: m.Name, Title: m.Title, Source: m.Source, Notes: m.Notes, PerNode: opt.PerNode}
	var rows []int
	if opt.PerNode {
		t.Sites = slices.Clone(sites)
		if len(sites) == 0 {
			t.Sites = []Site{{Name: "a"}}
		}
		for i := range m.N {
			t.Nodes = append(t.Nodes, m.Label(i))
			rows = append(rows, i)
		}
	} else {
		t.Sites, rows = selectSites(c, m, sites)
	}
	if c.failed() {
		m.guesses(c)
		return nil, c.err()
	}
	t.Base = m.oneWay(c, rows, &opt)
	if c.failed() {
		m.guesses(c) // one of them may be why
		return nil, c.err()
	}
	if err := t.Validate(); err != nil {
		return nil, err
	}
	return t, nil
}

// guesses adds to the problems of m's use what was guessed while it was read.
func (m *Matrix) guesses(c *collector) {
	for _, note := range m.Notes {
		c.key("matrix", "%s", note)
	}
}

// selectSites finds the row of each site.
func selectSites(c *collector, m *Matrix, sites []Site) ([]Site, []int) {
	if len(sites) == 0 {
		all := make([]Site, m.N)
		rows := make([]int, m.N)
		for i := range all {
			all[i], rows[i] = Site{Name: siteName(m.Label(i)), Region: m.Label(i)}, i
		}
		return all, rows
	}
	if m.Labels == nil && len(sites) == m.N {
		rows := make([]int, m.N) // rows without labels are in site order
		for i := range rows {
			rows[i] = i
		}
		return slices.Clone(sites), rows
	}
	chosen := slices.Clone(sites)
	rows := make([]int, len(sites))
	if m.Labels == nil {
		c.key("sites", "%d sites, but the matrix has %d rows and no labels to choose by", len(sites), m.N)
		return nil, nil
	}
	index := make(map[string]int, m.N)
	for i, label := range m.Labels {
		index[label] = i
	}
	for i := range chosen {
		key := fmt.Sprintf("sites[%d].region", i)
		if chosen[i].Region == "" {
			key = fmt.Sprintf("sites[%d].name", i)
			chosen[i].Region = chosen[i].Name
		}
		row, ok := index[chosen[i].Region]
		if !ok {
			c.key(key, "no region %q in matrix %q%s; it has %s", chosen[i].Region, m.Name,
				didYouMean(chosen[i].Region, m.Labels), shortList(m.Labels))
		}
		rows[i] = row
	}
	return chosen, rows
}

// siteName makes a site's name of a label, which may hold anything ("Washington DC", "aws:eu-west-1").
func siteName(label string) string {
	return strings.Map(func(r rune) rune {
		if badName(string(r)) == "" {
			return r
		}
		return '-'
	}, label)
}

// oneWay resolves m by opt into the base one-way delays of the chosen rows.
func (m *Matrix) oneWay(c *collector, rows []int, opt *Options) []core.Duration {
	cells := slices.Clone(m.Cells)
	fillReverse(cells, m.N)
	if opt.Missing == "shortest-path" {
		fillShortest(cells, m.N) // over all rows, chosen or not: they are measurements too
	}
	if opt.Symmetrize == "mean" || opt.Symmetrize == "min" {
		symmetrise(cells, m.N, opt.Symmetrize)
	}
	n := len(rows)
	base := make([]core.Duration, n*n)
	for i, a := range rows {
		for k, b := range rows {
			switch d := cells[a*m.N+b]; {
			case i == k && opt.PerNode:
				base[i*n+k] = 0
			case a == b:
				base[i*n+k] = m.intra(d, opt)
			case d == Missing:
				m.reportMissing(c, i, k, a, b, cells, opt)
			default:
				base[i*n+k] = m.halve(d)
			}
		}
	}
	return base
}

// halve turns a value of m into a one-way delay, rounded up so that it is never 0.
func (m *Matrix) halve(d core.Duration) core.Duration {
	if m.Kind == OneWay {
		return d
	}
	return (d + 1) / 2
}

// intra returns the one-way delay inside the site whose measured diagonal is d.
func (m *Matrix) intra(d core.Duration, opt *Options) core.Duration {
	switch {
	case opt.IntraRTT > 0:
		return (opt.IntraRTT + 1) / 2
	case d > 0:
		return m.halve(d)
	}
	return IntraRTTDefault / 2
}

func (m *Matrix) reportMissing(c *collector, i, k, a, b int, cells []core.Duration, opt *Options) {
	switch {
	case opt.Missing == "shortest-path":
		c.key("matrix", "no measured path %s → %s", m.Label(a), m.Label(b))
	case i < k || cells[b*m.N+a] != Missing: // a pair is told once
		c.key("matrix", `no value for %s ↔ %s in either direction; missing = "shortest-path" would fill it`, m.Label(a), m.Label(b))
	}
}
