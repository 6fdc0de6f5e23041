package main

import (
	"errors"
	"io/fs"
	"path/filepath"

	"hypersim/analysis"
	"hypersim/analysis/plot"
	"hypersim/cmd/internal/batch"
)

// sweepPlots is the folder of a sweep's pictures.
const sweepPlots = "plots"

// drawSweep leaves the pictures of a sweep that is complete in its folder. Of an incomplete one it draws
// none: whoever adds the last run draws them. A picture that can not be drawn is told and costs nothing
// else; a disk that is full does.
func (f *sweepFlags) drawSweep(dir string, r *batch.Report, warn func(format string, args ...any)) error {
	if f.noPlots || r.Done < r.Runs {
		return nil
	}
	s, err := analysis.LoadSweep(dir)
	if err != nil {
		return err
	}
	opt := plot.SweepOptions{SVG: f.svg, Defaults: map[string]string{}}
	for _, d := range r.Defaults {
		opt.Defaults[d.Key] = d.Text
	}
	_, err = plot.SweepFigures(s, filepath.Join(dir, sweepPlots), opt)
	var file *fs.PathError
	if errors.As(err, &file) {
		return err
	}
	if err != nil {
		warn("warning: pictures: %v", err)
	}
	return nil
}
