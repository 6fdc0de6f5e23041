package plot

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics"
)

// coordinates shows how far predicted round trips are from the true ones, over time and as distributions.
func coordinates(run *analysis.Run) *figure {
	rows := run.Tables.Coordinates
	if len(rows) == 0 {
		return nil
	}
	f := overTime(run, "coordinates", "Relative error of predicted round trips")
	f.note = "|predicted − true| / true over sampled pairs; distributions, and quantiles by role, are pooled from the quantiles of the classes of pairs"
	over := newPanel(runTime(run), axis{label: "relative error", kind: logarithmic})
	over.title, over.weight, over.bands = "Over time", 1.25, f.bands
	f.shared = false
	dist := newPanel(axis{label: "relative error", kind: logarithmic}, axis{label: "pairs within (%)", kind: percent, lo: 0.5, hi: 1.005})
	dist.title = "Distribution above the median"
	times, exact := moments(rows), pools(run)
	for i, k := range pairKinds(rows) {
		c := cycle[i%len(cycle)]
		for q, at := range []float64{0.5, 0.9, 0.99} {
			var xy plotter.XYs
			eachPairs(rows, func(t core.Instant, list []metrics.CoordinateRow) {
				v, ok := exact[pool{t, k.link, at}]
				if !ok || k.roles != "" {
					v = newMixture(list, k).quantile(at)
				}
				xy = append(xy, plotter.XY{X: t.Seconds(), Y: v})
			})
			over.line("", stroke(c, q), false, xy)
		}
		for m, t := range times {
			eachPairs(rows, func(at core.Instant, list []metrics.CoordinateRow) {
				if at == t {
					dist.line("", stroke(c, len(times)-1-m), false, newMixture(list, k).curve())
				}
			})
		}
		over.legend = append(over.legend, entry{label: k.String(), fill: c})
	}
	// Colour and dash are explained apart: all their products would not fit beside the panels.
	for q, word := range []string{"median", "p90", "p99"} {
		style := stroke(ink, q)
		over.legend = append(over.legend, entry{label: word, line: &style})
	}
	dist.legend = append(dist.legend, entry{label: "colours as above"})
	for m, t := range times {
		style := stroke(ink, len(times)-1-m)
		dist.legend = append(dist.legend, entry{label: "at " + number(t.Seconds(), 0.1) + " s", line: &style})
	}
	f.panels, f.inch = []*panel{over, dist}, 6.6
	return f
}

// pool names a quantile of all pairs of one link at one instant.
type pool struct {
	at   core.Instant
	link string
	q    float64
}

// pools returns the quantiles that the run holds of all pairs of each link.
func pools(run *analysis.Run) map[pool]float64 {
	out := map[pool]float64{}
	list, _ := run.Series("coordinate_error")
	for _, s := range list {
		q, ok := map[string]float64{"p50": 0.5, "p90": 0.9, "p99": 0.99}[s.Labels.Get("stat")]
		if link := s.Labels.Get("link"); ok && link != "" {
			out[pool{s.At, link, q}] = s.Value
		}
	}
	return out
}

// pairKind is what pairs are told apart by: where their ends are and, if there are few kinds, their roles.
// Within a site a fraction of a millisecond is a large share of a small round trip, and roles that have the
// whole world for a group know their neighbours little: together they would make two-humped curves.
type pairKind struct{ link, roles string }

const pairKindsMax = 4

func (k pairKind) String() string {
	s := map[string]string{"intra": "same site", "inter": "two sites"}[k.link]
	if s == "" {
		s = "all pairs"
	}
	if k.roles != "" {
		s += ",\n" + k.roles
	}
	return s
}

func (k pairKind) matches(r *metrics.CoordinateRow) bool {
	return r.Link == k.link && (k.roles == "" || r.Roles == k.roles)
}

// pairKinds returns the kinds there are, by roles too if they are no more than pairKindsMax.
func pairKinds(rows []metrics.CoordinateRow) []pairKind {
	var fine, coarse []pairKind
	for i := range rows {
		for _, add := range []struct {
			list *[]pairKind
			kind pairKind
		}{{&fine, pairKind{rows[i].Link, rows[i].Roles}}, {&coarse, pairKind{link: rows[i].Link}}} {
			if !slices.Contains(*add.list, add.kind) {
				*add.list = append(*add.list, add.kind)
			}
		}
	}
	out := coarse
	if len(fine) <= pairKindsMax && len(fine) > len(coarse) {
		out = fine
	}
	slices.SortFunc(out, func(a, b pairKind) int { return cmp.Or(cmp.Compare(a.link, b.link), cmp.Compare(a.roles, b.roles)) })
	return out
}

