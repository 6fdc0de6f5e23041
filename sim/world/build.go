package world

import (
	"errors"
	"fmt"

	"hypersim/core"
	corenode "hypersim/core/node"
	"hypersim/core/rng"
	"hypersim/core/wire"
	"hypersim/scenarios"
	"hypersim/sim/host"
	"hypersim/sim/kernel"
	"hypersim/sim/network"
	"hypersim/sim/trace"
)

// Build makes the world of a scenario, at virtual time 0 with nothing started yet.
func Build(sc *scenarios.Scenario, opt Options) (*World, error) {
	if opt.Checkpoint == 0 {
		opt.Checkpoint = 10e9
	}
	if sc.Cluster.Settled {
		return nil, errors.New(`cluster.start.coordinates = "settled": not supported yet`)
	}
	w := &World{
		sc: sc, opt: opt, nodes: make([]node, len(sc.Nodes)),
		wire: sc.Network.Codec == "wire", end: core.Instant(sc.Duration),
		disturbances: disturbances{active: map[occurrence]*activeFault{}, cause: -1},
	}
	w.codec = wire.Codec{
		Book:   &wire.LinearBook{Names: func(id core.NodeID) string { return sc.Nodes[id].Name }},
		Bodies: corenode.Bodies(), Shelf: &w.fx.Bodies,
	}
	for _, s := range opt.Sinks {
		if j, ok := s.(trace.JobSink); ok {
			w.jobSinks = append(w.jobSinks, j)
		}
		if r, ok := s.(routeSink); ok {
			w.routeSinks = append(w.routeSinks, r)
		}
	}
	w.slab.shelf = &w.fx.Bodies
	w.kernel = kernel.New(w)
	if len(sc.Nodes) < touched {
		w.kernel.NoTouch()
	}
	if len(sc.Nodes) <= creepsMost {
		w.kernel.Crowded(creeps)
	}
	var err error
	if w.net, err = newNetwork(sc); err != nil {
		return nil, err
	}
	if err := w.buildHosts(); err != nil {
		return nil, err
	}
	w.buildGroups()
	w.buildSites()
	w.buildClusters()
	w.buildTold()
	w.buildDoors()
	w.planStarts()
	if err := w.planJobs(); err != nil {
		return nil, err
	}
	w.planFaults()
	w.planSnapshots()
	w.planWork()
	if opt.Sampler != nil && sc.Report.Sample > 0 {
		w.sampleDue = core.Instant(sc.Report.Sample)
		w.pushSample(w.sampleDue, originSample)
	}
	w.checkDue = core.Instant(opt.Checkpoint)
	w.pushSample(w.checkDue, originCheckpoint)
	return w, nil
}

// touched is from how many nodes on their tables are loaded ahead of events (kernel.Toucher). Those of fewer stay in the caches.
const touched = 64

// newNetwork translates the scenario's links into the network's plain numbers.
func newNetwork(sc *scenarios.Scenario) (*network.Network, error) {
	t := sc.Topology
	sites := len(sc.Cluster.Sites)
	cfg := network.Config{
		Sites: sites, Base: t.Base, PerNode: t.PerNode, Site: make([]uint16, len(sc.Nodes)),
		Stream: network.StreamConfig{
			RTOMin: sc.Network.Stream.RTOMin, RTOMax: sc.Network.Stream.RTOMax, IdleClose: sc.Network.Stream.IdleClose,
		},
	}
	for i := range sc.Nodes {
		cfg.Site[i] = uint16(sc.Nodes[i].Site)
		cfg.Keys = append(cfg.Keys, sc.Nodes[i].Key)
	}
	cfg.PlaceKeys = placeKeys(sc)
	links := make([]network.Link, len(sc.Network.Links))
	for i := range sc.Network.Links {
		l, err := newLink(&sc.Network.Links[i])
		if err != nil {
			return nil, err
		}
		links[i] = l
	}
	cfg.Intra, cfg.Inter = links[0], links[1]
	for a := range sites {
		for b := range sites {
			class := sc.Network.Class[a*sites+b]
			if class > 1 || class == 1 && a == b || class == 0 && a != b {
				cfg.Links = append(cfg.Links, network.SiteLink{From: uint16(a), To: uint16(b), Link: links[class]})
			}
		}
	}
	cfg.Egress = egress(sc)
	return network.New(cfg, sc.Seed)
}

// placeKeys are the keys of the rows of the matrix: of the sites' names, or of the nodes'.
func placeKeys(sc *scenarios.Scenario) []uint64 {
	keys := make([]uint64, sc.Topology.N())
	for i := range sc.Topology.Sites {
		if !sc.Topology.PerNode {
			keys[i] = rng.Key(sc.Topology.Sites[i].Name)
		}
	}
	for i := range sc.Nodes {
		if sc.Topology.PerNode {
			keys[sc.Nodes[i].Row] = sc.Nodes[i].Key
		}
	}
	return keys
}

// egress gives every node the narrowest rate of the links that leave its site.
func egress(sc *scenarios.Scenario) []network.Egress {
	sites := len(sc.Cluster.Sites)
	bySite := make([]network.Egress, sites)
	limited := false
	for a := range sites {
		for b := range sites {
			l := sc.Network.LinkOf(a, b)
			if l.Bandwidth == 0 {
				continue
			}
			limited = true
			if e := &bySite[a]; e.BitsPerSec == 0 || int64(l.Bandwidth) < e.BitsPerSec {
				*e = network.Egress{BitsPerSec: int64(l.Bandwidth), QueueBytes: int(l.Queue)}
			}
		}
	}
	if !limited {
		return nil
	}
	out := make([]network.Egress, len(sc.Nodes))
	for i := range out {
		out[i] = bySite[sc.Nodes[i].Site]
	}
	return out
}

