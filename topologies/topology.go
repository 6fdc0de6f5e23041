package topologies

import (
	"fmt"
	"math"

	"hypersim/core"
)

// Limits of what is accepted. They refuse mistakes (a wrong unit, a file that is no matrix), not big worlds.
const (
	// RowsMax is the largest number of rows of a matrix: 20,000² delays are 3.2 GB.
	RowsMax = 20_000
	// DelayMax is the largest delay of a pair, one-way or round trip. The worst pair of the measured sets
	// this package was written for took 9.2 s.
	DelayMax core.Duration = 10 * 60 * 1e9
	// IntraRTTDefault is the round trip between two nodes of one site where neither the file nor the
	// measurement has one (spec 40 §3.1, §8.3).
	IntraRTTDefault core.Duration = 500_000
)

// Site is a place of a topology. Names are unique. Region is the label of the matrix row it was taken from
// ("" when generated), Group the locality tier it belongs to (spec 40 §8.3), which may be "".
type Site struct {
	Name   string `json:"name"`
	Region string `json:"region,omitempty"`
	Group  string `json:"group,omitempty"`
}

// Topology is a validated network: who is where, and the base one-way delay of every directed pair of rows.
// It is a plain value; nothing in it changes during a run.
type Topology struct {
	Name   string
	Title  string   // one line
	Source string   // where the figures come from, with date and licence
	Notes  []string // what was guessed while reading its matrix, where another reading fits as well

	// Sites are the places nodes live in, at least one. Without PerNode each is a row, in this order.
	Sites []Site
	// PerNode says that rows are single nodes, in id order, and Nodes labels them. Sites then only gives
	// nodes a place to be named after.
	PerNode bool
	Nodes   []string

	// Base is the row-major N×N base one-way delay; row is the sender. The diagonal is the delay inside a
	// site, and 0 with PerNode, where a row is one node.
	Base []core.Duration
	// Snapshots replace Base at an instant of the run, in ascending order of At (spec 40 §8.3, snapshots).
	Snapshots []Snapshot
}

// Snapshot is the matrix that holds from At on, measured from the start of the run.
type Snapshot struct {
	At   core.Duration
	Base []core.Duration
}

// N returns the number of rows: sites, or nodes when PerNode.
func (t *Topology) N() int {
	if t.PerNode {
		return len(t.Nodes)
	}
	return len(t.Sites)
}

// OneWay returns the base one-way delay from row a to row b. O(1).
func (t *Topology) OneWay(a, b int) core.Duration { return t.Base[a*t.N()+b] }

// RTT returns the base round trip of rows a and b: there and back, so RTT(a,b) = RTT(b,a). O(1).
func (t *Topology) RTT(a, b int) core.Duration { return t.OneWay(a, b) + t.OneWay(b, a) }

// SiteIndex returns the index of the site called name.
func (t *Topology) SiteIndex(name string) (int, bool) {
	for i := range t.Sites {
		if t.Sites[i].Name == name {
			return i, true
		}
	}
	return 0, false
}

// SiteNames returns the names of the sites in order.
func (t *Topology) SiteNames() []string {
	names := make([]string, len(t.Sites))
	for i := range t.Sites {
		names[i] = t.Sites[i].Name
	}
	return names
}

// RowName returns the label of row i: its site, or its node when PerNode.
func (t *Topology) RowName(i int) string {
	if t.PerNode {
		return t.Nodes[i]
	}
	return t.Sites[i].Name
}

// MinOneWay returns the smallest delay between two different nodes that Base or a snapshot allows, the
// lookahead of a parallel run (spec 50 §1). It is 0 only for a PerNode topology of one node.
func (t *Topology) MinOneWay() core.Duration {
	least := core.Duration(math.MaxInt64)
	n := t.N()
	scan := func(base []core.Duration) {
		for i, d := range base {
			if t.PerNode && i/n == i%n {
				continue
			}
			least = min(least, d)
		}
	}
	scan(t.Base)
	for i := range t.Snapshots {
		scan(t.Snapshots[i].Base)
	}
	if least == math.MaxInt64 {
		return 0
	}
	return least
}

// Clone returns a copy that shares nothing with t.
func (t *Topology) Clone() *Topology {
	c := *t
	c.Notes = append([]string(nil), t.Notes...)
	c.Sites = append([]Site(nil), t.Sites...)
	c.Nodes = append([]string(nil), t.Nodes...)
	c.Base = append([]core.Duration(nil), t.Base...)
	c.Snapshots = append([]Snapshot(nil), t.Snapshots...)
	for i := range c.Snapshots {
		c.Snapshots[i].Base = append([]core.Duration(nil), c.Snapshots[i].Base...)
	}
	return &c
}

// Validate reports everything that makes t unusable, as Problems. The loaders and generators of this
// package return validated topologies; call it after changing one by hand.
func (t *Topology) Validate() error {
	c := &collector{file: t.Name}
	t.validateNames(c)
	n := t.N()
	if n > RowsMax {
		c.key("", "%d rows, at most %d are supported", n, RowsMax)
		return c.err()
	}
	t.validateBase(c, "matrix", t.Base)
	last := core.Duration(0)
	for i, s := range t.Snapshots {
		key := fmt.Sprintf("snapshots[%d]", i)
		if s.At <= last {
			c.key(key+".at", "%v must be later than %v", s.At, last)
		}
		last = s.At
		t.validateBase(c, key, s.Base)
	}
	return c.err()
}

func (t *Topology) validateNames(c *collector) {
	if len(t.Sites) == 0 {
		c.key("sites", "a topology needs at least one site")
	}
	seen := map[string]int{}
	for i, s := range t.Sites {
		key := fmt.Sprintf("sites[%d].name", i)
		if why := badName(s.Name); why != "" {
			c.key(key, "%q %s", s.Name, why)
		}
		if first, twice := seen[s.Name]; twice {
			c.key(key, "%q is the name of sites[%d] too; site names are unique", s.Name, first)
			continue
		}
		seen[s.Name] = i
	}
	if t.PerNode && len(t.Nodes) == 0 {
		c.key("per_node", "a matrix of nodes needs at least one row")
	}
}

// badName says what is wrong with a site's name, which becomes a part of node ids (site/role/index),
// globs and file columns.
func badName(name string) string {
	if name == "" {
		return "is empty"
	}
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
		default:
			return "may hold letters, digits, '-', '_' and '.' only"
		}
	}
	return ""
}

func (t *Topology) validateBase(c *collector, key string, base []core.Duration) {
	n := t.N()
	if len(base) != n*n {
		c.key(key, "%d delays, %d × %d rows need %d", len(base), n, n, n*n)
		return
	}
	for i, d := range base {
		from, to := i/n, i%n
		switch {
		case from == to && t.PerNode:
			if d != 0 {
				c.key(key, "delay of %s to itself is %v, must be 0", t.RowName(from), d)
			}
		case d <= 0:
			c.key(key, "delay %s → %s is %v, must be > 0", t.RowName(from), t.RowName(to), d)
		case d > DelayMax:
			c.key(key, "delay %s → %s is %v, more than %v; is the unit right?", t.RowName(from), t.RowName(to), d, DelayMax)
		}
	}
}
