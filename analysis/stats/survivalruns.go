package stats

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// RunTimes is the times to an event that one run saw.
type RunTimes []Observation

// Waits are the times to an event of several runs. The curve is that of all of them together (KaplanMeier). The times of one
// run share its weather, so that how sure the curve is follows from what each run adds to it as a whole: the infinitesimal
// jackknife (Jaeckel 1972), as in the robust variance of R's survfit with clusters. O(observations).
type Waits struct {
	runs   []RunTimes // with at least one observation
	number []int      // of each in what NewWaits got
	whole  *Survival
	hazard []float64 // by step: Σ d/(Y(Y−d)) up to it; steps at which all that are left have the event add nothing
}

// NewWaits prepares the times of runs; those without any are left out. A time that is negative or not finite is an error.
func NewWaits(runs []RunTimes) (*Waits, error) {
	w := &Waits{}
	var all []Observation
	for i, r := range runs {
		if len(r) > 0 {
			w.runs, w.number, all = append(w.runs, r), append(w.number, i), append(all, r...)
		}
	}
	var err error
	if w.whole, err = KaplanMeier(all, 0); err != nil {
		return nil, err
	}
	sum := 0.0
	for _, st := range w.whole.Steps {
		if y, d := float64(st.AtRisk), float64(st.Events); y > d {
			sum += d / float64(y*(y-d))
		}
		w.hazard = append(w.hazard, sum)
	}
	return w, nil
}

// stepAt returns the last step at or before t, −1 if there is none.
func (w *Waits) stepAt(t float64) int {
	i, _ := slices.BinarySearchFunc(w.whole.Steps, t, func(st Step, t float64) int {
		if st.Time <= t {
			return -1
		}
		return 1
	})
	return i - 1
}

// upTo returns the hazard's sum up to and with step i.
func (w *Waits) upTo(i int) float64 {
	if i < 0 {
		return 0
	}
	return w.hazard[i]
}

// own returns 1/(Y−d) at the step of an event; 0 for what never came, and where no one is left.
func (w *Waits) own(o Observation, step int) float64 {
	if o.Censored {
		return 0
	}
	if st := &w.whole.Steps[step]; st.AtRisk > st.Events {
		return 1 / float64(st.AtRisk-st.Events)
	}
	return 0
}

// contributions turns the effect of one observation more on an estimate into what each run contributes to it.
func (w *Waits) contributions(estimate float64, effect func(o Observation, step int) float64) []float64 {
	n, out := float64(len(w.runs)), make([]float64, len(w.runs))
	for i, r := range w.runs {
		parts := make([]float64, len(r))
		for k, o := range r {
			parts[k] = effect(o, w.stepAt(o.Time))
		}
		out[i] = estimate + float64(n*Sum(parts))
	}
	return out
}

// Curve returns the estimate over all runs.
func (w *Waits) Curve() *Survival { return w.whole }

// Runs returns the numbers of the runs that have times, in the order of Contributions.
func (w *Waits) Runs() []int { return w.number }

// Until returns the longest time up to which the curve is known; +Inf where every last one of the events came.
func (w *Waits) Until() float64 {
	if w.whole.allEvents {
		return math.Inf(1)
	}
	return w.whole.Last
}

// RestrictedMean returns the mean of min(time, until) and what each run contributes to it, the mean of which it is. Without
// censoring, and with one time a run, a contribution is that time. Runs with many events weigh more than runs with few. NaN
// and an explanation where the curve is not known up to until.
func (w *Waits) RestrictedMean(until float64) (mean float64, contributions []float64, note string) {
	iv := w.whole.RestrictedMean(until)
	if math.IsNaN(iv.Estimate) {
		return iv.Estimate, nil, iv.Note
	}
	// From the step on, the area left to the curve, and the area times the hazard's sum so far.
	steps := w.whole.Steps
	last := w.stepAt(until)
	left, weighted := make([]float64, last+2), make([]float64, last+2) // of step i at i+1
	ends := func(i int) float64 {
		if i == last {
			return until
		}
		return steps[i+1].Time
	}
	for i := last; i >= 0; i-- {
		left[i] = float64(steps[i].Survival * (ends(i) - steps[i].Time))
		if i < last {
			left[i] += left[i+1]
		}
	}
	for i := 0; i <= last; i++ {
		weighted[i+1] = weighted[i] + float64(w.hazard[i]*float64(steps[i].Survival*(ends(i)-steps[i].Time)))
	}
	return iv.Estimate, w.contributions(iv.Estimate, func(o Observation, step int) float64 {
		if step < 0 {
			return 0
		}
		if o.Time >= until {
			return weighted[last+1]
		}
		return weighted[step] + float64((w.upTo(step)-w.own(o, step))*left[step])
	}), ""
}

// Percentile returns the least time by which at least p % have had the event, 0 < p ≤ 100, as Survival.Percentile does,
// with the interval of QuantileInterval: the times at which the share of those that had it may be p %, given the spread
// between runs. +Inf is later than anything observed.
func (w *Waits) Percentile(p, level float64) Interval {
	iv := w.whole.Percentile(p)
	iv.Level, iv.N = orDefault(level), len(w.runs)
	if len(w.runs) < MinRuns {
		return iv.without(fmt.Sprintf("%d runs, at least %d needed", len(w.runs), MinRuns))
	}
	want, steps := p/100, w.whole.Steps
	first := func(reaches func(low, high float64) bool) float64 {
		i := sort.Search(len(steps), func(i int) bool { return reaches(w.share(i, iv.Level)) })
		if i == len(steps) {
			return math.Inf(1)
		}
		return steps[i].Time
	}
	iv.Low = first(func(_, high float64) bool { return high > want })
	iv.High = first(func(low, _ float64) bool { return low >= want })
	if math.IsInf(iv.Low, 1) { // even at the last event surely fewer have had it: later than all that was watched
		iv.Low = w.whole.Last
	}
	_, high := clopperPearson(0, float64(len(w.runs)), iv.Level)
	if high > want || w.whole.allEvents && math.IsInf(iv.High, 1) {
		return iv.without(fmt.Sprintf("%d runs are too few for an interval of the %g-th percentile", len(w.runs), p))
	}
	return iv
}

// share returns the interval of the share that has had the event by a step.
func (w *Waits) share(step int, level float64) (low, high float64) {
	survival := w.whole.Steps[step].Survival
	n := float64(len(w.runs))
	c := w.contributions(survival, func(o Observation, at int) float64 {
		if at > step {
			return float64(survival * w.upTo(step))
		}
		return float64(survival * (w.upTo(at) - w.own(o, max(at, 0))))
	})
	return clopperPearson(1-survival, effective(1-survival, Variance(c)/n, n, float64(w.whole.N), level), level)
}
