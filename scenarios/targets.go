package scenarios

import (
	"slices"

	"hypersim/scenarios/form"
)

// targetsT is in how many datacenters a job runs, and in which.
type targetsT struct {
	Any   *int     `key:"any" range:"[1,65535]" doc:"in so many"`
	Of    []string `key:"of" doc:"any: of these and of no others (default: of all that have workers); what a job would rather have is the workload's preference"`
	Sites []string `key:"sites" doc:"in each of these, and in no others"`
	All   *bool    `key:"all" doc:"true: in each that has workers"`
}

// targets checks and resolves where jobs run: in how many datacenters, and of which.
func (l *loader) targets(t *targetsT, n *form.Node, key string) (count int, of []uint16) {
	if t == nil || n == nil || !n.IsTable {
		return 1, nil
	}
	ways := 0
	for _, given := range [...]bool{t.Any != nil, n.Kid("sites") != nil, t.All != nil} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		l.b.Wrong(n, key, "must say one of any, sites and all")
		return 1, nil
	}
	if n.Kid("of") != nil && t.Any == nil {
		l.b.AtKey(n.Kid("of"), key+".of", "goes with any")
	}
	if !slices.ContainsFunc(l.sc.Cluster.Sites, func(c SiteCounts) bool { return c.Gates > 0 }) {
		l.b.AtKey(n, key, "gates choose datacenters, and there are none: without gates a job runs where its client is, or where there is a manager")
		return 1, nil
	}
	most := 0
	for _, c := range l.sc.Cluster.Sites {
		if c.Workers > 0 {
			most++
		}
	}
	switch {
	case t.All != nil:
		return most, nil
	case t.Any != nil:
		count, of = *t.Any, l.namedSites(t.Of, n.Kid("of"), key+".of")
	default:
		of = l.namedSites(t.Sites, n.Kid("sites"), key+".sites")
		count = len(of)
	}
	switch {
	case count > most:
		l.b.Wrong(n, key, "only %d sites have workers", most)
	case len(of) > 0 && count > len(of):
		l.b.Wrong(n, key, "any = %d of %d sites: must not be more than there are", count, len(of))
	}
	return max(count, 1), of
}

// namedSites resolves names of sites, ascending.
func (l *loader) namedSites(names []string, n *form.Node, key string) (ids []uint16) {
	all := l.sc.Topology.SiteNames()
	for i, name := range names {
		site, ok := l.sc.Topology.SiteIndex(name)
		switch {
		case !ok:
			l.b.Wrong(n.Items[i], form.Element(key, i), "no site %q%s%s", name, form.Has(all), form.DidYouMean(name, all))
		case l.sc.Cluster.Sites[site].Workers == 0:
			l.b.Wrong(n.Items[i], form.Element(key, i), "site %q has no workers: no job runs there", name)
		case !slices.Contains(ids, uint16(site)):
			ids = append(ids, uint16(site))
		}
	}
	slices.Sort(ids)
	return ids
}
