package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

// Select returns the observations of m that keep accepts, folded as Def.Fold says, in order of time.
// Folded observations carry no labels but Event (the sample). keep sees every label; for messages and
// bytes it is asked once per direction, kind and role, so it must not look at At or Value.
func (r *Result) Select(m words.Metric, keep func(*Observation) bool) []Observation {
	if m.Def().Fold == words.FoldRate {
		return r.rates(m, keep)
	}
	var out []Observation
	each := func(o *Observation) {
		if !keep(o) {
			return
		}
		if last := len(out) - 1; m.Def().Fold == words.FoldShare && last >= 0 && out[last].At == o.At {
			fold(&out[last], o)
			return
		}
		out = append(out, *o)
	}
	r.each(m, each)
	if m.Def().Fold == words.FoldShare {
		for i := range out {
			f := blank(m, out[i].At, out[i].Value)
			f.Weight, f.Event = out[i].Weight, out[i].Event
			out[i] = f
		}
	}
	return out
}

// fold adds o to the weighted mean in f.
func fold(f, o *Observation) {
	a, b := float64(f.Weight), float64(o.Weight)
	f.Value = (float64(f.Value*a) + float64(o.Value*b)) / (a + b)
	f.Weight = uint32(min(uint64(f.Weight)+uint64(o.Weight), 1<<32-1))
}

// each calls visit with every observation of m, also with those that are kept in tables of their own.
func (r *Result) each(m words.Metric, visit func(*Observation)) {
	switch m {
	case words.CoordinateError, words.CoordinateErrorMS, words.RTTUCBRatio, words.RTTUCBCoverage:
		event, at := int32(0), core.Instant(-1)
		for i := range r.Coords {
			if r.Coords[i].At != at {
				event, at = event+1, r.Coords[i].At
			}
			r.eachPair(m, &r.Coords[i], event, visit)
		}
	default:
		list := r.Of(m)
		for i := range list {
			visit(&list[i])
		}
	}
}

func (r *Result) eachPair(m words.Metric, c *CoordRow, event int32, visit func(*Observation)) {
	o := blank(m, c.At, 0)
	o.Event, o.SiteA, o.SiteB, o.Link, o.Role, o.PeerRole = event, c.SiteA, c.SiteB, c.Link, c.Role, c.Peer
	var list []float32
	switch m {
	case words.RTTUCBCoverage:
		o.Value, o.Weight = float64(c.Covered)/float64(c.Pairs), uint32(c.Pairs)
		visit(&o)
		return
	case words.CoordinateErrorMS:
		list = c.MS
	case words.RTTUCBRatio:
		list = c.Ratio
	default:
		list = c.Rel
	}
	n := uint32(len(list))
	for i, v := range list {
		// Quantile i stands for the pairs between the ranks before it and its own.
		lo, hi := (uint32(i)*uint32(c.Pairs)+n-1)/n, (uint32(i+1)*uint32(c.Pairs)+n-1)/n
		o.Value, o.Weight = float64(v), hi-lo
		visit(&o)
	}
}

// picks are the sorts of traffic that somebody wants.
type picks [NumDirections][core.NumKinds][core.NumRoles]bool

// ask asks about each kind that occurs, or about each that does not, and reports whether any is wanted.
func (p *picks) ask(m words.Metric, keep func(*Observation) bool, occurs *[core.NumKinds]bool, which bool, roles *[core.NumRoles]bool) (any bool) {
	for k := 1; k < core.NumKinds; k++ {
		if occurs[k] != which {
			continue
		}
		for d := range p {
			for role := range core.NumRoles {
				o := blank(m, 0, 0)
				o.Dir, o.Type, o.Role = uint8(d+1), uint8(k), core.Role(role)
				if keep(&o) {
					p[d][k][role], roles[role], any = true, true, true
				}
			}
		}
	}
	return any
}

// rates makes one observation per sample: what the selected kinds and roles sent, received or lost,
// over the node-seconds of the selected roles. A sample without such traffic is 0; one without such
// nodes is left out.
func (r *Result) rates(m words.Metric, keep func(*Observation) bool) []Observation {
	var picked picks
	var roles [core.NumRoles]bool
	var occurs [core.NumKinds]bool
	for i := range r.Traffic {
		occurs[r.Traffic[i].Kind] = true
	}
	// What never travelled has nothing to add, and there is much of it. It is asked about only where it is all that is
	// wanted: then there are samples, and nothing in them.
	if !picked.ask(m, keep, &occurs, true, &roles) {
		picked.ask(m, keep, &occurs, false, &roles)
	}
	var out []Observation
	next := 0
	for i := range r.Exposure {
		x := &r.Exposure[i]
		sum, lived := uint64(0), 0.0
		for ; next < len(r.Traffic) && r.Traffic[next].At <= x.At; next++ {
			t := &r.Traffic[next]
			switch {
			case !picked[t.Direction][t.Kind][t.Role]:
			case m == words.Bytes:
				sum += t.Bytes
			default:
				sum += t.Count
			}
		}
		for role, s := range x.Seconds {
			if roles[role] {
				lived += s
			}
		}
		if lived > 0 {
			o := blank(m, x.At, float64(sum)/lived)
			o.Event = int32(i)
			out = append(out, o)
		}
	}
	return out
}

// Span is the time from one instant to another.
type Span struct{ From, To core.Instant }

// NodeSeconds returns how long the nodes that keep accepts, while they were of the class that it accepts, lived in the span.
func (r *Result) NodeSeconds(in Span, keep func(core.NodeID, Class) bool) float64 {
	sum := core.Duration(0)
	for i := range r.Lives {
		l := &r.Lives[i]
		if d := min(l.To, in.To).Sub(max(l.From, in.From)); d > 0 && keep(l.Node, l.Class) {
			sum += d
		}
	}
	return seconds(sum)
}
