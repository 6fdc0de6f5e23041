package plot

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"hypersim/analysis"
)

// Options says what All draws beside the standard figures.
type Options struct {
	SVG   bool      // also write each figure as SVG
	Plots []Request // figures that the scenario asks for
	Jobs  []string  // jobs that it asks for a timeline of
}

// figures are the standard ones. Each returns nil if the run holds no data for it.
var figures = []func(*analysis.Run) *figure{
	detection, cutoff, members, marks, traffic, coordinates, health, dissemination, rejoin, leaders, leaderGaps, routes, regrets, scores, routeMap, gantt, jobOutcomes, jobTimes, coresInUse, lateness, deadlines, pressure, goodput, controlLatency,
}

// All draws every figure that run has data for into dir, which it makes, and returns the names of the files
// in the order in which they were drawn. A requested figure that cannot be drawn is an error that says why;
// the others are drawn nevertheless. One for which nothing happened is left out.
func All(run *analysis.Run, dir string, opt Options) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("draw figures: %w", err)
	}
	var names []string
	var errs []error
	write := func(f *figure) {
		if f == nil {
			return
		}
		f.caption = caption(run)
		written, err := f.write(dir, opt.SVG)
		names = append(names, written...)
		if err != nil {
			errs = append(errs, err)
		}
	}
	for _, standard := range figures {
		write(standard(run))
	}
	for _, f := range timelines(run, opt.Jobs) {
		write(f)
	}
	for i, r := range opt.Plots {
		f, err := r.figure(run)
		if errors.Is(err, ErrNothing) { // an empty picture would say less than the table of metrics does
			continue
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("report.plot[%d]: %w", i, err))
			continue
		}
		f.name = fmt.Sprintf("plot-%d-%s-%s", i+1, r.Kind, strings.ReplaceAll(r.Metric, string(filepath.Separator), "-"))
		write(f)
	}
	return names, errors.Join(errs...)
}

// caption names the run.
func caption(r *analysis.Run) string {
	parts := []string{"hypersim"}
	if r.Scenario != "" {
		parts = append(parts, "scenario "+r.Scenario)
	}
	if r.Seed != "" {
		parts = append(parts, "seed "+r.Seed)
	}
	if d := r.ShortDigest(); d != "" {
		parts = append(parts, "digest "+d)
	}
	if r.Duration > 0 {
		parts = append(parts, "virtual time "+number(r.Duration.Seconds(), 0.001)+" s")
	}
	return strings.Join(parts, "  ·  ")
}

// runTime is the time axis of a run.
func runTime(r *analysis.Run) axis {
	return axis{label: "virtual time (s)", kind: seconds, lo: 0, hi: max(r.Duration.Seconds(), 1e-9)}
}

// overTime returns a figure whose panels share the time axis of the run and its fault bands.
func overTime(r *analysis.Run, name, title string) *figure {
	return &figure{name: name, title: title, shared: true, bands: faultBands(r.Tables, r.Duration.Seconds(), nil)}
}
