package batch

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"hypersim/analysis/judge"
	"hypersim/analysis/stats"
)

// pooled is what an expectation selected from several runs, put together.
type pooled struct {
	runs     []*Sample
	values   []pooledValue // ascending
	digits   int
	count    float64
	unseen   int // detections that never came
	exposure float64
}

type pooledValue struct {
	v, w float64
	run  int32
}

func pool(runs []*Sample) *pooled {
	p := &pooled{runs: runs}
	for i, s := range runs {
		p.count += float64(s.Count)
		p.unseen += len(s.Unseen)
		p.exposure += float64(s.Exposure)
		p.digits = leastDigits(p.digits, s.Digits)
		for k := range s.Values {
			p.values = append(p.values, pooledValue{float64(s.Values[k]), float64(s.Weights[k]), int32(i)})
		}
	}
	slices.SortFunc(p.values, func(a, b pooledValue) int { return cmp.Or(cmp.Compare(a.v, b.v), cmp.Compare(a.run, b.run)) })
	return p
}

func leastDigits(a, b int) int {
	switch {
	case a == 0:
		return b
	case b == 0:
		return a
	}
	return min(a, b)
}

// statistic returns the named statistic over the runs, each counted as often as times says. What has no
// pooled form (first, last, slope) is the mean of the runs' own.
func (p *pooled) statistic(stat string, times []int32) float64 {
	switch stat {
	case "count", "sum", "rate":
		return p.total(stat, times)
	case "first", "last", "slope":
		var own []float64
		for i, n := range times {
			for range n {
				own = append(own, float64(p.runs[i].Value))
			}
		}
		return stats.Mean(own)
	}
	weight, sum := 0.0, 0.0
	least, most := math.NaN(), math.NaN()
	for i := range p.values {
		if x := &p.values[i]; times[x.run] > 0 {
			w := float64(times[x.run]) * x.w
			weight += w
			sum += float64(w * x.v)
			if least != least {
				least = x.v
			}
			most = x.v
		}
	}
	switch {
	case weight == 0:
		return math.NaN()
	case stat == "min":
		return least
	case stat == "max":
		return most
	case stat == "mean":
		return sum / weight
	case stat == "sd":
		return p.sd(sum/weight, weight, times)
	}
	percent, err := strconv.ParseFloat(strings.TrimPrefix(stat, "p"), 64)
	if err != nil {
		return math.NaN()
	}
	return p.percentile(percent, weight, times)
}

func (p *pooled) total(stat string, times []int32) float64 {
	count, sum, exposure := 0.0, 0.0, 0.0
	for i, n := range times {
		count += float64(float64(n) * float64(p.runs[i].Count))
		exposure += float64(float64(n) * float64(p.runs[i].Exposure))
	}
	switch stat {
	case "count":
		return count
	case "rate":
		return count / exposure
	}
	for i := range p.values {
		x := &p.values[i]
		sum += float64(float64(times[x.run]) * float64(x.w*x.v))
	}
	return sum
}

func (p *pooled) sd(mean, weight float64, times []int32) float64 {
	if weight <= 1 {
		return math.NaN()
	}
	squares := 0.0
	for i := range p.values {
		x := &p.values[i]
		d := x.v - mean
		squares += float64(float64(d*d) * float64(float64(times[x.run])*x.w))
	}
	return math.Sqrt(squares / (weight - 1))
}

// percentile is the nearest rank, as in sim/metrics.
func (p *pooled) percentile(percent, weight float64, times []int32) float64 {
	rank, sum, last := float64(percent*weight)/100-float64(1e-9*weight), 0.0, math.NaN()
	for i := range p.values {
		x := &p.values[i]
		if n := times[x.run]; n > 0 {
			if sum += float64(float64(n) * x.w); sum >= rank {
				return x.v
			}
			last = x.v
		}
	}
	return last
}

// once counts every run once.
func (p *pooled) once() []int32 {
	times := make([]int32, len(p.runs))
	for i := range times {
		times[i] = 1
	}
	return times
}