func newLink(l *scenarios.Link) (network.Link, error) {
	out := network.Link{
		Duplicate: l.Duplicate, Corrupt: l.Corrupt, MTU: l.MTU, JitterRelative: l.Jitter.Relative,
		Loss: network.Loss{P: l.Loss.P, PGB: l.Loss.PGB, PBG: l.Loss.PBG, LossGood: l.Loss.LossGood, LossBad: l.Loss.LossBad},
	}
	var err error
	if out.Jitter, err = l.Jitter.Build(); err != nil {
		return out, fmt.Errorf("jitter: %w", err)
	}
	switch l.Loss.Model {
	case scenarios.LossBernoulli:
		out.Loss.Model = network.LossBernoulli
	case scenarios.LossGilbertElliott:
		out.Loss.Model = network.LossGilbertElliott
	}
	out.Reorder.P = l.Reorder.P
	if out.Reorder.Extra, err = l.Reorder.Extra.Build(); err != nil {
		return out, fmt.Errorf("reorder: %w", err)
	}
	out.Drifts = drifts(&l.Drift)
	return out, nil
}

// drifts translates the scenario's drift. A walk there is of the logarithm and here of the fraction; for
// the small steps that a walk is made of they agree to second order.
func drifts(d *scenarios.Drift) []network.Drift {
	switch d.Kind {
	case scenarios.DriftRamp:
		return []network.Drift{{
			Kind: network.DriftRamp, Relative: true, Amount: d.Factor - 1, Start: core.Instant(d.From), Length: max(d.To-d.From, 1),
		}}
	case scenarios.DriftSine:
		return []network.Drift{{Kind: network.DriftSine, Relative: true, Amount: d.Amplitude, Length: d.Period}}
	case scenarios.DriftWalk:
		return []network.Drift{{Kind: network.DriftWalk, Relative: true, Amount: d.Sigma, Length: d.Step, Limit: d.Limit - 1}}
	}
	return nil
}

func (w *World) buildHosts() error {
	for r := range w.models {
		m := &w.sc.Node[r]
		w.models[r] = host.Model{Inbox: m.Inbox, ByClass: m.ByClass}
		for c := range m.Service {
			d, err := m.Service[c].Build()
			if err != nil {
				return fmt.Errorf("node service: %w", err)
			}
			w.models[r].Service[c] = d
		}
	}
	for i := range w.nodes {
		spec := &w.sc.Nodes[i]
		clock, err := newClock(w.sc, spec)
		if err != nil {
			return err
		}
		w.nodes[i].host.Init(&w.models[spec.Role], clock, rng.New(w.sc.Seed, "host.service", spec.Key))
		w.nodes[i].dies, w.nodes[i].speaks = spec.Ghost, spec.Version
	}
	return nil
}

func newClock(sc *scenarios.Scenario, spec *scenarios.NodeSpec) (host.Clock, error) {
	m := &sc.Node[spec.Role]
	offset, err := m.Offset.Build()
	if err != nil {
		return host.Clock{}, fmt.Errorf("node clock offset: %w", err)
	}
	drift, err := m.DriftPPM.Build()
	if err != nil {
		return host.Clock{}, fmt.Errorf("node clock drift: %w", err)
	}
	s := rng.New(sc.Seed, "host.clock", spec.Key)
	const year, ppm = 365 * 86400, 100_000 // as the keys say
	return host.NewClock(core.Seconds(within(offset.Sample(&s), year)), within(drift.Sample(&s), ppm)/1e6), nil
}

// within cuts a draw of a distribution without ends.
func within(x, limit float64) float64 { return min(max(x, -limit), limit) }

// buildGroups lists, per group, who holds whom OK from the start and whom everybody knows by address.
func (w *World) buildGroups() {
	w.groups = make([]*corenode.Group, len(w.sc.Groups)+1) // clients are in none
	for i := range w.sc.Groups {
		g := &w.sc.Groups[i]
		w.groups[g.ID] = &corenode.Group{ID: g.ID, First: g.First, Count: g.Count, Book: &w.codec}
	}
	for i := range w.sc.Nodes {
		s := &w.sc.Nodes[i]
		g := w.groups[s.Group]
		if g == nil {
			continue
		}
		if s.Role != core.RoleWorker {
			g.Leading = int(s.ID-g.First) + 1
		}
		e := core.Entry{Subject: s.ID, Role: s.Role, State: core.StateOK, Accuser: core.NoNode}
		if w.formedNode(s.ID) {
			g.Formed = append(g.Formed, e)
			if s.Role == core.RoleManager {
				g.Managers = append(g.Managers, s.ID)
			}
		}
		if s.Seed {
			g.Seeds = append(g.Seeds, s.ID)
		}
		if s.Seed || s.Ghost && !s.Absent {
			g.Known = append(g.Known, e)
		}
	}
}

func (w *World) planStarts() {
	for i := range w.sc.Nodes {
		s := &w.sc.Nodes[i]
		if s.Ghost || s.Absent {
			continue
		}
		w.pushTimer(core.Instant(s.Start), s.ID, wakeStart)
	}
}

// planSnapshots is part of the faults of a per-node matrix that changes during the run.
func (w *World) planSnapshots() {
	for i := range w.sc.Topology.Snapshots {
		w.pushChange(core.Instant(w.sc.Topology.Snapshots[i].At), changeMatrix, uint64(i), i)
	}
}

// Err returns what made the run stop early, if anything did.
func (w *World) Err() error { return w.failed }
