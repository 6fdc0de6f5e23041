package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

// Sample closes the sample that ends now. It costs O(nodes + sampled pairs); views are not walked.
// A nil probe leaves out what only machines know.
func (r *Recorder) Sample(now core.Instant, probe Probe) {
	r.live(now)
	r.samples++
	r.flushTraffic(now)
	r.sampleViews(now)
	r.sampleHealth(now)
	r.flushProbes(now)
	r.flushLatency(now)
	r.sampleUnconfirmed(now)
	r.sampleReach(now)
	if probe != nil {
		r.sampleQueues(now, probe)
		r.sampleMemory(now, probe)
		r.sampleCoordinates(now, probe)
		r.sampleLinks(now, probe)
	}
}

// sampled stores v, standing for weight nodes or pairs, as an observation of this sample.
func (r *Recorder) sampled(m words.Metric, now core.Instant, v float64, weight int64, role core.Role) {
	o := blank(m, now, v)
	o.Weight, o.Event, o.Role = uint32(min(weight, 1<<32-1)), r.samples, role
	r.keep(&o)
}

// seriesFactor is by how much the time series may be longer than other lists: it holds several metrics.
const seriesFactor = 4

func (r *Recorder) point(now core.Instant, m words.Metric, labels string, v float64) {
	if len(r.res.Series) >= seriesFactor*r.ctx.MaxRows {
		r.res.TruncatedRows++
		return
	}
	if word, ok := r.words[labels]; ok { // the same few, again and again
		labels = word
	} else {
		r.words[labels] = labels
	}
	r.res.Series = append(r.res.Series, Point{At: now, Value: v, Metric: m.Def().Name, Unit: m.Def().Unit, Labels: labels})
}

// levels adds what the nodes of one kind have at this instant: the mean and the largest of h, which is sorted,
// and of how many nodes it is. With the three a reader folds kinds together as Fold.Over does.
func (r *Recorder) levels(now core.Instant, m words.Metric, labels string, h []Value) {
	nodes, sum := 0.0, 0.0
	for i := range h {
		nodes, sum = nodes+h[i].W, sum+float64(h[i].V*h[i].W)
	}
	if nodes == 0 {
		return
	}
	r.point(now, m, labels+";stat=mean", sum/nodes)
	r.point(now, m, labels+";stat=max", h[len(h)-1].V)
	r.point(now, m, labels+";stat=count", nodes)
}

func (r *Recorder) flushTraffic(now core.Instant) {
	if len(r.res.Exposure) >= r.ctx.MaxRows {
		r.res.TruncatedRows++
		return
	}
	r.res.Exposure = append(r.res.Exposure, Exposure{At: now, Seconds: r.lived})
	total := 0.0
	for _, s := range r.lived {
		total += s
	}
	r.lived = [core.NumRoles]float64{}
	for l := range r.cells {
		sum := tally{}
		d, why := lane(l).parts()
		for k := range r.cells[l] {
			for role := range r.cells[l][k] {
				c := &r.cells[l][k][role]
				if c.n == 0 {
					continue
				}
				sum.n += c.n
				sum.bytes += c.bytes
				r.addTotals(d, core.Kind(k), *c)
				if len(r.res.Traffic) < r.ctx.MaxRows {
					r.res.Traffic = append(r.res.Traffic, Traffic{now, c.n, c.bytes, d, core.Kind(k), core.Role(role), why})
				} else {
					r.res.TruncatedRows++
				}
				*c = tally{}
			}
		}
		if total > 0 && d != Dropped {
			label := "direction=" + d.String()
			r.point(now, words.Messages, label, float64(sum.n)/total)
			r.point(now, words.Bytes, label, float64(sum.bytes)/total)
		}
	}
}

func (r *Recorder) addTotals(d Direction, k core.Kind, t tally) {
	c := &r.res.Counters
	c.Records += t.n
	switch d {
	case Sent:
		c.Sent[k] += t.n
		c.SentBytes[k] += t.bytes
	case Received:
		c.Received[k] += t.n
		c.ReceivedBytes[k] += t.bytes
	case Dropped: // counted by reason as they come
	}
}

// sampleViews reads the counters of view.go.
func (r *Recorder) sampleViews(now core.Instant) {
	var wrong, pairs [core.NumRoles]int64
	for i := range r.groups {
		g := &r.groups[i]
		for role, n := range g.up {
			if n == 0 {
				continue
			}
			expected := g.expectedBy(&r.ctx, core.Role(role))
			m := Membership{
				At: now, Group: g.id, Role: core.Role(role), Observers: n, ByState: g.byState[role],
				Pairs: expected + g.okDown[role], Disagree: expected - g.okUp[role] + g.okDown[role],
			}
			if len(r.res.Membership) < r.ctx.MaxRows {
				r.res.Membership = append(r.res.Membership, m)
			} else {
				r.res.TruncatedRows++
			}
			wrong[role] += m.Disagree
			pairs[role] += m.Pairs
			if m.Pairs > 0 {
				o := blank(words.ViewError, now, float64(m.Disagree)/float64(m.Pairs))
				o.Weight, o.Event, o.Role, o.Group = uint32(min(m.Pairs, 1<<32-1)), r.samples, m.Role, g.id
				r.keep(&o)
			}
		}
	}
	for role := range pairs {
		if pairs[role] > 0 {
			r.point(now, words.ViewError, "role="+core.Role(role).String(), float64(wrong[role])/float64(pairs[role]))
		}
	}
}

