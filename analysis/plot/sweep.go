package plot

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"hypersim/analysis"
)

// SweepOptions says how SweepFigures draws.
type SweepOptions struct {
	SVG      bool              // also write each figure as SVG
	Defaults map[string]string // by axis: the value that the scenario has by itself; marked in the figures
}

// SweepFigures draws what the sweep shows into dir, which it makes, and returns the names of the files: of what the scenario
// says decides, and of what sweeps show anyway, the effect of each varied parameter, the distributions of detection
// times, detection against its cost, jobs served against load, and maps over two parameters. They replace those of an earlier sweep. A sweep of one cell has a
// distribution at most. Points are means over runs, bars their 95 % intervals. Where a figure can not hold
// all cells, the axes that it does not show stay at their default.
func SweepFigures(s *analysis.Sweep, dir string, opt SweepOptions) ([]string, error) {
	if err := clearFigures(dir); err != nil {
		return nil, fmt.Errorf("draw figures of a sweep: %w", err)
	}
	g := newGrid(s, opt.Defaults)
	var figures []*figure
	for _, f := range g.factors {
		figures = append(figures, g.effect(f))
	}
	figures = append(figures, g.distributions()...)
	figures = append(figures, g.tradeoff(), g.load())
	figures = append(figures, g.maps()...)
	var names []string
	var errs []error
	for _, f := range figures {
		if f == nil {
			continue
		}
		f.caption = sweepCaption(s)
		written, err := f.write(dir, opt.SVG)
		names = append(names, written...)
		if err != nil {
			errs = append(errs, err)
		}
	}
	return names, errors.Join(errs...)
}

// clearFigures makes dir, and removes the figures of an earlier sweep from it: of other axes.
func clearFigures(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	list, err := os.ReadDir(dir)
	for _, e := range list {
		name := e.Name()
		ours := strings.HasPrefix(name, "effect-") || strings.HasPrefix(name, "detection-cdf") || strings.HasPrefix(name, "tradeoff.") || strings.HasPrefix(name, "goodput.") || strings.HasPrefix(name, "map-")
		if ours && (strings.HasSuffix(name, ".png") || strings.HasSuffix(name, ".svg")) {
			if gone := os.Remove(filepath.Join(dir, name)); !errors.Is(gone, os.ErrNotExist) { // another part of the sweep may be faster
				err = errors.Join(err, gone)
			}
		}
	}
	return err
}

// sweepCaption names the sweep.
func sweepCaption(s *analysis.Sweep) string {
	parts := []string{"hypersim", "scenario " + s.Scenario, "seeds " + analysis.SeedRanges(s.Seeds), fmt.Sprintf("%d cells", len(s.Cells))}
	if s.Done < s.Runs {
		parts = append(parts, fmt.Sprintf("only %d of %d runs", s.Done, s.Runs))
	}
	return strings.Join(parts, "  ·  ")
}

// fileName makes a part of a file's name out of the key of an axis.
func fileName(key string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '_' || r == '-' {
			return r
		}
		return '-'
	}, key)
}

// finite reports whether v can be drawn.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
