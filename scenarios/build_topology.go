package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"hypersim/scenarios/form"

	"hypersim/core"
	"hypersim/topologies"
)

const besideUse = "cannot stand beside use; only sites (for counts), links and intra_rtt can"

// topology builds the base delays; it returns false when nothing can be placed.
func (l *loader) topology() bool {
	t := &l.world.Topology
	n := l.root.Kid("topology")
	if n == nil {
		l.b.Missing(l.root, "topology", "where do the nodes live? For one LAN: use = \"lan1\"")
		return false
	}
	if !n.IsTable {
		return false // reported
	}
	if n.Kid("use") == nil {
		return l.inlineTopology(t, n)
	}
	for _, name := range n.Names() {
		switch name {
		case "use", "links", "intra_rtt":
		case "sites":
			l.knownSites(t, n)
		case "matrix", "rows":
			l.b.AtKey(n.Kids[name], form.Join("topology", name), besideUse+`; latencies of your own belong into a topology file (schema = 1, matrix, unit, kind) that use names: use = "mine.toml"`)
		default:
			l.b.AtKey(n.Kids[name], form.Join("topology", name), besideUse)
		}
	}
	at := n.Kid("use")
	var topo *topologies.Topology
	var err error
	if slices.Contains(topologies.Names(), t.Use) {
		topo, err = topologies.Bundled(t.Use)
	} else if strings.ContainsAny(t.Use, `/\.`) {
		topo, err = topologies.LoadFile(l.b.Path(at, t.Use))
	} else {
		l.b.Wrong(at, "topology.use", "no bundled topology of that name%s%s", form.Has(topologies.Names()), form.DidYouMean(t.Use, topologies.Names()))
		return false
	}
	if err != nil {
		l.topologyProblems(err, at, "topology.use")
		return false
	}
	l.sc.Topology = topo.Clone()
	l.guesses(topo)
	l.knownNames(t, n)
	l.links(t, n)
	l.intraRTT(t, n)
	return true
}

// knownSites remembers to check the sites of a topology in use; their names are checked by knownNames.
func (l *loader) knownSites(t *topologyT, n *form.Node) {
	for i := range t.Sites {
		kid := n.Kid("sites").Items[i]
		for _, name := range []string{"region", "group"} {
			if at := kid.Kid(name); at != nil {
				l.b.AtKey(at, form.Join(form.Element("topology.sites", i), name), "is given by the topology in use; only counts can be added")
			}
		}
	}
}

func (l *loader) knownNames(t *topologyT, n *form.Node) {
	seen := map[string]bool{}
	for i, s := range t.Sites {
		at, key := n.Kid("sites").Items[i].Kid("name"), form.Element("topology.sites", i)+".name"
		if at == nil {
			continue
		}
		if _, ok := l.sc.Topology.SiteIndex(s.Name); !ok {
			l.b.Wrong(at, key, "no site %q in topology %q (has %s)%s", s.Name, l.sc.Topology.Name,
				form.Has(l.sc.Topology.SiteNames()), form.DidYouMean(s.Name, l.sc.Topology.SiteNames()))
		}
		if seen[s.Name] {
			l.b.Wrong(at, key, "is in the list twice")
		}
		seen[s.Name] = true
	}
}

// links applies topology.links' delays to a topology in use.
func (l *loader) links(t *topologyT, n *form.Node) {
	for i := range t.Links {
		r := &t.Links[i]
		at, key := n.Kid("links").Items[i], form.Element("topology.links", i)
		l.siteName(at, key, "from", r.From)
		l.siteName(at, key, "to", r.To)
		oneWay, ok := l.linkDelay(r, at, key)
		if !ok {
			continue
		}
		if err := l.sc.Topology.SetLink(r.From, r.To, oneWay, r.Both == nil || *r.Both); err != nil {
			l.b.Wrong(at, key, "%v", err)
		}
	}
}

// siteName checks the site of a link.
func (l *loader) siteName(n *form.Node, key, name, site string) {
	names := l.sc.Topology.SiteNames()
	if at := n.Kid(name); at != nil && site != "*" && !slices.Contains(names, site) {
		l.b.Wrong(at, form.Join(key, name), "no site %q in topology %q%s%s", site, l.sc.Topology.Name, form.Has(names), form.DidYouMean(site, names))
	}
}

// linkDelay returns the one-way delay of a link rule; ok is false when it has none, or a wrong one.
func (l *loader) linkDelay(r *linkRuleT, n *form.Node, key string) (core.Duration, bool) {
	if n.Kid("rtt") != nil && n.Kid("one_way") != nil {
		l.b.Wrong(n.Kid("one_way"), form.Join(key, "one_way"), "rtt is given too; one of them says how long the link is")
		return 0, false
	}
	for _, x := range []struct {
		name, text string
		half       bool
	}{{"rtt", r.RTT, true}, {"one_way", r.OneWay, false}} {
		at := n.Kid(x.name)
		if at == nil {
			continue
		}
		d, err := form.ParseDuration(x.text)
		switch {
		case err != nil:
			l.b.Wrong(at, form.Join(key, x.name), "%v", err)
		case d <= 0:
			l.b.Wrong(at, form.Join(key, x.name), "must be > 0s")
		case x.half:
			return (d + 1) / 2, slices.Contains(l.names(), r.From) && slices.Contains(l.names(), r.To)
		default:
			return d, slices.Contains(l.names(), r.From) && slices.Contains(l.names(), r.To)
		}
	}
	return 0, false
}

