package scenarios

import (
	"hypersim/core"
	"hypersim/scenarios/form"
	"hypersim/sim/fault"
)

// cutRules are the faults that separate nodes.
var cutRules = map[fault.Kind]faultRule{
	fault.Partition: {may: []string{"a", "b", "groups", "direction", "mode", "traffic"}, modes: []string{"blackhole", "refuse"},
		gone: true, check: checkPartition},
	fault.Flap: {need: []string{"a", "b", "down", "up"}, may: []string{"direction", "mode", "traffic"}, modes: []string{"blackhole", "refuse"},
		gone: true, check: checkFlap},
	fault.SiteOutage: {need: []string{"site"}, may: []string{"mode"}, modes: []string{"crash", "blackhole"}, gone: true, check: checkSiteOutage,
		detail: func(_ *Scenario, f *Fault) []string { return say(f.Blackhole, "cut off") }},
}

func checkPartition(l *loader, f *Fault, _ *faultT, n *form.Node, key string) {
	sides := n.Kid("a") != nil && n.Kid("b") != nil
	switch {
	case n.Kid("groups") != nil && (n.Kid("a") != nil || n.Kid("b") != nil):
		l.b.AtKey(n.Kid("groups"), key+".groups", "cannot stand beside a and b")
	case n.Kid("groups") == nil && !sides:
		l.b.Missing(n, key+".a", "a partition needs a and b, or groups")
	case n.Kid("groups") != nil && len(f.Groups) < 2:
		l.b.Wrong(n.Kid("groups"), key+".groups", "must be at least two selectors")
	case n.Kid("groups") != nil && f.OneWay:
		l.b.Wrong(n.Kid("direction"), key+".direction", "groups are cut both ways")
	}
	l.overlap(f, n, key)
}

func checkFlap(l *loader, f *Fault, t *faultT, n *form.Node, key string) {
	set(&f.Down, t.Down)
	set(&f.Up, t.Up)
	l.overlap(f, n, key)
}

func checkSiteOutage(l *loader, f *Fault, t *faultT, n *form.Node, key string) {
	at := n.Kid("site")
	if at == nil || t.Site == nil {
		return
	}
	i, ok := l.sc.Topology.SiteIndex(*t.Site)
	if !ok {
		names := l.sc.Topology.SiteNames()
		l.b.Wrong(at, key+".site", "no site %q in topology %q%s%s", *t.Site, l.sc.Topology.Name, form.Has(names), form.DidYouMean(*t.Site, names))
		return
	}
	f.Site = i
	f.Blackhole = t.Mode != nil && *t.Mode == "blackhole"
}

// overlap refuses a partition with a node on two sides, or one that a draw could put there: it would be cut
// off from itself. Where a side is known only when the fault fires, a node then stands on the first that names it.
func (l *loader) overlap(f *Fault, n *form.Node, key string) {
	sides := f.Groups
	names := make([]string, len(sides))
	for i := range sides {
		names[i] = form.Element("groups", i)
	}
	if f.A != nil && f.B != nil {
		sides, names = []*Selector{f.A, f.B}, []string{"a", "b"}
	}
	owner := map[core.NodeID]int{}
	for i, s := range sides {
		if s.Moves() {
			continue
		}
		for _, id := range s.Fixed {
			if j, twice := owner[id]; twice && j != i {
				l.b.Wrong(n, key, "%s is on two sides, %s and %s", l.sc.Nodes[id].Name, names[j], names[i])
				return
			}
			owner[id] = i
		}
	}
}