// moments returns the samples nearest after 20 s and 60 s, and the last.
func moments(rows []metrics.CoordinateRow) []core.Instant {
	var out []core.Instant
	end := rows[len(rows)-1].At
	for _, want := range []core.Instant{20e9, 60e9} {
		for i := range rows {
			if at := rows[i].At; at >= want && at < end {
				if len(out) == 0 || out[len(out)-1] != at {
					out = append(out, at)
				}
				break
			}
		}
	}
	return append(out, end)
}

func eachPairs(rows []metrics.CoordinateRow, visit func(core.Instant, []metrics.CoordinateRow)) {
	for i := 0; i < len(rows); {
		k := i
		for k < len(rows) && rows[k].At == rows[i].At {
			k++
		}
		visit(rows[i].At, rows[i:k])
		i = k
	}
}

// mixture is the distribution of all pairs, put together from the quantiles of their classes: within a class
// shares run evenly between the quantiles known, in the logarithm of the error.
type mixture struct {
	parts []part
	total float64
}

type part struct {
	weight float64
	knots  [5]plotter.XY // logarithm of the error, share at most it
}

const least = 1e-6 // errors below count as this: a logarithm has no 0

func newMixture(list []metrics.CoordinateRow, kind pairKind) *mixture {
	m := &mixture{}
	for i := range list {
		r := &list[i]
		if !kind.matches(r) || r.Pairs == 0 || math.IsNaN(r.Rel50) {
			continue
		}
		l50, l90, l99 := math.Log(max(r.Rel50, least)), math.Log(max(r.Rel90, least)), math.Log(max(r.Rel99, least))
		// The file holds neither the lower half nor the last hundredth: let the one be as wide as the upper half
		// up to p99, the other half as wide as the part before it.
		p := part{weight: float64(r.Pairs), knots: [5]plotter.XY{
			{X: l50 - max(l99-l50, 0.05), Y: 0}, {X: l50, Y: 0.5}, {X: l90, Y: 0.9}, {X: l99, Y: 0.99}, {X: l99 + max(l99-l90, 0.02)/2, Y: 1},
		}}
		m.parts = append(m.parts, p)
		m.total += p.weight
	}
	return m
}

// share returns the share of pairs whose error's logarithm is at most x.
func (m *mixture) share(x float64) float64 {
	sum := 0.0
	for i := range m.parts {
		sum += m.parts[i].weight * m.parts[i].share(x)
	}
	return sum / m.total
}

func (p *part) share(x float64) float64 {
	k := &p.knots
	if x < k[0].X {
		return 0
	}
	for i := 1; i < len(k); i++ {
		if x < k[i].X {
			return k[i-1].Y + (k[i].Y-k[i-1].Y)*(x-k[i-1].X)/(k[i].X-k[i-1].X)
		}
	}
	return 1
}

func (m *mixture) ends() (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for i := range m.parts {
		lo, hi = min(lo, m.parts[i].knots[0].X), max(hi, m.parts[i].knots[4].X)
	}
	return lo, hi
}

// quantile returns the error that the share q of pairs does not exceed, NaN without pairs.
func (m *mixture) quantile(q float64) float64 {
	if len(m.parts) == 0 {
		return math.NaN()
	}
	lo, hi := m.ends()
	for range 60 {
		if mid := (lo + hi) / 2; m.share(mid) < q-1e-12 {
			lo = mid
		} else {
			hi = mid
		}
	}
	return math.Exp(hi)
}

// curve returns the distribution from its median to p99, which is what the file knows.
func (m *mixture) curve() plotter.XYs {
	if len(m.parts) == 0 {
		return nil
	}
	lo, hi := m.ends()
	xy := make(plotter.XYs, 0, 201)
	for i := range 201 {
		x := lo + (hi-lo)*float64(i)/200
		if s := m.share(x); s >= 0.5 && s <= 0.99 {
			xy = append(xy, plotter.XY{X: math.Exp(x), Y: s})
		}
	}
	return xy
}