func (r *Recorder) sampleHealth(now core.Instant) {
	for role := range r.lhmCount {
		h := r.histogram[:0]
		for score, c := range r.lhmCount[role] {
			if c > 0 {
				r.sampled(words.LHMScore, now, float64(score), int64(c), core.Role(role))
				h = append(h, Value{float64(score), float64(c)})
			}
		}
		r.histogram = h
		r.levels(now, words.LHMScore, "role="+core.Role(role).String(), h)
	}
}

func (r *Recorder) flushProbes(now core.Instant) {
	for role := range r.probes {
		for link := range r.probes[role] {
			t := &r.probes[role][link]
			if t.ended == 0 {
				continue
			}
			o := blank(words.ProbeFailures, now, float64(t.failed)/float64(t.ended))
			o.Weight, o.Event, o.Role, o.Link = t.ended, r.samples, core.Role(role), Link(link)
			r.keep(&o)
			*t = probeTally{}
		}
	}
}

func (r *Recorder) flushLatency(now core.Instant) {
	for class := range r.latency {
		for bin, n := range r.latency[class] {
			if n == 0 {
				continue
			}
			o := blank(words.LatencyMultiplier, now, float64(bin)/20)
			o.Weight, o.Event, o.Type = n, r.samples, uint8(class)
			r.keep(&o)
			r.latency[class][bin] = 0
		}
	}
}

// sampleUnconfirmed stores how many live observers hold how many UNCONFIRMED records, by both roles.
// Where there are none at all, no node is visited.
func (r *Recorder) sampleUnconfirmed(now core.Instant) {
	for role := range core.NumRoles {
		observers, records := r.heldUnconfirmed(core.Role(role))
		if observers == 0 {
			continue
		}
		for peerRole := range core.NumRoles {
			if !r.together[role][peerRole] {
				continue
			}
			h := append(r.histogram[:0], Value{0, float64(observers)})
			if records > 0 {
				h = h[:0]
				for i := range r.peers {
					if p := &r.peers[i]; p.up && r.roles[i] == core.Role(role) {
						h = append(h, Value{float64(p.unconfirmed[peerRole]), 1})
					}
				}
			}
			r.histogram = h
			r.distribution(words.UnconfirmedPeers, now, h, func(o *Observation) { o.Role, o.PeerRole = core.Role(role), core.Role(peerRole) })
			r.levels(now, words.UnconfirmedPeers, "observer_role="+core.Role(role).String()+";role="+core.Role(peerRole).String(), h)
		}
	}
}

// heldUnconfirmed returns the live observers of a role and the UNCONFIRMED records they hold together.
func (r *Recorder) heldUnconfirmed(role core.Role) (observers, records int64) {
	for i := range r.groups {
		observers += int64(r.groups[i].up[role])
		records += r.groups[i].byState[role][core.StateUnconfirmed]
	}
	return observers, records
}

// distribution sorts h and stores each distinct value once, with its weight.
func (r *Recorder) distribution(m words.Metric, now core.Instant, h []Value, label func(*Observation)) {
	SortValues(h)
	for i := 0; i < len(h); {
		k, weight := i, 0.0
		for k < len(h) && h[k].V == h[i].V {
			weight += h[k].W
			k++
		}
		o := blank(m, now, h[i].V)
		o.Weight, o.Event = uint32(weight), r.samples
		label(&o)
		r.keep(&o)
		i = k
	}
}

func (r *Recorder) sampleQueues(now core.Instant, probe Probe) {
	for role := range core.NumRoles {
		h := r.histogram[:0]
		for i := range r.peers {
			if p := &r.peers[i]; p.alive && p.group >= 0 && r.roles[i] == core.Role(role) {
				h = append(h, Value{float64(probe.QueueLen(core.NodeID(i))), 1})
			}
		}
		r.histogram = h
		if len(h) == 0 {
			continue
		}
		r.distribution(words.QueueDepth, now, h, func(o *Observation) { o.Role = core.Role(role) })
		r.levels(now, words.QueueDepth, "role="+core.Role(role).String(), h)
	}
}

func (r *Recorder) sampleMemory(now core.Instant, probe Probe) {
	held := int64(0)
	for i := range r.groups {
		for role := range r.groups[i].byState {
			for _, n := range r.groups[i].byState[role] {
				held += n
			}
		}
	}
	if b := probe.MemoryBytes(); b > 0 && held > 0 {
		v := float64(b) / float64(held)
		r.sampled(words.MemoryPerPair, now, v, 1, NoRole)
		r.point(now, words.MemoryPerPair, "", v)
	}
}
