package check

import "hypersim/core"

// links sends and delivers a datagram of the link between gates and datacenters.
func (t *tape) links(k core.Kind, from, to core.NodeID) {
	m := t.message(k, from, to)
	m.Group = 0
	t.sent(m)
	t.view.flying[k]++
	t.at(t.now + 10*ms).delivered(m)
}

// reaches is a change in how gate n judges the datacenter at a site.
func (t *tape) reaches(n core.NodeID, site int64, from, to core.Reach, cause core.Cause) {
	t.fact(n, core.Fact{Kind: core.FactReach, Subject: 0, A: site, B: int64(to), N: int32(from), Cause: cause})
}
