package judge

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"hypersim/scenarios/claim"

	"hypersim/core"
	"hypersim/sim/metrics"
	"hypersim/sim/metrics/words"
)

// Sample is what an expectation selected from one run, in order of time. A sweep pools the samples of
// its seeds.
type Sample struct {
	Unit      string
	Obs       []metrics.Observation // Value is final: since, minus and ratio are applied
	Unseen    []metrics.Observation // of a detection: that never came; Value is at least how long it was waited for, likewise
	From, To  core.Instant          // the window
	Truncated uint64                // observations of the metric that the run did not keep
	NodeHours float64               // lived by the selected roles within the window; for rates per node-hour
	perNode   bool
	spread    bool // the sites' means over time are compared
}

// Select returns what c is about. Errors are those of the claim: an unknown metric or label.
func Select(c *claim.Claim, r *metrics.Result) (*Sample, error) {
	m, ok := words.Lookup(c.Metric)
	if !ok {
		return nil, fmt.Errorf("metric %q is not measured by this run", c.Metric)
	}
	s := &Sample{Unit: m.Def().Unit, Truncated: r.Truncated[m], perNode: m.Def().PerNodeHour, spread: m.Def().Fold == words.FoldSpread}
	s.window(c, r)
	var err error
	if s.Obs, err = pick(m, c.Where, r); err != nil {
		return nil, err
	}
	s.cut(s.From, s.To)
	s.wait(unseen(m, c, r, s.To))
	if c.Since != nil {
		s.rebase(core.Instant(*c.Since))
	}
	s.NodeHours = NodeHours(c.Where, m, r, metrics.Span{From: s.From, To: s.To})
	if err := s.combine(c, r, m); err != nil {
		return nil, err
	}
	switch rolls := c.Window != nil && c.Window.Rolling > 0; {
	case rolls && s.spread:
		s.rollSpread(c.Window.Rolling)
	case rolls:
		s.roll(c.Window.Rolling, m)
	case s.spread && c.StatName() == "mean":
		s.vary()
	}
	return s, nil
}

// pick selects the observations of m by their labels.
func pick(m words.Metric, w claim.Where, r *metrics.Result) ([]metrics.Observation, error) {
	keys := slices.Sorted(maps.Keys(w))
	known := m.LabelKeys()
	for _, k := range keys {
		if !slices.Contains(known, strings.TrimSuffix(k, "_not")) {
			return nil, fmt.Errorf("metric %s has no label %q (has %s)", m, strings.TrimSuffix(k, "_not"), strings.Join(known, ", "))
		}
	}
	return r.Select(m, func(o *metrics.Observation) bool {
		return holds(w, keys, o, r)
	}), nil
}

// window finds the part of the run that counts.
func (s *Sample) window(c *claim.Claim, r *metrics.Result) {
	s.From, s.To = core.Instant(r.Warmup), r.End
	if c.Window == nil {
		return
	}
	if c.Window.From != nil {
		s.From = core.Instant(*c.Window.From)
	}
	if c.Window.To != nil {
		s.To = core.Instant(*c.Window.To)
	}
}

// vary makes of what the sites had the one number that a run is: how far their means differ. Runs are pooled by that.
func (s *Sample) vary() {
	v := metrics.Variation(s.Obs)
	if math.IsNaN(v) {
		s.Obs = nil
		return
	}
	last := s.Obs[len(s.Obs)-1]
	last.Value, last.Weight, last.SiteA = v, 1, -1
	s.Obs = []metrics.Observation{last}
}

func (s *Sample) cut(from, to core.Instant) {
	s.Obs = slices.DeleteFunc(s.Obs, func(o metrics.Observation) bool { return o.At < from || o.At > to })
}

