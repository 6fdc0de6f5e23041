package batch

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"hypersim/scenarios/claim"

	"hypersim/analysis/judge"
	"hypersim/analysis/stats"
	"hypersim/cmd/internal/runner"
	"hypersim/core"
	"hypersim/sim/metrics"
	"hypersim/sim/metrics/words"
)

// reduce keeps of a run what a sweep needs.
func reduce(res *runner.Result, build runner.Build, address string) (*runData, error) {
	sc := res.Scenario
	r := &runData{Head: Head{
		Schema: Format, Address: address, Scenario: sc.Name, Variant: sc.Variant, Sets: runSets(sc.Sets),
		Seed: sc.Seed, Digest: res.Digest, Events: res.Events, VirtualS: res.Virtual.Seconds(),
		Stopped: res.Stopped, Warnings: append([]string{}, res.Warnings[len(sc.Warnings):]...), Violations: []Violation{}, Build: build,
	}}
	for i := range res.Violations {
		v := &res.Violations[i]
		r.Violations = append(r.Violations, Violation{
			Seed: sc.Seed, Invariant: v.Invariant, AtS: v.At.Seconds(), Nodes: append([]string{}, v.Nodes...), What: v.What, Count: v.Count,
		})
	}
	if res.Stopped != "" { // half a run is no measurement
		return r, nil
	}
	list := sc.Expects
	for _, name := range selections(list) {
		i := slices.IndexFunc(list, func(e claim.Claim) bool { return e.Selection() == name })
		r.Samples = append(r.Samples, sample(name, &list[i], res.Metrics))
	}
	r.Counts, r.Survival = counts(res.Metrics), survival(res.Metrics)
	var err error
	r.Metrics, err = dists(res.Metrics)
	return r, err
}

// valuesMax bounds the different values that a run keeps for one expectation; more are rounded.
const valuesMax = 20_000

// runSets returns the changes that change what happens in a run.
func runSets(sets []string) []string {
	return slices.DeleteFunc(append([]string{}, sets...), func(s string) bool {
		return strings.HasPrefix(s, "expect.") || strings.HasPrefix(s, "compare.") || strings.HasPrefix(s, "report.plot")
	})
}

// selections returns the different selections of expectations, sorted.
func selections(list []claim.Claim) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].Selection()
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sample keeps what an expectation is about.
func sample(name string, e *claim.Claim, m *metrics.Result) Sample {
	out := Sample{Selection: name, Value: number(math.NaN()), Low: number(math.NaN()), High: number(math.NaN()), Values: []number{}, Weights: []number{}}
	s, err := judge.Select(e, m)
	if err != nil {
		out.Err = err.Error()
		return out
	}
	f, _ := s.Facts(e)
	out.keep(&f)
	out.Exposure, out.PerWhat = number(s.To.Sub(s.From).Seconds()), "s"
	if def, ok := words.Lookup(e.Metric); ok && def.Def().PerNodeHour {
		out.Exposure, out.PerWhat = number(s.NodeHours), "node-hour"
	}
	values := make([]metrics.Value, len(s.Obs))
	for i := range s.Obs {
		values[i] = metrics.Value{V: s.Obs[i].Value, W: float64(s.Obs[i].Weight)}
	}
	values, out.Digits = distinct(values)
	for _, x := range values {
		out.Values, out.Weights = append(out.Values, number(x.V)), append(out.Weights, number(x.W))
	}
	return out
}

// keep takes over the facts.
func (s *Sample) keep(f *judge.Facts) {
	s.Err, s.Note, s.Unit, s.Least, s.Truncated = f.Err, f.Note, f.Unit, f.Least, f.Truncated
	s.Value, s.Low, s.High, s.Count = number(f.Value), number(f.Low), number(f.High), number(f.Count)
	for _, x := range f.Unseen {
		s.Unseen = append(s.Unseen, number(x))
	}
}

// facts are what keep took over.
func (s *Sample) facts() *judge.Facts {
	f := &judge.Facts{
		Err: s.Err, Note: s.Note, Unit: s.Unit, Least: s.Least, Truncated: s.Truncated,
		Value: float64(s.Value), Low: float64(s.Low), High: float64(s.High), Count: float64(s.Count),
	}
	for _, x := range s.Unseen {
		f.Unseen = append(f.Unseen, float64(x))
	}
	return f
}

