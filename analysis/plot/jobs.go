package plot

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"

	"hypersim/analysis"
	"hypersim/core"
)

// outcomeStyles are the colours of outcomes, in the order of the legend; others take what is left.
var outcomeStyles = []struct {
	name  string
	color color.NRGBA
	dash  int
}{
	{"COMPLETED", green, 0}, {"FAILED", vermilion, 0}, {"CANCELLED", purple, 1}, {"TIMEOUT", orange, 1},
	{"JOB_LOST", black, 2}, {"SUBMIT_UNKNOWN", black, 3}, {"REJECTED", grey, 2},
}

// jobOutcomes shows how many jobs were handed in, and how many ended how, over time.
func jobOutcomes(run *analysis.Run) *figure {
	jobs := run.Tables.Jobs
	if len(jobs) == 0 {
		return nil
	}
	f := overTime(run, "jobs", "Jobs over time")
	f.note = "jobs that were handed in, and those of them that had ended, as their clients heard; the gap between the two is what was under way"
	p := newPanel(runTime(run), axis{label: "jobs"})
	p.title = fmt.Sprintf("Handed in and ended, %d jobs", len(jobs))
	submitted := make([]core.Instant, len(jobs))
	for i := range jobs {
		submitted[i] = jobs[i].Submitted
	}
	p.line(fmt.Sprintf("handed in (%d)", len(jobs)), stroke(blue, 1), true, counting(submitted, run.Duration.Seconds()))
	for _, s := range outcomeStyles {
		var ended []core.Instant
		for i := range jobs {
			if jobs[i].Outcome == s.name && jobs[i].Ended != core.Never {
				ended = append(ended, jobs[i].Ended)
			}
		}
		if len(ended) > 0 {
			p.line(fmt.Sprintf("%s (%d)", s.name, len(ended)), stroke(s.color, s.dash), true, counting(ended, run.Duration.Seconds()))
		}
	}
	f.panels = []*panel{p}
	return f
}

// counting returns how many of the instants have come, over time.
func counting(list []core.Instant, end float64) plotter.XYs {
	slices.Sort(list)
	xy := plotter.XYs{{X: 0, Y: 0}}
	for i, at := range list {
		if i+1 < len(list) && list[i+1] == at {
			continue
		}
		xy = append(xy, plotter.XY{X: at.Seconds(), Y: float64(i + 1)})
	}
	return append(xy, plotter.XY{X: end, Y: float64(len(list))})
}

// jobTimes shows how long workflows waited for cores and jobs took.
func jobTimes(run *analysis.Run) *figure {
	if len(run.Tables.Jobs) == 0 {
		return nil
	}
	f := &figure{name: "job-times", title: "How long workflows waited and jobs took"}
	f.note = "wait: a workflow is ready to the start of its first shard; makespan: first start to last end of the shards of a job that completed; latency: from a job's submission to its end at its client"
	for _, p := range []*panel{
		timesPanel(run, "Wait for cores", "workflows (%)", timeCurve{metric: "wait", label: "wait of a workflow", color: blue}),
		timesPanel(run, "Length of jobs", "jobs (%)",
			timeCurve{metric: "makespan", label: "makespan of a job", color: green, dash: 1},
			timeCurve{metric: "job_latency", label: "latency of a job", color: vermilion, dash: 2}),
	} {
		if p != nil {
			f.panels = append(f.panels, p)
		}
	}
	if len(f.panels) == 0 {
		return nil
	}
	return f
}

// timesPanel shows distributions of times, nil if there are none.
func timesPanel(run *analysis.Run, title, share string, curves ...timeCurve) *panel {
	lo, hi, n := math.Inf(1), 0.0, 0
	for i := range curves {
		list, _ := run.Samples(curves[i].metric)
		for _, s := range list {
			curves[i].values = append(curves[i].values, s.Value)
			lo, hi, n = min(lo, s.Value), max(hi, s.Value), n+1
		}
	}
	if n == 0 {
		return nil
	}
	x := axis{label: "time (s)", lo: 0, hi: cmp.Or(hi, 1) * 1.05}
	if lo > 0 && hi/lo > 20 {
		x = axis{label: "time (s)", kind: logarithmic, lo: lo / 1.2, hi: hi * 1.2}
	}
	p := newPanel(x, axis{label: share, kind: percent, lo: 0, hi: 1.02})
	p.title = title
	for _, c := range curves {
		if len(c.values) == 0 {
			continue
		}
		slices.Sort(c.values)
		label := fmt.Sprintf("%s (n = %d,\np50 %.3g s, p95 %.3g s)", c.label, len(c.values), rank(c.values, 0.5), rank(c.values, 0.95))
		p.line(label, stroke(c.color, c.dash), true, ecdf(c.values, len(c.values), x.hi))
	}
	return p
}

type timeCurve struct {
	metric, label string
	color         color.NRGBA
	dash          int
	values        []float64
}

// rank returns the value of nearest rank of sorted values.
func rank(sorted []float64, p float64) float64 {
	i := int(math.Ceil(p*float64(len(sorted))-1e-9)) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}

// coresInUse shows how many cores shards hold, against what running workers have.
func coresInUse(run *analysis.Run) *figure {
	used, have := sums(run, "cores_in_use"), sums(run, "cores")
	if len(have) == 0 {
		return nil
	}
	f := overTime(run, "cores", "Cores in use")
	f.note = "cores that shards hold at the end of each sample, over all datacenters, and cores of the workers that run"
	p := newPanel(runTime(run), axis{label: "cores"})
	p.title = "Cores in use and capacity"
	p.line("capacity", stroke(grey, 1), true, have)
	p.line("in use", stroke(blue, 0), true, used)
	p.ranges.y0 = 0
	f.panels = []*panel{p}
	if u := utilisation(run); u != nil {
		f.panels = append(f.panels, u)
	}
	return f
}

// sums adds a level of workers up over all of them, at each sample.
func sums(run *analysis.Run, metric string) plotter.XYs {
	list, _ := run.Samples(metric)
	var xy plotter.XYs
	for _, s := range list {
		if s.Labels.Get("stat") != "mean" {
			continue
		}
		v := s.Value * s.Weight // of so many workers
		if k := len(xy) - 1; k >= 0 && xy[k].X == s.At.Seconds() {
			xy[k].Y += v
		} else {
			xy = append(xy, plotter.XY{X: s.At.Seconds(), Y: v})
		}
	}
	return xy
}

func utilisation(run *analysis.Run) *panel {
	list, _ := run.Samples("utilisation")
	if len(list) == 0 {
		return nil
	}
	p := newPanel(runTime(run), axis{label: "utilisation (%)", kind: percent, lo: 0, hi: 1.04})
	p.title = "Share of core-seconds in use, of each sample"
	lines := split(list, []string{"dc"})
	for i, dc := range lines.words() {
		p.line(dc, stroke(cycle[i%len(cycle)], i), true, lines.xy(dc))
	}
	return p
}
