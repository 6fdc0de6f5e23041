package plot

import (
	"math"

	"gonum.org/v1/plot/plotter"

	"hypersim/analysis"
	"hypersim/core"
)

// goodput shows how many jobs were handed in each second, how many of those accepted then were done, and how many were
// refused: what load makes of the cluster, and whether it swings. It is nil in runs in which nobody was refused.
func goodput(run *analysis.Run) *figure {
	width := nice(max(run.Duration.Seconds(), 1) / 200)
	bins := int(math.Ceil(run.Duration.Seconds()/width)) + 1
	offered, served, refused := make([]float64, bins), make([]float64, bins), make([]float64, bins)
	n := [3]float64{}
	count := func(list []float64, at core.Instant, k int) {
		if at != core.Never {
			list[min(int(at.Seconds()/width), bins-1)] += 1 / width
			n[k]++
		}
	}
	for i := range run.Tables.Jobs {
		j := &run.Tables.Jobs[i]
		count(offered, j.Submitted, 0)
		switch j.Outcome {
		case "COMPLETED":
			count(served, j.Accepted, 1)
		case "REJECTED":
			count(refused, j.Ended, 2)
		}
	}
	if n[2] == 0 {
		return nil
	}
	f := overTime(run, "goodput", "Goodput under load")
	f.note = "jobs handed in per second; of those that were accepted in that second, how many ended COMPLETED; and how many clients gave up, since nobody took them in"
	p := newPanel(runTime(run), axis{label: "jobs per s (log of 1 + n)", kind: counts})
	for k, s := range []struct {
		label string
		list  []float64
	}{{"handed in", offered}, {"goodput", served}, {"refused", refused}} {
		xy := make(plotter.XYs, bins)
		for i := range xy {
			xy[i] = plotter.XY{X: float64(i) * width, Y: s.list[i]}
		}
		p.line(s.label+" ("+number(n[k], 1)+")", stroke(cycle[k], k), true, xy)
	}
	f.panels = []*panel{p}
	return f
}