// judged returns the sample with the verdict on a claim, as if the run stood alone.
func (s *Sample) judged(e *claim.Claim) *Sample {
	out := *s // observations are shared
	v := judge.Decide(e, s.facts())
	out.id, out.outcome, out.Value, out.Least, out.Unit = e.ID, v.Outcome.String(), number(v.Value), v.Least, v.Unit
	if v.Outcome != judge.Pass && v.Outcome != judge.Fail {
		out.why = v.Why
	}
	return &out
}

// distinct sorts values and joins equal ones. If too many are left, they are rounded to the most digits
// that make them few enough: their percentiles are then right to so many digits.
func distinct(v []metrics.Value) (out []metrics.Value, digits int) {
	out = joined(v)
	for d := 6; len(out) > valuesMax && d >= 2; d-- {
		for i := range out {
			x, err := strconv.ParseFloat(strconv.FormatFloat(out[i].V, 'g', d, 64), 64)
			if err == nil {
				out[i].V = x
			}
		}
		out, digits = joined(out), d
	}
	return out, digits
}

func joined(v []metrics.Value) []metrics.Value {
	metrics.SortValues(v)
	out := v[:0]
	for _, x := range v {
		if n := len(out); n > 0 && out[n-1].V == x.V {
			out[n-1].W += x.W
			continue
		}
		out = append(out, x)
	}
	return out
}

// Labels by which metrics are split: coarsely, so that each run has each row, and finely.
var (
	coarseKeys = []string{"direction", "edge", "rtt", "share", "threshold", "samples", "to"}
	fineKeys   = []string{"direction", "type", "edge", "rtt", "share", "threshold", "samples", "to", "class", "truth", "role", "link"}
)

