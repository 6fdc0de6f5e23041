package scenarios

import (
	"math"
	"slices"

	"hypersim/core"
)

// hits is how many members of a group an occurrence of a fault is about, by whether they take part in its gossip.
type hits struct{ participants, workers float64 }

// hitsIn returns how many members of g an occurrence of f hits, on average where they are drawn.
func (f *Fault) hitsIn(s *Scenario, g Group) (h hits) {
	switch {
	case f.Churn != nil:
		h = s.within(f.Target.Fixed, g)
		return h.times(f.Churn.PerSecond(f.Target) * f.For.Seconds() / float64(max(1, len(f.Target.Fixed))))
	case f.Site >= 0:
		for i := range g.Count {
			if n := &s.Nodes[int(g.First)+i]; n.Site == f.Site && !n.Ghost {
				h.add(s, n)
			}
		}
		return h
	case f.Target != nil:
		h = s.within(f.Target.Fixed, g)
		if all := len(f.Target.Fixed); all > 0 && !f.Target.Known() {
			return h.times(float64(f.hits(s)) / float64(all))
		}
		return h
	case f.A != nil && f.B != nil:
		return smaller(s.within(f.A.Fixed, g), s.within(f.B.Fixed, g))
	case len(f.Groups) > 1:
		var largest hits
		for _, part := range f.Groups { // all but the largest
			now := s.within(part.Fixed, g)
			least := smaller(now, largest)
			h = hits{h.participants + least.participants, h.workers + least.workers}
			if now.all() > largest.all() {
				largest = now
			}
		}
	}
	return h
}

func (h hits) all() float64          { return h.participants + h.workers }
func (h hits) times(by float64) hits { return hits{h.participants * by, h.workers * by} }
func (h *hits) add(s *Scenario, n *NodeSpec) {
	if n.Role != core.RoleWorker || s.Protocol.Default().Swim.AllParticipants() {
		h.participants++
	} else {
		h.workers++
	}
}

func smaller(a, b hits) hits {
	if a.all() < b.all() {
		return a
	}
	return b
}

// within counts those of ids, in their order, that are members of g.
func (s *Scenario) within(ids []core.NodeID, g Group) (h hits) {
	from, _ := slices.BinarySearch(ids, g.First)
	for _, id := range ids[from:] {
		if id >= g.First+core.NodeID(g.Count) {
			break
		}
		h.add(s, &s.Nodes[id])
	}
	return h
}

// hits is how many nodes an occurrence of f is about.
func (f *Fault) hits(s *Scenario) (hit int) {
	switch {
	case f.Churn != nil:
		hit = int(math.Ceil(f.Churn.PerSecond(f.Target) * f.For.Seconds()))
	case f.Site >= 0:
		c := s.Cluster.Sites[f.Site]
		hit = c.Gates + c.Managers + c.Workers
	case f.Target != nil && f.Target.Count > 0:
		hit = f.Target.Count
	case f.Target != nil && (f.Target.LeaderOf != "" || f.Target.Event != ""):
		hit = 1
	case f.Target != nil:
		hit = len(f.Target.Fixed)
		if f.Target.Pct > 0 {
			hit = int(math.Ceil(float64(f.Target.Pct * float64(hit))))
		}
	case f.A != nil && f.B != nil:
		hit = min(len(f.A.Fixed), len(f.B.Fixed))
	}
	return hit
}
