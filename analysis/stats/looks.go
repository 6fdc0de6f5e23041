package stats

import "math"

// Looks says when a sweep that stops once its intervals are short enough looks at them, and at which level.
//
// Who looks after every run and stops at the first short interval stops when chance has made it too short: plain 95 %
// intervals of exponential waits then hold the truth in 88 % of sweeps, with these looks in 89 %, and corrected ones in 97 %
// (`hypersim validate --only coverage-until`). So the error of the whole
// is spent over the looks that are planned, the same share at each, after Lan and DeMets (1983, "Discrete sequential
// boundaries for clinical trials", Biometrika 70) with the equal levels of Pocock (1977, Biometrika 64). Their boundaries need
// the joint distribution of all looks; ours are Bonferroni's inequality, which holds for any: the interval at which the sweep
// stops, or the last one, misses with at most the planned error whatever made it stop, as long as the intervals themselves are
// good. Looks are few, at half as many runs again each time, so that this costs little: the level of 9 looks is 99.4 %.
type Looks struct {
	Sizes []int   // runs, ascending; the last is all
	Level float64 // of the interval at each look
}

// looksGrow is how many times as many runs the next look has. A larger step looks less often and so spends less at each, but
// stops later than it might.
const looksGrow = 1.5

// NewLooks plans looks for at most so many runs, none at fewer than ShownRuns; level is that of the whole, 0 the default.
func NewLooks(most int, level float64) Looks {
	var l Looks
	for n := float64(ShownRuns); n < float64(most); n = math.Ceil(n * looksGrow) {
		l.Sizes = append(l.Sizes, int(n))
	}
	l.Sizes = append(l.Sizes, most)
	l.Level = 1 - (1-orDefault(level))/float64(len(l.Sizes))
	return l
}

// Precision is how short an interval must be: each end within Share of the estimate, or within Absolute of it, in its unit,
// where that is more.
type Precision struct{ Share, Absolute float64 }

// Reached reports whether the interval is short enough.
func (p Precision) Reached(iv Interval) bool {
	return iv.Known() && iv.Reach() <= max(float64(p.Share*math.Abs(iv.Estimate)), p.Absolute)
}

// Reach is how far the farther end of the interval lies from the estimate; NaN without an interval.
func (i Interval) Reach() float64 { return max(i.High-i.Estimate, i.Estimate-i.Low) }
