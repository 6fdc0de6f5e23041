package metrics

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"hypersim/core"
	"hypersim/sim/metrics/words"
)

// Part is a value as the tables hold it.
type Part struct {
	At     core.Instant
	Value  float64
	Weight float64 // of how many events, pairs, nodes or node-seconds it is
	Stat   string  // what Value is of those: "mean", "max", "p50"; "": the metric itself
}

// Over folds the parts of one picked set of labels in one bin of time into the statistic. Of nothing a sum or a count is 0, and
// all else NaN. over says what a share or rate is of: by instant the weight of the pairs, nodes or node-seconds of the bin. nil
// means the weight of the parts themselves.
func Over(f words.Fold, parts []Part, stat string, over map[core.Instant]float64) (float64, error) {
	switch f {
	case words.FoldShare, words.FoldRate:
		return moments(parts, stat, over)
	case words.FoldLevel:
		return levels(parts, stat, over)
	case words.FoldState:
		if len(parts) > 0 && (stat == "last" || stat == "max" || stat == "min") {
			return statistic(parts, stat)
		}
	case words.FoldNone, words.FoldEvents:
		if len(parts) > 0 && parts[0].Stat != "" {
			return quantile(parts, stat)
		}
	default: // what is drawn of its own is no fold of parts
	}
	return statistic(parts, stat)
}

// moments first makes one share or rate of the parts of each instant. The mean is over all instants at once:
// everything counted, over everything that it is counted over.
func moments(parts []Part, stat string, over map[core.Instant]float64) (float64, error) {
	if over == nil {
		over = map[core.Instant]float64{}
		for _, p := range parts {
			over[p.At] += p.Weight
		}
	}
	sums := map[core.Instant]float64{}
	for _, p := range parts {
		sums[p.At] += float64(p.Value * p.Weight)
	}
	var each []Part
	counted, whole := 0.0, 0.0
	for _, at := range slices.Sorted(maps.Keys(over)) {
		counted, whole = counted+sums[at], whole+over[at]
		if over[at] > 0 {
			each = append(each, Part{At: at, Value: sums[at] / over[at], Weight: 1})
		}
	}
	switch stat {
	case "mean":
		return counted / whole, nil // NaN of nothing
	case "sum", "count":
		return 0, fmt.Errorf("a share or a rate has no %s; there are pNN, mean, min, max and last", stat)
	}
	return statistic(each, stat)
}

// levels folds over the nodes of one instant, then over instants: the largest of all, the mean of all weighted
// by nodes, or the mean over instants of the sum over nodes.
func levels(parts []Part, stat string, over map[core.Instant]float64) (float64, error) {
	want := stat
	if stat == "sum" || stat == "count" {
		want = "mean" // the mean knows of how many
	}
	kept := ofStat(parts, want)
	if len(kept) == 0 && len(parts) > 0 {
		return 0, fmt.Errorf("the run keeps no %s of this metric (it keeps %s)", stat, strings.Join(stats(parts), ", "))
	}
	sum, nodes, largest := 0.0, 0.0, math.NaN()
	instants := map[core.Instant]float64{}
	for _, p := range kept {
		sum, nodes, instants[p.At] = sum+float64(p.Value*p.Weight), nodes+p.Weight, 1
		if !(largest >= p.Value) {
			largest = p.Value
		}
	}
	if over != nil {
		nodes = 0
		for _, at := range slices.Sorted(maps.Keys(over)) {
			nodes, instants[at] = nodes+over[at], 1
		}
	}
	switch stat {
	case "max":
		return largest, nil
	case "mean":
		return sum / nodes, nil
	case "sum":
		return sum / float64(len(instants)), nil
	case "count":
		return nodes / float64(len(instants)), nil
	}
	return statistic(kept, stat)
}

// quantile takes a statistic that the tables hold ready made. Over labels it cannot be folded: the median of
// medians is the median of nothing. Over time the last one stands for the bin.
func quantile(parts []Part, stat string) (float64, error) {
	kept := ofStat(parts, stat)
	if len(kept) == 0 {
		return 0, fmt.Errorf("the run keeps no %s of this metric (it keeps %s)", stat, strings.Join(stats(parts), ", "))
	}
	for i := 1; i < len(kept); i++ {
		if kept[i].At == kept[i-1].At {
			return 0, fmt.Errorf("there are several %s at once, of different labels: they cannot become one", stat)
		}
	}
	return kept[len(kept)-1].Value, nil
}

// Variation is the coefficient of variation over sites of their means over time: 02-2's load_cv. The observations' SiteA says
// whose they are. NaN where fewer than two sites have any, or where all of them are 0.
func Variation(list []Observation) float64 {
	sums, weights := map[int16]float64{}, map[int16]float64{}
	for i := range list {
		o := &list[i]
		sums[o.SiteA] += float64(o.Value * float64(o.Weight))
		weights[o.SiteA] += float64(o.Weight)
	}
	var means []Value
	for _, site := range slices.Sorted(maps.Keys(sums)) {
		means = append(means, Value{sums[site] / weights[site], 1})
	}
	return variation(means)
}

// variation is the standard deviation of all there is, not of a sample of it, over the mean.
func variation(v []Value) float64 {
	if len(v) < 2 {
		return math.NaN()
	}
	mean, square := 0.0, 0.0
	for _, x := range v {
		mean += x.V / float64(len(v))
	}
	for _, x := range v {
		square += float64((x.V-mean)*(x.V-mean)) / float64(len(v))
	}
	return math.Sqrt(square) / mean
}

func ofStat(parts []Part, stat string) []Part {
	var kept []Part
	for _, p := range parts {
		if p.Stat == stat || p.Stat == "" {
			kept = append(kept, p)
		}
	}
	return kept
}

func stats(parts []Part) []string {
	var list []string
	for _, p := range parts {
		if !slices.Contains(list, p.Stat) {
			list = append(list, p.Stat)
		}
	}
	slices.Sort(list)
	return list
}

// statistic of single values, in order of time.
func statistic(parts []Part, stat string) (float64, error) {
	if stat == "last" {
		if len(parts) == 0 {
			return math.NaN(), nil
		}
		return parts[len(parts)-1].Value, nil
	}
	v := make([]Value, len(parts))
	for i, p := range parts {
		v[i] = Value{p.Value, p.Weight}
	}
	s := Summarize(v)
	switch stat {
	case "count":
		return float64(s.Count), nil
	case "sum":
		if s.Count == 0 {
			return 0, nil
		}
		return float64(s.Mean * float64(s.Count)), nil
	case "mean":
		return s.Mean, nil
	case "sd":
		return s.SD, nil
	case "min":
		return s.Min, nil
	case "max":
		return s.Max, nil
	}
	if digits, ok := strings.CutPrefix(stat, "p"); ok {
		if p, err := strconv.ParseFloat(digits, 64); err == nil && p > 0 && p <= 100 {
			return Percentile(v, p), nil
		}
	}
	return 0, fmt.Errorf("stat %q is not drawn; there are pNN, mean, sd, min, max, last, sum and count", stat)
}
