package stats

import (
	"fmt"
	"math"
	"slices"

	"hypersim/core/xmath"
)

// Observation is a time to an event, or with Censored how long the event was waited for in vain: the run
// ended, or its subject left, first.
type Observation struct {
	Time     float64 // ≥ 0, finite
	Censored bool
}

// Step is the survival curve from Time until the next step.
type Step struct {
	Time             float64
	AtRisk           int     // observations that last to Time or longer
	Events, Censored int     // at Time; censored from Time on until the next step
	Survival         float64 // estimated probability that the event comes after Time
	StdErr           float64 // Greenwood's
	Low, High        float64 // pointwise interval of Survival; NaN where Survival is 0
}

// Survival is a Kaplan–Meier estimate. Print Censored with whatever is taken from it.
type Survival struct {
	N, Events, Censored int
	Level               float64
	First               Step // at time 0 where nothing happens at 0: Survival 1
	Steps               []Step
	Last                float64 // greatest observed time; NaN of none

	allEvents bool // the greatest time is an event's
}

// KaplanMeier estimates the distribution of a time that some observations only bound from below (Kaplan
// and Meier 1958). Censoring must have nothing to do with what was about to happen; the end of a run
// qualifies. At equal times events come before censoring. The pointwise interval is Greenwood's on the
// scale log(−log S), which stays within [0, 1] and keeps its level in small samples (Kalbfleisch and
// Prentice 1980; Borgan and Liestøl 1990).
//
// Intervals take observations as independent. Several from one run are not: then use the curve, and put
// the interval across runs with Waits.
func KaplanMeier(observations []Observation, level float64) (*Survival, error) {
	obs := slices.Clone(observations)
	for _, o := range obs {
		if !(o.Time >= 0) || math.IsInf(o.Time, 0) {
			return nil, fmt.Errorf("stats: a survival time of %v: it must be finite and not negative", o.Time)
		}
	}
	slices.SortFunc(obs, func(p, q Observation) int {
		switch {
		case p.Time < q.Time:
			return -1
		case p.Time > q.Time:
			return 1
		case p.Censored == q.Censored:
			return 0
		case q.Censored:
			return -1
		}
		return 1
	})
	s := &Survival{N: len(obs), Level: orDefault(level), Last: math.NaN()}
	s.First = Step{AtRisk: len(obs), Survival: 1, Low: 1, High: 1}
	if len(obs) == 0 {
		return s, nil
	}
	s.Last, s.allEvents = obs[len(obs)-1].Time, !obs[len(obs)-1].Censored
	z := normalQuantile(1 - tail(s.Level))
	greenwood := 0.0
	at := &s.First
	for i := 0; i < len(obs); {
		if obs[i].Censored {
			at.Censored++
			s.Censored++
			i++
			continue
		}
		risk, deaths := len(obs)-i, 0
		for t := obs[i].Time; i < len(obs) && obs[i].Time == t && !obs[i].Censored; i++ {
			deaths++
		}
		st := Step{Time: obs[i-1].Time, AtRisk: risk, Events: deaths}
		st.Survival = float64(at.Survival * float64(risk-deaths) / float64(risk))
		if risk > deaths {
			greenwood += float64(deaths) / float64(float64(risk)*float64(risk-deaths))
		}
		st.limits(greenwood, z)
		s.Events += deaths
		s.Steps = append(s.Steps, st)
		at = &s.Steps[len(s.Steps)-1]
	}
	return s, nil
}

// Complete reports whether the curve reaches 0: the last of all observations is an event.
func (s *Survival) Complete() bool { return s.allEvents }

// limits fills in standard error and interval; greenwood is Σ d/(n(n−d)).
func (st *Step) limits(greenwood, z float64) {
	st.StdErr = float64(st.Survival * math.Sqrt(greenwood))
	if st.Survival == 0 {
		st.StdErr, st.Low, st.High = 0, math.NaN(), math.NaN()
		return
	}
	log := xmath.Log(st.Survival)
	spread := xmath.Exp(float64(z*math.Sqrt(greenwood)) / -log)
	st.Low, st.High = xmath.Exp(float64(log*spread)), xmath.Exp(log/spread)
}

