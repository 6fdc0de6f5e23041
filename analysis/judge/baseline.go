package judge

import (
	"hypersim/sim/metrics"
)

// Baseline is the function baseline("metric", "stat") of expressions in bounds (spec 40 §8.1): the same
// statistic over the warm-up. NaN if the warm-up has too few observations.
func Baseline(metric, stat string, where Where, r *metrics.Result) (float64, error) {
	e := &Expectation{
		Metric: metric, Where: where, Stat: stat,
		Window: &Window{From: &Moment{}, To: &Moment{Offset: r.Warmup}},
	}
	s, err := Select(e, r, &Options{})
	if err != nil {
		return 0, err
	}
	v, _, err := s.Statistic(e)
	return v, err
}