// rebase measures from since: earlier observations do not count, and times become the time since then.
func (s *Sample) rebase(since core.Instant) {
	s.cut(since, s.To)
	s.From = max(s.From, since)
	s.Unseen = slices.DeleteFunc(s.Unseen, func(o metrics.Observation) bool { return o.At < since })
	if s.Unit != "s" {
		return
	}
	for _, list := range [][]metrics.Observation{s.Obs, s.Unseen} {
		for i := range list {
			list[i].Value = float64(list[i].At.Sub(since)) / 1e9
		}
	}
}

// combine subtracts, or divides by, the matching observation of another metric: the earliest one of the
// same crash, update or sample. Observations without a match do not count.
func (s *Sample) combine(c *claim.Claim, r *metrics.Result, m words.Metric) error {
	for _, x := range []struct {
		other *claim.Other
		apply func(a, b float64) float64
	}{
		{c.Minus, func(a, b float64) float64 { return a - b }},
		{c.Ratio, func(a, b float64) float64 { return a / b }},
	} {
		if x.other == nil {
			continue
		}
		second, ok := words.Lookup(x.other.Metric)
		if !ok {
			return fmt.Errorf("metric %q is not measured by this run", x.other.Metric)
		}
		if m.Def().Event == "" || m.Def().Event != second.Def().Event {
			return fmt.Errorf("observations of %s and %s have nothing in common to match them by", m, second)
		}
		list, err := pick(second, x.other.Where, r)
		if err != nil {
			return err
		}
		s.apply(list, x.apply)
	}
	if c.Ratio != nil {
		s.Unit = "ratio"
	}
	return nil
}

func (s *Sample) apply(list []metrics.Observation, f func(a, b float64) float64) {
	first := map[int32]float64{}
	for i := range list {
		if _, ok := first[list[i].Event]; !ok && list[i].Event >= 0 {
			first[list[i].Event] = list[i].Value
		}
	}
	matched := func(list []metrics.Observation) []metrics.Observation {
		kept := list[:0]
		for _, o := range list {
			if v, ok := first[o.Event]; ok {
				o.Value = f(o.Value, v)
				if o.Value == o.Value { // 0/0 says nothing
					kept = append(kept, o)
				}
			}
		}
		return kept
	}
	s.Obs, s.Unseen = matched(s.Obs), matched(s.Unseen)
}

// roll replaces each observation by what the stretch of length w that ends with it holds.
func (s *Sample) roll(w core.Duration, m words.Metric) {
	sum := m.Def().Unit == "count" && m.Def().Event == ""
	out := make([]metrics.Observation, len(s.Obs))
	first := 0
	for i := range s.Obs {
		for s.Obs[first].At <= s.Obs[i].At-core.Instant(w) {
			first++
		}
		total, weight := 0.0, 0.0
		for k := first; k <= i; k++ {
			total += s.Obs[k].Value * float64(s.Obs[k].Weight)
			weight += float64(s.Obs[k].Weight)
		}
		out[i] = s.Obs[i]
		out[i].Weight = 1
		if out[i].Value = total; !sum {
			out[i].Value = total / weight
		}
	}
	s.Obs = out
}

// rollSpread compares the sites' means of each stretch: one number an instant.
func (s *Sample) rollSpread(w core.Duration) {
	var out []metrics.Observation
	first := 0
	for i := range s.Obs {
		if i+1 < len(s.Obs) && s.Obs[i+1].At == s.Obs[i].At {
			continue
		}
		for s.Obs[first].At <= s.Obs[i].At-core.Instant(w) {
			first++
		}
		if v := metrics.Variation(s.Obs[first : i+1]); !math.IsNaN(v) {
			o := s.Obs[i]
			o.Value, o.Weight, o.SiteA = v, 1, -1
			out = append(out, o)
		}
	}
	s.Obs = out
}

func (s *Sample) values() []metrics.Value {
	v := make([]metrics.Value, len(s.Obs))
	for i := range v {
		v[i] = metrics.Value{V: s.Obs[i].Value, W: float64(s.Obs[i].Weight)}
	}
	return v
}

func (s *Sample) count() float64 {
	n := 0.0
	for i := range s.Obs {
		n += float64(s.Obs[i].Weight)
	}
	return n
}