// interval returns the interval of a pooled statistic, by runs: observations of one run share its weather. Extremes and
// totals have none.
func (p *pooled) interval(stat string) stats.Interval {
	none := stats.Interval{Estimate: math.NaN(), Low: math.NaN(), High: math.NaN(), N: len(p.runs)}
	switch stat {
	case "count", "sum", "min", "max":
		return none
	case "rate":
		return stats.RateInterval(p.rates(), 0)
	}
	if percent, err := strconv.ParseFloat(strings.TrimPrefix(stat, "p"), 64); err == nil {
		if percent >= 100 {
			return none
		}
		return stats.QuantileInterval(p.weighted(), percent, 0)
	}
	if parts, ok := p.parts(); ok && stat == "mean" {
		return stats.ShareInterval(parts, 0)
	}
	return stats.Around(p.statistic(stat, p.once()), p.contributions(stat), 0)
}

// parts returns how much of each run's observations is 1 where all are 0 or 1: a share, which may be all of them and is no
// certainty then.
func (p *pooled) parts() ([]stats.Part, bool) {
	out := make([]stats.Part, len(p.runs))
	for i := range p.values {
		x := &p.values[i]
		if x.v != 0 && x.v != 1 || p.runs[x.run].Unit != "fraction" {
			return nil, false
		}
		out[x.run].Whole += x.w
		out[x.run].Of += float64(x.v * x.w)
	}
	return out, true
}

// waits returns the times to detection of each run, with what never came.
func (p *pooled) waits() (*stats.Waits, error) {
	runs := make([]stats.RunTimes, len(p.runs))
	for i := range p.values {
		x := &p.values[i]
		for range int(x.w) {
			runs[x.run] = append(runs[x.run], stats.Observation{Time: x.v})
		}
	}
	for i, s := range p.runs {
		for _, v := range s.Unseen {
			runs[i] = append(runs[i], stats.Observation{Time: float64(v), Censored: true})
		}
	}
	return stats.NewWaits(runs)
}

// estimate returns a mean or percentile in spite of detections that never came, with its interval.
func (p *pooled) estimate(stat string) (x judge.Estimate, iv stats.Interval, err error) {
	w, err := p.waits()
	if err != nil {
		return x, iv, err
	}
	x = judge.Of(w.Curve(), stat)
	iv = stats.Interval{Low: math.NaN(), High: math.NaN()}
	switch percent, bad := strconv.ParseFloat(strings.TrimPrefix(stat, "p"), 64); {
	case bad == nil && percent < 100:
		iv = w.Percentile(percent, 0)
	case stat == "mean" && !x.Least:
		mean, contributions, _ := w.RestrictedMean(w.Curve().Last)
		iv = stats.Around(mean, contributions, 0)
	}
	return x, iv, nil
}

// longest returns how long a detection was waited for in vain, for statistics that the last one decides; NaN if all came.
func (p *pooled) longest(stat string) float64 {
	most := math.NaN()
	if stat != "max" && stat != "last" {
		return most
	}
	for _, s := range p.runs {
		if n := len(s.Unseen); n > 0 && !(float64(s.Unseen[n-1]) <= most) {
			most = float64(s.Unseen[n-1])
		}
	}
	return most
}

// rates returns what each run counted, and in how much.
func (p *pooled) rates() []stats.Rate {
	out := make([]stats.Rate, len(p.runs))
	for i, s := range p.runs {
		out[i] = stats.Rate{Count: uint64(math.Round(float64(s.Count))), Exposure: float64(s.Exposure)}
	}
	return out
}

// weighted returns the values of each run.
func (p *pooled) weighted() []stats.Weighted {
	out := make([]stats.Weighted, len(p.runs))
	for i := range p.values {
		x := &p.values[i]
		w := &out[x.run]
		w.Values, w.Weights = append(w.Values, x.v), append(w.Weights, x.w)
	}
	return out
}

// contributions returns what each run that has values adds to a statistic: the jackknife's pseudo-values about it.
func (p *pooled) contributions(stat string) []float64 {
	times, whole := p.once(), p.statistic(stat, p.once())
	var without []float64
	for i, s := range p.runs {
		if len(s.Values) == 0 {
			continue
		}
		times[i] = 0
		without = append(without, p.statistic(stat, times))
		times[i] = 1
	}
	center, n := stats.Mean(without), float64(len(without))
	for i := range without {
		without[i] = whole + float64((n-1)*(center-without[i]))
	}
	return without
}

// rounded keeps nine digits: more are not the same on every CPU, and mean nothing.
func rounded(v float64) number {
	x, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 9, 64), 64)
	if err != nil {
		return number(v)
	}
	return number(x)
}
