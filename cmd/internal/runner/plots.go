package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"hypersim/analysis"
	"hypersim/analysis/plot"
	"hypersim/core/jobtimeout"
	"hypersim/scenarios"
	"hypersim/sim/metrics"
)

// plotsDir holds the pictures of a run folder.
const plotsDir = "plots"

// draw leaves the pictures in plots/. A picture that cannot be drawn is told and does not cost the run;
// a disk that is full does.
func (r *run) draw(tables *metrics.Tables) error {
	sc := r.opt.Scenario
	info := analysis.Info{
		Scenario: sc.Name, Title: sc.Title, Seed: fmt.Sprint(sc.Seed), Digest: r.res.Digest, Duration: r.res.Virtual.Sub(0),
		Checks: checksOf(sc),
	}
	_, err := plot.All(analysis.New("", info, tables), r.folder.path(plotsDir), plot.Options{SVG: r.opt.SVG, Plots: Requests(sc), Jobs: jobNames(sc)})
	var file *fs.PathError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &file):
		return err
	}
	r.res.Warnings = append(r.res.Warnings, fmt.Sprintf("pictures: %v", err))
	return nil
}

// checksOf are the keys by which times of jobs are judged.
func checksOf(sc *scenarios.Scenario) analysis.Checks {
	c, levels := &sc.Protocol.Default().Timeout, &sc.Protocol.Default().Stats.Stats
	return analysis.Checks{
		Levels: [3]float64{levels.Throttle, levels.Batch, levels.Reject},
		Exact:  c.Job.Mode == jobtimeout.ModeExact, Manager: c.Job.Check, Gate: c.Job.GateCheck,
		Grant: c.Extension.Base, Least: c.Extension.MinGrant,
	}
}

// jobNames are the jobs that the scenario asks for a timeline of.
func jobNames(sc *scenarios.Scenario) []string {
	names := make([]string, len(sc.Report.Jobs))
	for i, id := range sc.Report.Jobs {
		names[i] = id.String()
	}
	return names
}

// Requests are the figures that the scenario asks for.
func Requests(sc *scenarios.Scenario) []plot.Request {
	var out []plot.Request
	for i := range sc.Report.Plots {
		p := &sc.Report.Plots[i]
		q := plot.Request{
			Kind: p.Kind, Metric: p.Metric, Stat: p.Stat, X: p.X, Split: p.Split, Rate: p.Rate, HLine: p.HLine, Mark: p.Mark,
			LogX: slices.Contains(p.Log, "x"), LogY: slices.Contains(p.Log, "y"),
		}
		for _, name := range slices.Sorted(maps.Keys(p.Where)) {
			key, not := strings.CutSuffix(name, "_not")
			q.Where = append(q.Where, analysis.Filter{Key: key, Words: p.Where[name], Not: not})
		}
		if p.From != nil {
			q.From = p.From.Seconds()
		}
		if p.To != nil {
			q.To = p.To.Seconds()
		}
		out = append(out, q)
	}
	return out
}
