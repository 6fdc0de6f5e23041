package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

// pools adds the quantiles of the measured pairs within and between sites, and of all: the quantiles of the
// classes of coordinates.csv cannot be made into these afterwards. The lists of the classes must be sorted.
func (r *Recorder) pools(now core.Instant) {
	c := &r.coords
	for _, m := range [...]struct {
		metric words.Metric
		lists  [][]float64
	}{{words.CoordinateError, c.rel}, {words.CoordinateErrorMS, c.ms}, {words.RTTUCBRatio, c.ratio}} {
		near := c.pooled(&c.near, m.lists, LinkIntra)
		far := c.pooled(&c.far, m.lists, LinkInter)
		r.pool(now, m.metric, LinkIntra, near)
		r.pool(now, m.metric, LinkInter, far)
		if m.metric == words.CoordinateError { // what coordinate_settle goes by
			r.pool(now, m.metric, LinkNone, c.all)
		}
	}
}

// pooled merges the lists of the classes of that link.
func (c *coordinates) pooled(buffer *[2][]float64, lists [][]float64, link Link) []float64 {
	buffer[0] = buffer[0][:0]
	for k, list := range lists {
		if c.classes[k].link == link && len(list) > 0 {
			buffer[1] = merge(buffer[1][:0], buffer[0], list)
			buffer[0], buffer[1] = buffer[1], buffer[0]
		}
	}
	return buffer[0]
}

// merge appends two sorted lists to out as one.
func merge(out, a, b []float64) []float64 {
	for len(a) > 0 && len(b) > 0 {
		if b[0] < a[0] {
			a, b = b, a
		}
		out, a = append(out, a[0]), a[1:]
	}
	return append(append(out, a...), b...)
}

// pool adds the nearest ranks of a sorted list.
func (r *Recorder) pool(now core.Instant, m words.Metric, link Link, list []float64) {
	n := len(list)
	if n == 0 {
		return
	}
	for i, rank := range [...]int{50, 90, 99, 100} {
		r.point(now, m, poolLabels[link][i], list[(rank*n+99)/100-1])
	}
}

// poolLabels are written often: once is enough to make them.
var poolLabels = func() (out [3][4]string) {
	for link := range out {
		for i, stat := range [...]string{"p50", "p90", "p99", "max"} {
			out[link][i] = labels("link", Link(link).String(), "stat", stat)
		}
	}
	return out
}()
