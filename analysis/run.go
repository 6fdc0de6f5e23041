package analysis

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"hypersim/core"
	"hypersim/sim/metrics"
	"hypersim/topologies/input"
)

// Names of files in the folder of a run that are no tables.
const (
	ManifestFile   = "manifest.json"
	IncompleteFile = "incomplete" // there while a run is being written; stays when it was killed
)

// ErrIncomplete is wrapped by the error of Load for a folder that a killed or unfinished run left.
var ErrIncomplete = errors.New("the run is incomplete")

// Run is one finished run. It is a plain value; the tables are shared, do not write to them.
type Run struct {
	Dir string // where it was loaded from; "" for one that was not
	Info
	Tables *metrics.Tables
}

// Limits of the files of a folder of results, in bytes: of its records, and of each table.
const (
	recordMax = 1 << 30
	tableMax  = 64 << 30
)

// Load reads the folder that a run left. All that is wrong with the files is reported at once; errors of
// cells name file, line and column.
func Load(dir string) (*Run, error) {
	stat, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("load run: no folder %s", dir)
	case err != nil:
		return nil, fmt.Errorf("load run: %w", err)
	case !stat.IsDir():
		return nil, fmt.Errorf("load run: %s is a file; give the folder that `hypersim run` wrote", dir)
	}
	if _, err := os.Lstat(filepath.Join(dir, IncompleteFile)); err == nil {
		return nil, fmt.Errorf("load run: %s: %w (it holds a file named %q); run it again with --force", dir, ErrIncomplete, IncompleteFile)
	}
	text, err := input.ReadFile(filepath.Join(dir, ManifestFile), recordMax)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("load run: %s holds no %s; give the folder of one run", dir, ManifestFile)
	}
	if err != nil {
		return nil, fmt.Errorf("load run: %w", err)
	}
	info, infoErr := ParseManifest(text)
	tables, err := metrics.ReadDir(input.Folder{Dir: dir, Most: tableMax})
	if err := errors.Join(infoErr, err); err != nil {
		return nil, fmt.Errorf("load run: %s: %w", dir, err)
	}
	return New(dir, info, tables), nil
}

// New returns the run with these tables. Without a duration in the manifest the last instant that any
// table names stands for it.
func New(dir string, info Info, t *metrics.Tables) *Run {
	r := &Run{Dir: dir, Info: info, Tables: t}
	if r.Duration <= 0 {
		r.Duration = core.Duration(last(t))
	}
	return r
}

// last returns the latest instant of t.
func last(t *metrics.Tables) core.Instant {
	end := core.Instant(0)
	see := func(at core.Instant) {
		if at != core.Never {
			end = max(end, at)
		}
	}
	for i := range t.Time {
		see(t.Time[i].At)
	}
	for i := range t.Detections {
		see(t.Detections[i].At)
	}
	for i := range t.Membership {
		see(t.Membership[i].At)
	}
	for i := range t.Coordinates {
		see(t.Coordinates[i].At)
	}
	for i := range t.Messages {
		see(t.Messages[i].At)
	}
	for i := range t.Faults {
		see(t.Faults[i].Start)
		see(t.Faults[i].End)
	}
	return end
}
