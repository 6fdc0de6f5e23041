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
	for _, hook := range r.on.sampled {
		hook(now, probe)
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