// dists describes all metrics, coarse rows before fine ones.
func dists(m *metrics.Result) ([]Dist, error) {
	var out []Dist
	for _, id := range words.All() {
		coarse := split(m, id, coarseKeys)
		for _, g := range coarse {
			if err := g.add(&out, m, id, false); err != nil {
				return nil, err
			}
		}
		for _, g := range split(m, id, fineKeys) {
			if slices.ContainsFunc(coarse, func(c group) bool { return c.labels == g.labels }) {
				continue
			}
			if err := g.add(&out, m, id, true); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// group is one set of labels of a metric.
type group struct {
	labels string
	keep   func(*metrics.Observation) bool
}

// split returns the different words under the given keys, sorted, without those that nothing was observed
// of.
func split(m *metrics.Result, id words.Metric, keys []string) []group {
	known := map[metrics.Observation]string{} // by all that the words depend on: making words is slow
	word := func(o *metrics.Observation) string {
		short := metrics.Observation{
			Metric: o.Metric, Job: -1, Param: o.Param, To: o.To, Class: o.Class, Truth: o.Truth, Role: o.Role, PeerRole: o.PeerRole,
			Link: o.Link, Type: o.Type, Dir: o.Dir,
		}
		w, ok := known[short]
		if !ok {
			w = spelled(m, &short, keys)
			known[short] = w
		}
		return w
	}
	traffic := id.Def().Fold == words.FoldRate
	seen := map[string]bool{}
	var labels []string
	m.Select(id, func(o *metrics.Observation) bool {
		if traffic && !happened(m, o) {
			return false
		}
		if w := word(o); !seen[w] {
			seen[w] = true
			labels = append(labels, w)
		}
		return false
	})
	slices.Sort(labels)
	out := make([]group, len(labels))
	for i, l := range labels {
		out[i] = group{l, func(o *metrics.Observation) bool { return word(o) == l }}
	}
	return out
}

func happened(m *metrics.Result, o *metrics.Observation) bool {
	return slices.ContainsFunc(m.Traffic, func(t metrics.Traffic) bool {
		return uint8(t.Direction)+1 == o.Dir && uint8(t.Kind) == o.Type && t.Role == o.Role
	})
}

func spelled(m *metrics.Result, o *metrics.Observation, keys []string) string {
	var parts []string
	for _, key := range keys {
		if key == "role" && o.Metric.Def().Event == "coordinate sample" {
			key = "roles" // of both ends
		}
		if w, ok := m.Label(o, key); ok && w != "" {
			parts = append(parts, key+"="+w)
		}
	}
	return strings.Join(parts, ";")
}

// add appends what is observed of the group after the warm-up.
func (g group) add(out *[]Dist, m *metrics.Result, id words.Metric, fine bool) error {
	d := Dist{Metric: id.String(), Labels: g.labels, Unit: id.Def().Unit, Fine: fine, Hist: &stats.Histogram{}}
	var v []metrics.Value
	list := m.Select(id, g.keep)
	for i := range list {
		if o := &list[i]; o.At >= core.Instant(m.Warmup) {
			v = append(v, metrics.Value{V: o.Value, W: float64(o.Weight)})
			if err := d.Hist.AddN(o.Value, uint64(o.Weight)); err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
		}
	}
	if len(v) == 0 {
		return nil
	}
	s := metrics.Summarize(v)
	d.Count, d.Mean, d.SD = s.Count, number(s.Mean), number(s.SD)
	d.Min, d.P50, d.P90, d.P99, d.Max = number(s.Min), number(s.P50), number(s.P90), number(s.P99), number(s.Max)
	*out = append(*out, d)
	return nil
}

// apart are the conditions by which events are counted beside all of them.
func apart(id words.Metric) []claim.Where {
	switch {
	case id == words.Accusations:
		return []claim.Where{{"to": {core.StateSuspect.String()}}, {"to": {core.StateDead.String()}}}
	case id.Def().PerNodeHour:
		return []claim.Where{nil, {"class": {metrics.Healthy.String()}}, {"class": {metrics.Impaired.String()}}}
	}
	return []claim.Where{nil}
}

// counts returns how often what is counted happened, in all and at observers in good and in bad shape.
func counts(m *metrics.Result) []Count {
	var out []Count
	for _, id := range words.All() {
		if !id.Def().Counted {
			continue
		}
		for _, where := range apart(id) {
			c := Count{Metric: id.String(), Labels: where.String(), NodeHours: number(judge.NodeHours(where, id, m, metrics.Span{From: core.Instant(m.Warmup), To: m.End}))}
			for _, o := range m.Select(id, func(o *metrics.Observation) bool { return judge.Selects(where, o, m) }) {
				if o.At >= core.Instant(m.Warmup) {
					c.Count += uint64(math.Round(o.Value * float64(o.Weight)))
				}
			}
			out = append(out, c)
		}
	}
	return out
}

// survival returns the times from crashes to their detection, with those that never came: for all subjects,
// and by their role.
func survival(m *metrics.Result) []Survival {
	var out []Survival
	find := func(metric, labels string) *Survival {
		for i := range out {
			if out[i].Metric == metric && out[i].Labels == labels {
				return &out[i]
			}
		}
		out = append(out, Survival{Metric: metric, Labels: labels, Times: []number{}, Censored: []number{}})
		return &out[len(out)-1]
	}
	for _, kind := range []struct {
		id   words.Metric
		to   core.MemberState
		done func(*metrics.Crash) bool
	}{
		{words.DetectionFirst, core.StateSuspect, func(c *metrics.Crash) bool { return c.Suspect }},
		{words.DetectionFirst, core.StateDead, func(c *metrics.Crash) bool { return c.Dead }},
		{words.DetectionFull, core.StateNone, func(c *metrics.Crash) bool { return c.Full }},
	} {
		times := map[int32]number{} // by crash
		for _, o := range m.Select(kind.id, func(o *metrics.Observation) bool { return kind.to == core.StateNone || o.To == kind.to }) {
			times[o.Event] = number(o.Value)
		}
		for i := range m.Crashes {
			c := &m.Crashes[i]
			if c.At < core.Instant(m.Warmup) {
				continue
			}
			t, came := times[int32(i)]
			if came = came && kind.done(c); !came && judge.Detected(kind.id, c, kind.to) {
				continue // nobody lived to mark it so
			}
			for _, labels := range survivalLabels(kind.to, m.Nodes[c.Subject].Role) {
				s := find(kind.id.String(), labels)
				s.Watched = max(s.Watched, number(c.Until.Sub(c.At).Seconds()))
				if came {
					s.Times = append(s.Times, t)
				} else {
					s.Censored = append(s.Censored, number(c.Until.Sub(c.At).Seconds()))
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Survival) int {
		return cmp.Or(cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Labels, b.Labels))
	})
	return out
}

func survivalLabels(to core.MemberState, role core.Role) []string {
	all := ""
	if to != core.StateNone {
		all = "to=" + to.String()
	}
	return []string{all, strings.TrimPrefix(all+";subject_role="+role.String(), ";")}
}
