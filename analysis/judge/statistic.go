package judge

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"hypersim/scenarios/claim"

	"hypersim/sim/metrics"
)

// Statistic returns c's statistic of the sample, and the observation behind it where there is one. The
// unit of a rate or slope replaces the sample's. NaN: not defined for so few observations.
func (s *Sample) Statistic(c *claim.Claim) (v float64, at *metrics.Observation, err error) {
	stat := c.StatName()
	switch {
	case stat == "count":
		s.Unit = "count"
		return s.count(), nil, nil
	case s.spread && stat != "mean":
		return math.NaN(), nil, fmt.Errorf("statistic %q: %s is one number of a window, its mean", stat, c.Metric)
	}
	switch stat {
	case "rate":
		return s.rate(), nil, nil
	case "slope":
		s.Unit += "/s"
		return s.slope(), nil, nil
	case "sum":
		sum := 0.0
		for i := range s.Obs {
			sum += s.Obs[i].Value * float64(s.Obs[i].Weight)
		}
		return sum, nil, nil
	}
	if len(s.Obs) == 0 {
		return math.NaN(), nil, checkStat(stat)
	}
	switch stat {
	case "first":
		at = &s.Obs[0]
	case "last":
		at = &s.Obs[len(s.Obs)-1]
	case "all":
		at = s.extreme(c.Margin)
	case "min":
		at = s.extreme(func(v float64) float64 { return v })
	case "max":
		at = s.extreme(func(v float64) float64 { return -v })
	}
	if at != nil {
		return at.Value, at, nil
	}
	values := s.values()
	sum := metrics.Summarize(values)
	switch stat {
	case "mean":
		return sum.Mean, nil, nil
	case "sd":
		return sum.SD, nil, nil
	}
	p, err := percent(stat)
	if err != nil {
		return math.NaN(), nil, err
	}
	return metrics.Percentile(values, p), nil, nil
}

// extreme returns the first observation with the least score.
func (s *Sample) extreme(score func(float64) float64) *metrics.Observation {
	best := &s.Obs[0]
	for i := range s.Obs {
		if score(s.Obs[i].Value) < score(best.Value) {
			best = &s.Obs[i]
		}
	}
	return best
}

// rate is observations per second of the window, or per node-hour where the metric says so.
func (s *Sample) rate() float64 {
	if s.perNode {
		s.Unit = "1/node-hour"
		return s.count() / s.NodeHours
	}
	s.Unit = "1/s"
	return s.count() / s.To.Sub(s.From).Seconds()
}

// slope is the weighted least-squares slope of the values over time, per second.
func (s *Sample) slope() float64 {
	w, t, v := 0.0, 0.0, 0.0
	for i := range s.Obs {
		o := &s.Obs[i]
		x := float64(o.Weight)
		w, t, v = w+x, t+x*o.At.Seconds(), v+x*o.Value
	}
	cov, variance := 0.0, 0.0
	for i := range s.Obs {
		o := &s.Obs[i]
		d := o.At.Seconds() - t/w
		cov += float64(o.Weight) * d * (o.Value - v/w)
		variance += float64(o.Weight) * d * d
	}
	return cov / variance // 0/0, not a number, when all fall on one instant
}

func checkStat(stat string) error {
	switch stat {
	case "first", "last", "all", "min", "max", "mean", "sd":
		return nil
	}
	_, err := percent(stat)
	return err
}

func percent(stat string) (float64, error) {
	digits, ok := strings.CutPrefix(stat, "p")
	p, err := strconv.ParseFloat(digits, 64)
	if !ok || err != nil || !(p > 0 && p <= 100) {
		return 0, fmt.Errorf("statistic %q: must be count, sum, mean, sd, min, max, all, first, last, rate, slope or pNN", stat)
	}
	return p, nil
}
