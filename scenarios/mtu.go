package scenarios

import (
	"fmt"
	"slices"

	"hypersim/core"
	"hypersim/core/wire"
)

// blocks are the keys that bound what a datagram carries beside its header, body and coordinate.
const blocks = "protocol.gossip.max_bytes, protocol.health.max_bytes and protocol.worker_state.max_bytes"

// datagram returns two sizes in bytes for a member of the configuration. fixed is what every datagram of it has: header, the
// longest body beside updates, and the coordinate. most is the largest that one may become with its blocks: that of updates,
// and those of health and worker entries, which fill it up to the protocol's own bound (spec 10 §3.1).
func (c *Config) datagram(workers bool) (fixed, most int) {
	fixed = wire.HeaderBytes + wire.MaxBodyBytes
	if c.Vivaldi.Enabled {
		fixed += wire.CoordBytes(c.Vivaldi.Dimensions)
	}
	gossip := fixed + c.Swim.Gossip.MaxBytes
	most = gossip
	if c.Swim.Health.Enabled {
		most += c.Swim.Health.MaxBytes
	}
	if workers {
		most += c.Swim.WorkerState.MaxBytes
	}
	return fixed, max(gossip, min(most, wire.MTU))
}

// mtuWarnings says where a path takes less than members may send: such datagrams are refused at their sender,
// pings and acks among them, and the more so the more news there is.
func (l *loader) mtuWarnings() {
	sc := l.sc
	workers := slices.ContainsFunc(sc.Cluster.Sites, func(s SiteCounts) bool { return s.Workers > 0 }) && !l.flat()
	fixed, most := 0, 0
	for i := range sc.Protocol.Configs {
		f, m := sc.Protocol.Configs[i].datagram(workers)
		fixed, most = max(fixed, f), max(most, m)
	}
	least, a, b := most, -1, -1
	for from := range sc.Cluster.Sites {
		for to := range sc.Cluster.Sites {
			if mtu := sc.Network.LinkOf(from, to).MTU; mtu > 0 && mtu < least && l.gossips(from, to) {
				least, a, b = mtu, from, to
			}
		}
	}
	if a < 0 {
		return
	}
	sc.Narrow = true
	path := fmt.Sprintf("between %s and %s", sc.Topology.Sites[a].Name, sc.Topology.Sites[b].Name)
	if a == b {
		path = "inside " + sc.Topology.Sites[a].Name
	}
	sc.Warnings = append(sc.Warnings, fmt.Sprintf("a datagram of membership may have %d bytes, but the path %s takes %d (mtu): larger ones are refused at "+
		"their sender, pings and acks included; %s may have %d together", most, path, least, blocks, least-fixed))
}

// gossips reports whether members of one group live at both sites.
func (l *loader) gossips(a, b int) bool {
	x, y := &l.sc.Cluster.Sites[a], &l.sc.Cluster.Sites[b]
	all := func(s *SiteCounts) int { return s.Gates + s.Managers + s.Workers }
	switch {
	case a == b:
		return all(x) > 1
	case l.flat():
		return all(x) > 0 && all(y) > 0
	}
	return x.Of(core.RoleGate) > 0 && y.Of(core.RoleGate) > 0
}
