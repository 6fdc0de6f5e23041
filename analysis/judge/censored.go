package judge

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"hypersim/scenarios/claim"

	"hypersim/analysis/stats"
	"hypersim/core"
	"hypersim/sim/metrics"
	"hypersim/sim/metrics/words"
)

// unseen returns the crashes that cl asks for and that nobody detected by the given time: each as the observation that
// did not come, with how long it was waited for as its value. A claim about what was seen alone would pass when nothing is.
func unseen(m words.Metric, cl *claim.Claim, r *metrics.Result, by core.Instant) []metrics.Observation {
	if m.Def().Event != "crash" || m == words.Detected || slices.ContainsFunc([]string{"path", "cause"}, func(k string) bool { return cl.Where.Asks(k) }) {
		return nil // how a detection came says nothing about one that did not
	}
	states := []core.MemberState{core.StateSuspect, core.StateDead}
	if m == words.DetectionFull {
		states = []core.MemberState{core.StateNone}
	}
	var out []metrics.Observation
	for i := range r.Crashes {
		c := &r.Crashes[i]
		for _, to := range states {
			until := c.Until
			if Detected(m, c, to) {
				if until = firstSeen(m, int32(i), to, r); until <= by {
					continue
				}
			}
			o := metrics.Observation{
				Metric: m, At: until, Value: until.Sub(c.At).Seconds(), Weight: 1, Event: int32(i), Fault: -1,
				Observer: core.NoNode, Role: metrics.NoRole, Subject: c.Subject, PeerRole: r.Nodes[c.Subject].Role,
				To: to, Truth: metrics.TruthCrashed, SiteA: -1, SiteB: -1,
			}
			if couldSelect(cl.Where, &o, r) {
				out = append(out, o)
			}
		}
	}
	return out
}

// Detected reports whether the crash was detected in the sense of m, or nobody lived who could have.
func Detected(m words.Metric, c *metrics.Crash, to core.MemberState) bool {
	switch {
	case m == words.DetectionEach && to == core.StateDead, to == core.StateNone:
		return c.Full
	case to == core.StateDead:
		return c.Dead || c.Full
	default: // who is DEAD need not be SUSPECT first
		return c.Suspect || c.Dead || c.Full
	}
}

// firstSeen returns when the crash was first detected, 0 if there is no such observation.
func firstSeen(m words.Metric, crash int32, to core.MemberState, r *metrics.Result) core.Instant {
	for _, o := range r.Of(m) {
		if o.Event == crash && o.To == to {
			return o.At
		}
	}
	return 0
}

// couldSelect reports whether w may select the observation, had some observer made it: what it asks of the subject
// holds, and what it asks of the observer holds for a node that knows the subject.
func couldSelect(w claim.Where, o *metrics.Observation, r *metrics.Result) bool {
	var about, by []string
	for _, key := range slices.Sorted(maps.Keys(w)) {
		if name := strings.TrimSuffix(key, "_not"); strings.HasPrefix(name, "observer") {
			by = append(by, key)
		} else if name != "class" && name != "link" && name != "from" { // of an observer that there is not
			about = append(about, key)
		}
	}
	if !holds(w, about, o, r) {
		return false
	}
	if len(by) == 0 {
		return true
	}
	by = slices.DeleteFunc(by, func(key string) bool { return strings.TrimSuffix(key, "_not") == "observer_class" })
	return slices.ContainsFunc(r.Nodes, func(n metrics.Node) bool {
		if n.ID == o.Subject || n.Group != r.Nodes[o.Subject].Group {
			return false
		}
		x := *o
		x.Observer, x.Role = n.ID, n.Role
		return holds(w, by, &x, r)
	})
}

// Selects reports whether the observation meets all conditions of w.
func Selects(w claim.Where, o *metrics.Observation, r *metrics.Result) bool {
	return holds(w, slices.Sorted(maps.Keys(w)), o, r)
}

// holds reports whether the observation has the words that w demands under the keys.
func holds(w claim.Where, keys []string, o *metrics.Observation, r *metrics.Result) bool {
	for _, k := range keys {
		key, not := strings.CutSuffix(k, "_not")
		word, _ := r.Label(o, key)
		if slices.Contains(w[k], word) == not {
			return false
		}
	}
	return true
}

// wait keeps what could have come within the window, and cuts its wait at the window's end.
func (s *Sample) wait(list []metrics.Observation) {
	for _, o := range list {
		if begin := o.At - core.Instant(o.Value*1e9); o.At < s.From || begin > s.To {
			continue
		}
		if o.At > s.To {
			o.Value -= o.At.Sub(s.To).Seconds()
			o.At = s.To
		}
		s.Unseen = append(s.Unseen, o)
	}
}

// Estimate is a statistic of times some of which never came.
type Estimate struct {
	Value float64
	Least bool // it is only known not to be smaller
}

// bounded is the estimate of a sample.
type bounded struct {
	Estimate
	note string // for a person
}

// curved reports whether a statistic is taken from the curve of Kaplan and Meier.
func curved(stat string) bool {
	_, err := percent(stat)
	return err == nil || stat == "mean"
}

// Censors reports whether what never came changes the statistic beyond failing what must hold of each. Of a spread or a
// trend it leaves nothing that is known.
func Censors(stat string) bool { return curved(stat) || stat == "sd" || stat == "slope" }

// longest is the first of those that were waited for in vain for the longest.
func (s *Sample) longest() *metrics.Observation {
	best := &s.Unseen[0]
	for i := range s.Unseen {
		if s.Unseen[i].Value > best.Value {
			best = &s.Unseen[i]
		}
	}
	return best
}

// estimated is a statistic of times some of which never came: means and percentiles are those of Kaplan and Meier; where
// their curve ends above them they are at least as much as it shows. Other statistics are not defined.
func (s *Sample) estimated(stat string) bounded {
	curve, err := stats.KaplanMeier(s.times(), 0)
	if err != nil { // differences may be negative: there is no curve of them
		return bounded{Estimate: Estimate{Value: math.NaN()}, note: err.Error()}
	}
	return bounded{Of(curve, stat), fmt.Sprintf("%d of %d never came", curve.Censored, curve.N)}
}

// Of returns the mean ("mean") or a percentile ("p90") of times some of which never came.
func Of(curve *stats.Survival, stat string) Estimate {
	if stat == "mean" {
		return Estimate{curve.RestrictedMean(0).Estimate, !curve.Complete()}
	}
	p, err := percent(stat)
	if err != nil {
		return Estimate{Value: math.NaN()}
	}
	if v := curve.Percentile(p).Estimate; !math.IsInf(v, 1) {
		return Estimate{Value: v}
	}
	return Estimate{curve.Last, true}
}

// Judge says whether the estimate meets the bounds of c, or that it cannot be known.
func (x Estimate) Judge(c *claim.Claim) Outcome {
	least, most := c.Limits()
	switch {
	case !x.Least && c.Holds(x.Value), x.Least && math.IsInf(most, 1) && x.Value >= least:
		return Pass
	case !x.Least, x.Value > most && !c.Holds(x.Value):
		return Fail
	}
	return CannotJudge
}

// times are the observations with what never came, for a curve.
func (s *Sample) times() []stats.Observation {
	var out []stats.Observation
	for i := range s.Obs {
		for range s.Obs[i].Weight {
			out = append(out, stats.Observation{Time: s.Obs[i].Value})
		}
	}
	for i := range s.Unseen {
		out = append(out, stats.Observation{Time: s.Unseen[i].Value, Censored: true})
	}
	return out
}
