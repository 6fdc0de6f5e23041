package topologies

import (
	"fmt"

	"hypersim/core"
)

func (s *Spec) applyLinks(c *collector, t *Topology) {
	for i, l := range s.Links {
		key := fmt.Sprintf("links[%d]", i)
		var oneWay core.Duration
		switch {
		case (l.RTT == "") == (l.OneWay == ""):
			c.key(key, "give exactly one of rtt and one_way")
			continue
		case l.RTT != "":
			oneWay = (duration(c, key+".rtt", l.RTT) + 1) / 2
		default:
			oneWay = duration(c, key+".one_way", l.OneWay)
		}
		if err := t.SetLink(l.From, l.To, oneWay, l.Both == nil || *l.Both); err != nil {
			c.key(key, "%v", err)
		}
	}
}

// SetLink replaces the one-way delay from site from to site to, and the way back when both. "*" is every
// site; a wildcard changes links between different sites only. It changes t, Base and every snapshot.
func (t *Topology) SetLink(from, to string, oneWay core.Duration, both bool) error {
	if t.PerNode {
		return fmt.Errorf("a matrix of nodes has no links between sites")
	}
	froms, err := t.matchSites(from)
	if err != nil {
		return err
	}
	tos, err := t.matchSites(to)
	if err != nil {
		return err
	}
	n := t.N()
	set := func(base []core.Duration, a, b int) { base[a*n+b] = oneWay }
	bases := [][]core.Duration{t.Base}
	for i := range t.Snapshots {
		bases = append(bases, t.Snapshots[i].Base)
	}
	for _, a := range froms {
		for _, b := range tos {
			if a == b && (from == "*" || to == "*") {
				continue
			}
			for _, base := range bases {
				set(base, a, b)
				if both {
					set(base, b, a)
				}
			}
		}
	}
	return nil
}

func (t *Topology) matchSites(name string) ([]int, error) {
	if name == "*" {
		all := make([]int, len(t.Sites))
		for i := range all {
			all[i] = i
		}
		return all, nil
	}
	i, ok := t.SiteIndex(name)
	if !ok {
		return nil, fmt.Errorf("no site %q%s; there are %s", name, didYouMean(name, t.SiteNames()), shortList(t.SiteNames()))
	}
	return []int{i}, nil
}