func (l *loader) names() []string { return append(l.sc.Topology.SiteNames(), "*") }

func (l *loader) intraRTT(t *topologyT, n *form.Node) {
	at := n.Kid("intra_rtt")
	if at == nil {
		return
	}
	d, err := form.ParseDuration(t.IntraRTT)
	switch {
	case err != nil:
		l.b.Wrong(at, "topology.intra_rtt", "%v", err)
	case d <= 0:
		l.b.Wrong(at, "topology.intra_rtt", "must be > 0s")
	case l.sc.Topology.PerNode:
		l.b.Wrong(at, "topology.intra_rtt", "means nothing where every node has a row of its own")
	default:
		for _, name := range l.sc.Topology.SiteNames() {
			_ = l.sc.Topology.SetLink(name, name, (d+1)/2, false) // the names are its own
		}
	}
}

// inlineTopology hands the section over to the topologies room, whose format it is.
func (l *loader) inlineTopology(t *topologyT, n *form.Node) bool {
	before := len(l.b.Problems)
	spec := topologies.Spec{
		Name: l.sc.Name, Matrix: t.Matrix, Rows: t.Rows, Form: t.Form, Column: t.Column, From: t.FromColumn, To: t.ToColumn, Repeat: t.Repeated, Unit: t.Unit, Kind: t.Kind,
		Symmetrize: t.Symmetrize, Missing: t.Missing, IntraRTT: t.IntraRTT, PerNode: t.PerNode,
	}
	if t.Matrix != "" && !slices.Contains(topologies.MatrixNames(), t.Matrix) {
		spec.Matrix = l.b.Path(n.Kid("matrix"), t.Matrix)
	} else if t.Matrix != "" {
		spec.Name = t.Matrix
	}
	for i, s := range t.Snapshots {
		if !slices.Contains(topologies.MatrixNames(), s.Matrix) {
			s.Matrix = l.b.Path(n.Kid("snapshots").Items[i].Kid("matrix"), s.Matrix)
		}
		spec.Snapshots = append(spec.Snapshots, topologies.SnapshotSpec(s))
	}
	if g := t.Generate; g != nil {
		x := topologies.GenerateSpec(*g)
		spec.Generate = &x
	}
	for _, s := range t.Sites {
		spec.Sites = append(spec.Sites, topologies.SiteSpec{Name: s.Name, Region: s.Region, Group: s.Group})
	}
	if len(l.b.Problems) > 0 && l.hasProblem("topology") {
		return false
	}
	topo, err := spec.Build(".")
	if err != nil {
		l.topologyProblems(err, n, "topology")
		return false
	}
	l.sc.Topology = topo
	l.guesses(topo)
	l.links(t, n)
	return len(l.b.Problems) == before
}

// guesses warns of what was guessed about a file of delays.
func (l *loader) guesses(t *topologies.Topology) {
	for _, note := range t.Notes {
		l.sc.Warnings = append(l.sc.Warnings, "topology: "+note)
	}
}

// topologyProblems gives the problems of another room a place in this file.
func (l *loader) topologyProblems(err error, n *form.Node, key string) {
	var list topologies.Problems
	if !errors.As(err, &list) {
		l.b.Wrong(n, key, "%v", err)
		return
	}
	for _, p := range list {
		at, k := n, key
		if p.Key != "" && key == "topology" {
			k = "topology." + p.Key
			for path := p.Key; path != ""; path = path[:max(0, strings.LastIndexAny(path, ".["))] {
				if found := n.Lookup(path); found != nil {
					at = found
					break
				}
			}
		}
		text := p.Text
		if p.File != "" && (p.Line > 0 || key == "topology.use") {
			text = p.String()
		}
		l.b.Wrong(at, k, "%s", text)
	}
}

// world answers the functions of expressions.
func (l *loader) delay(a, b string) (float64, error) {
	i, err := l.site(a)
	if err != nil {
		return 0, err
	}
	j, err := l.site(b)
	if err != nil {
		return 0, err
	}
	if l.sc.Topology.PerNode {
		return 0, errors.New("a topology of nodes has no delay between sites")
	}
	return l.sc.Topology.OneWay(i, j).Seconds(), nil
}

func (l *loader) site(name string) (int, error) {
	i, ok := l.sc.Topology.SiteIndex(name)
	if !ok {
		return 0, fmt.Errorf("no site %q%s", name, form.Has(l.sc.Topology.SiteNames()))
	}
	return i, nil
}

func (l *loader) groupSize(name string) (int, error) {
	var have []string
	for _, g := range l.sc.Groups {
		if g.Name == name {
			return g.Count, nil
		}
		have = append(have, g.Name)
	}
	return 0, fmt.Errorf("no group %q%s", name, form.Has(have))
}