// At returns the step that holds at time t ≥ 0.
func (s *Survival) At(t float64) Step {
	st := s.First
	for _, next := range s.Steps {
		if next.Time > t {
			break
		}
		st = next
	}
	return st
}

// Median is Percentile(50).
func (s *Survival) Median() Interval { return s.Percentile(50) }

// Percentile returns the least time by which at least p % have had the event, 0 < p ≤ 100, with the
// interval of Brookmeyer and Crowley (1982) on the log(−log) scale. Without censoring the estimate is the
// nearest rank of Percentile. +Inf: later than anything observed, the estimate or its upper end; that is
// an answer, not a missing value. N counts events.
func (s *Survival) Percentile(p float64) Interval {
	iv := Interval{Estimate: math.NaN(), Level: s.Level, N: s.Events}
	if s.N == 0 {
		return iv.without("no observations")
	}
	left := 1 - p/100 + 1e-9 // the slack of nearestRank
	first := func(curve func(*Step) float64) float64 {
		for i := range s.Steps {
			if curve(&s.Steps[i]) <= left {
				return s.Steps[i].Time
			}
		}
		return math.Inf(1)
	}
	iv.Estimate = first(func(st *Step) float64 { return st.Survival })
	iv.Low = first(func(st *Step) float64 {
		if st.Survival == 0 {
			return 0
		}
		return st.Low
	})
	iv.High = first(func(st *Step) float64 { return st.High })
	if s.Censored > 0 {
		iv.Note = fmt.Sprintf("%d of %d censored", s.Censored, s.N)
	}
	return iv
}

// RestrictedMean returns the mean of min(time, until): the area under the curve up to there, which exists
// however many are censored, with its normal interval (Klein and Moeschberger 2003, §4.5). until 0 is the
// greatest observed time. Beyond that time the curve is unknown unless it has reached 0, and there is no
// estimate. To compare variants fix one until for all of them before looking.
func (s *Survival) RestrictedMean(until float64) Interval {
	iv := Interval{Estimate: math.NaN(), Level: s.Level, N: s.N}
	if s.N == 0 {
		return iv.without("no observations")
	}
	if until == 0 {
		until = s.Last
	}
	if !(until > 0) || math.IsInf(until, 0) {
		return iv.without(fmt.Sprintf("a restricted mean up to %v: it needs a positive time", until))
	}
	if until > s.Last && !s.allEvents {
		return iv.without(fmt.Sprintf("the curve is unknown beyond %v, the longest observation", s.Last))
	}
	areas := make([]float64, 0, len(s.Steps)+1) // of each step, clipped at until
	from, height := 0.0, 1.0
	for i := range s.Steps {
		if s.Steps[i].Time >= until {
			break
		}
		areas = append(areas, float64(height*(s.Steps[i].Time-from)))
		from, height = s.Steps[i].Time, s.Steps[i].Survival
	}
	areas = append(areas, float64(height*(until-from)))
	iv.Estimate = Sum(areas)
	var terms []float64
	for i := range len(areas) - 1 {
		st, right := &s.Steps[i], Sum(areas[i+1:])
		if n, d := float64(st.AtRisk), float64(st.Events); n > d {
			terms = append(terms, float64(right*right)*d/float64(n*(n-d)))
		}
	}
	half := float64(normalQuantile(1-tail(s.Level)) * math.Sqrt(Sum(terms)))
	iv.Low, iv.High = iv.Estimate-half, iv.Estimate+half
	if s.Censored > 0 {
		iv.Note = fmt.Sprintf("%d of %d censored", s.Censored, s.N)
	}
	return iv
}
