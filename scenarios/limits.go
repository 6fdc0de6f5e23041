package scenarios

import (
	"math"
	"strings"
	"time"

	"hypersim/scenarios/form"

	"hypersim/core"
	"hypersim/core/swim"
	"hypersim/core/wire"
	"hypersim/sim/fault"
)

// What no single key says but the representation of a run does: how many members a group can name, how long a
// name may be, how far apart two sites may lie. A file that asks for more is refused here, not in the middle
// of its run.

const (
	delayMax      = 24 * time.Hour // between two places; beyond it the matrix is in the wrong unit
	perNodeMax    = 1 << 16        // rows of a matrix with one per node
	clockDriftMax = 400_000        // ppm: what all clock faults together may add; with node.clock below half speed nothing is left of a clock
	clockStepMax  = core.Duration(1 << 60)

	// LinkFaultsMax is how many cuts, and how many faults that worsen links, may hold at once: the network has a
	// bit for each per node.
	LinkFaultsMax = 64
)

// fits reports whether what was built can be run; it says why not.
func (l *loader) fits() bool {
	sc := l.sc
	before := len(l.b.Problems)
	at := form.Or(l.root.Kid("cluster"), l.root)
	for _, g := range sc.Groups {
		if g.Count > swim.MaxGroup {
			l.b.Wrong(at, "cluster", "group %s has %d members, ghosts included; a group may have %d: spread them over more sites, or have fewer",
				g.Name, g.Count, swim.MaxGroup)
		}
	}
	if sc.Topology.PerNode && len(sc.Nodes) > perNodeMax {
		l.b.Wrong(at, "cluster", "%d nodes; a matrix with one row per node may have %d", len(sc.Nodes), perNodeMax)
	}
	for i := range sc.Nodes {
		if name := sc.Nodes[i].Name; len(name) > wire.MaxNameBytes {
			l.b.Wrong(form.Or(l.root.Kid("topology"), l.root), "topology", "the name %.20s… has %d bytes; site/role/index may have %d on the wire",
				name, len(name), wire.MaxNameBytes)
			break
		}
	}
	l.delaysFit()
	return len(l.b.Problems) == before
}

func (l *loader) delaysFit() {
	topo := l.sc.Topology
	check := func(base []core.Duration, key string) {
		for i, d := range base {
			if d > delayMax {
				l.b.Wrong(form.Or(l.root.Kid("topology"), l.root), key, "the one-way delay from row %d to row %d is %s, longer than a day; is the unit right?",
					i/topo.N(), i%topo.N(), form.FormatDuration(d))
				return
			}
		}
	}
	check(topo.Base, "topology")
	for i := range topo.Snapshots {
		check(topo.Snapshots[i].Base, form.Element("topology.snapshots", i))
	}
}

// atOnce is how many occurrences of f may hold at once.
func (f *Fault) atOnce() int {
	if p := f.Process; p != nil { // three deviations above the mean
		mean := float64(p.Rate * f.For.Seconds())
		if f.For == 0 {
			mean = f.Times()
		}
		return int(math.Min(math.Ceil(mean+3*math.Sqrt(mean))+1, 1e9))
	}
	if f.For == 0 || f.Repeat.Count <= 1 || f.Repeat.Every == 0 {
		return max(1, f.Repeat.Count)
	}
	overlapping := math.Ceil(float64(f.For+f.Repeat.Jitter) / float64(f.Repeat.Every))
	return int(math.Min(float64(f.Repeat.Count), overlapping))
}

// linkFaults refuses more cuts or more worsened links at once than a run can tell apart.
func (l *loader) linkFaults() {
	worse := func(f *Fault) int {
		if f.Kind.Row().Links {
			return 1
		}
		return 0
	}
	inside := func(f *Fault) int {
		if faultRules[f.Kind].adds {
			return 1
		}
		return 0
	}
	var adding []string
	for _, kind := range fault.Kinds() {
		if faultRules[kind].adds {
			adding = append(adding, string(kind))
		}
	}
	for _, c := range []struct {
		what  string
		needs func(*Fault) int
	}{{"cuts", (*Fault).Cuts}, {"faults that worsen links", worse}, {"faults that change how nodes work (" + strings.Join(adding, ", ") + ")", inside}} {
		for i := range l.sc.Faults { // the most hold when one begins
			at, total := l.sc.Faults[i].At, 0
			if c.needs(&l.sc.Faults[i]) == 0 {
				continue
			}
			for k := range l.sc.Faults {
				f := &l.sc.Faults[k]
				if f.At <= at && (f.For == 0 || at < f.End()) {
					total += c.needs(f) * f.atOnce()
				}
			}
			if total > LinkFaultsMax {
				n := l.root.Kid("fault").Items[i]
				l.b.Wrong(form.Or(n.Kid("at"), n), form.Element("fault", i)+".at", "%d %s may hold at once from here on; there may be %d", total, c.what, LinkFaultsMax)
				break
			}
		}
	}
}

// faultSums refuses clock faults that together would stop a clock or carry it out of an int64.
func (l *loader) faultSums() {
	ppm, steps := 0.0, 0.0
	for i := range l.sc.Faults {
		f := &l.sc.Faults[i]
		if f.Kind != fault.Clock {
			continue
		}
		times := float64(f.atOnce())
		ppm += float64(times * math.Abs(f.DriftPPM))
		steps += float64(times * math.Abs(float64(f.Step)))
		key := form.Element("fault", i)
		at := l.root.Kid("fault").Items[i]
		switch {
		case ppm > clockDriftMax:
			l.b.Wrong(form.Or(at.Kid("drift_ppm"), at), key+".drift_ppm", "the clock faults that may hold at once add %s ppm; they may add %d", form.Number(ppm), clockDriftMax)
			return
		case steps > float64(clockStepMax):
			l.b.Wrong(form.Or(at.Kid("step"), at), key+".step", "the clock faults that may hold at once step further than 36 years")
			return
		}
	}
}
