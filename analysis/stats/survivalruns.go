package stats

import (
	"fmt"
	"math"
)

// RunTimes is the times to an event that one run saw.
type RunTimes []Observation

// Waits are the times to an event of several runs. The curve is that of all of them together (KaplanMeier); how sure
// it is follows from leaving out one run at a time, because the times of one run share its weather.
type Waits struct {
	runs   []RunTimes // with at least one observation
	number []int      // of each in what NewWaits got
	times  []float64  // of events, ascending
	whole  *Survival
	rest   []*Survival // without the run in question
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
	for _, st := range w.whole.Steps {
		w.times = append(w.times, st.Time)
	}
	for i := range w.runs {
		var others []Observation
		for k, r := range w.runs {
			if k != i {
				others = append(others, r...)
			}
		}
		s, err := KaplanMeier(others, 0)
		if err != nil {
			return nil, err
		}
		w.rest = append(w.rest, s)
	}
	return w, nil
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

// RestrictedMean returns the mean of min(time, until) and what each run contributes to it, the mean of which it is:
// the pseudo-observations of Andersen, Hansen and Klein (2004). Runs with many events weigh more than runs with few. NaN and an
// explanation where the curve is not known up to until.
func (w *Waits) RestrictedMean(until float64) (mean float64, contributions []float64, note string) {
	iv := w.whole.RestrictedMean(until)
	if math.IsNaN(iv.Estimate) {
		return iv.Estimate, nil, iv.Note
	}
	n := float64(len(w.runs))
	without := make([]float64, len(w.rest))
	for i, s := range w.rest {
		without[i] = s.area(until)
	}
	center := Mean(without)
	for i := range without {
		without[i] = iv.Estimate + float64((n-1)*(center-without[i]))
	}
	return iv.Estimate, without, ""
}

// area is the restricted mean of a curve that stays at its last height where nobody was watched any longer: good
// enough to see what one run changes.
func (s *Survival) area(until float64) float64 {
	areas := make([]float64, 0, len(s.Steps)+1)
	from, height := 0.0, 1.0
	for i := range s.Steps {
		if s.Steps[i].Time >= until {
			break
		}
		areas = append(areas, float64(height*(s.Steps[i].Time-from)))
		from, height = s.Steps[i].Time, s.Steps[i].Survival
	}
	return Sum(append(areas, float64(height*(until-from))))
}

// Percentile returns the least time by which at least p % have had the event, 0 < p ≤ 100, as Survival.Percentile does, with the interval of
// QuantileInterval: the times at which the share of those that had it may be p %, given the spread between
// runs. +Inf is later than anything observed.
func (w *Waits) Percentile(p, level float64) Interval {
	iv := w.whole.Percentile(p)
	iv.Level, iv.N = orDefault(level), len(w.runs)
	if len(w.runs) < MinRuns {
		return iv.without(fmt.Sprintf("%d runs, at least %d needed", len(w.runs), MinRuns))
	}
	want := p / 100
	iv.Low, iv.High = math.NaN(), math.Inf(1)
	for _, t := range w.times {
		low, high := w.share(t, iv.Level)
		if math.IsNaN(iv.Low) && high > want {
			iv.Low = t
		}
		if low >= want {
			iv.High = t
			break
		}
	}
	if math.IsNaN(iv.Low) { // even at the last event surely fewer have had it: later than all that was watched
		iv.Low = w.whole.Last
	}
	_, high := clopperPearson(0, float64(len(w.runs)), iv.Level)
	if high > want || w.whole.allEvents && math.IsInf(iv.High, 1) {
		return iv.without(fmt.Sprintf("%d runs are too few for an interval of the %g-th percentile", len(w.runs), p))
	}
	return iv
}

// share returns the interval of the share that has had the event by t.
func (w *Waits) share(t, level float64) (low, high float64) {
	had := 1 - w.whole.At(t).Survival
	n := float64(len(w.runs))
	without := make([]float64, len(w.rest))
	for i, s := range w.rest {
		without[i] = s.At(t).Survival
	}
	observed := float64(w.whole.N)
	return clopperPearson(had, effective(had, float64(squares(without)*(n-1))/n, n, observed, level), level)
}
