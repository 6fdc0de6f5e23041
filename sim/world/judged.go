package world

import (
	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/check"
	"hypersim/sim/fault"
)

// Judged is what the checks of a run need to know of its scenario beside its records.
func Judged(sc *scenarios.Scenario, view check.View) check.Context {
	l := limits(sc)
	c := check.Context{
		Flat: l.Flat, Hearsay: l.Hearsay, AnyMessage: l.AnyMessage, Inherited: l.Inherited, Limits: l,
		Settle: sc.Settle, Calm: calm(sc), Lossy: lossy(sc), View: view,
	}
	for i := range sc.Protocol.Configs {
		k := &sc.Protocol.Configs[i]
		c.Suspicions = append(c.Suspicions, check.Suspicion(k.Promises().Suspicion))
		c.Statistics = append(c.Statistics, check.Statistics{Buffer: k.Stats.Stats, Pressure: k.Pressure.Pressure, Flush: k.Job.Progress.Flush})
	}
	c.Unsteady = unsteady(sc)
	cores := 0
	if sc.HasJobs() {
		c.Overload, c.Admission = &sc.Protocol.Default().Overload, &sc.Protocol.Default().Admission
		c.Health, c.Timeouts = &sc.Protocol.Default().Health, &sc.Protocol.Default().Timeout
		c.Election, c.Lease = &sc.Protocol.Default().Election, &sc.Protocol.Default().Replica.Lease
		c.Negotiates, c.Breaker = true, &sc.Protocol.Default().Health.Breaker
		c.Sites = &sc.Protocol.Default().Routing.Sites
		c.Jobs, cores = &sc.Protocol.Default().Job, sc.Cluster.CoresPerWorker
	}
	for i := range sc.Nodes {
		n := &sc.Nodes[i]
		x := check.Node{ID: n.ID, Name: n.Name, Site: n.Site, Role: n.Role, Group: n.Group, Ghost: n.Ghost, Seed: n.Seed, Suspicion: n.Config}
		x.Speaks, x.Stands = n.Version, sc.Cluster.Formed && n.Stands()
		home := sc.ConfigOf(n.ID).Registry.Handshake(n.Version)
		x.Cluster = core.Mix(home.Cluster, home.Environment)
		if n.Role == core.RoleWorker && !n.Ghost {
			x.Cores = cores
		}
		c.Nodes = append(c.Nodes, x)
	}
	for i := range sc.Faults {
		f := &sc.Faults[i]
		c.Faults = append(c.Faults, check.Fault{Cuts: f.Cuts() > 0, Lasting: lasts(f), Claims: f.Kind == fault.Overload})
	}
	return c
}

// unsteady reports whether clocks may jump, or run apart by more than leases stand: a ratio of 1.11, which is 5.2 % each
// (spec 03 no. 24).
func unsteady(sc *scenarios.Scenario) bool {
	const most = 52_000 // ppm
	for i := range sc.Faults {
		if f := &sc.Faults[i]; f.Kind == fault.Clock && (f.Step != 0 || f.DriftPPM > most || f.DriftPPM < -most) {
			return true
		}
	}
	for r := range sc.Node {
		d := &sc.Node[r].DriftPPM
		fast, ok := longest(d, 0)
		if !ok || fast > core.Seconds(most) || d.Kind == scenarios.DistUniform && d.Min < -most {
			return true
		}
	}
	return false
}

// lossy reports whether a probe of a live member may fail at any time, faults and load apart: messages get lost, or come
// after the probe was given up. Jitter and services with a heavy tail bring some so late, however fast most are.
func lossy(sc *scenarios.Scenario) bool {
	trip, bounded := furthest(sc)
	handled := core.Duration(0)
	for r := range sc.Node {
		for c := range sc.Node[r].Service {
			most, ends := longest(&sc.Node[r].Service[c], 0)
			handled, bounded = max(handled, most), bounded && ends
		}
	}
	for i := range sc.Protocol.Configs {
		bounded = bounded && trip+2*handled <= sc.Protocol.Configs[i].Promises().ProbeTimeout
	}
	return !bounded
}

// lasts reports whether a fault disturbs members until its end record. Crashes and departures do not: processes have
// records of their own.
func lasts(f *scenarios.Fault) bool {
	row := f.Kind.Row()
	switch {
	case row.Course != fault.State:
		return false
	case row.Cuts:
		return f.Cuts() > 0
	}
	return row.Effect == fault.Disturbs || row.Effect == fault.Pauses
}

// limits are the constants that the invariants name: of several configurations the one that allows most.
func limits(sc *scenarios.Scenario) check.Limits {
	l := check.Default()
	l.Promises = sc.Protocol.Default().Promises()
	for i := range sc.Protocol.Configs[1:] {
		o := sc.Protocol.Configs[i+1].Promises()
		l.Widen(&o)
	}
	for r := range sc.Node {
		for _, d := range sc.Node[r].Service {
			if most, ok := longest(&d, 0); ok {
				l.Lateness = max(l.Lateness, 1e9+2*most)
			}
		}
	}
	for i := range sc.Network.Links {
		if m := sc.Network.Links[i].MTU; m > l.MaxDatagram {
			l.MaxDatagram = m
		}
	}
	return l
}
