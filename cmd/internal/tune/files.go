package tune

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"hypersim/cmd/internal/runner"
	"hypersim/topologies/input"
)

// tableMax is the largest table of points that is read.
const tableMax = 1 << 30

// Files of a search's folder, beside runs/, elsewhere-<n>/ and plots/.
const (
	ReportName      = "tune.json"
	PointsName      = "points.csv"
	VerdictName     = "verdict.csv"
	SensitivityName = "sensitivity.csv"
	WinnerName      = "winner.toml"
	TextName        = "report.md"
	plotsName       = "plots"
)

func (t *Tune) folder(world int) string {
	if world == 0 {
		return t.opt.Dir
	}
	return filepath.Join(t.opt.Dir, "elsewhere-"+itoa(world))
}

// Default is the folder of a search that was given none: it follows from what is searched and for what, not from how long.
func (t *Tune) Default() string {
	text := append([]string{t.Scenario()}, t.req.Sets...)
	for _, list := range [][]string{t.req.Variants, t.req.Params, t.req.Objectives, t.req.Constraints} {
		text = append(append(text, ""), list...)
	}
	return filepath.Join("results", t.Scenario(), "tune-"+short(strings.Join(text, "\n")))
}

// Check returns why dir may not become, or go on as, the folder of a search of that scenario.
func (t *Tune) Check(dir string) error {
	there, err := runner.IsFolder(dir)
	if err != nil || !there {
		return err
	}
	list, err := os.ReadDir(dir)
	list = slices.DeleteFunc(list, func(e fs.DirEntry) bool {
		return strings.HasPrefix(e.Name(), ".") && strings.HasSuffix(e.Name(), ".partial")
	}) // another part may begin
	if err != nil || len(list) == 0 {
		return err
	}
	text, err := input.ReadFile(filepath.Join(dir, PointsName), tableMax)
	switch {
	case errors.Is(err, fs.ErrNotExist) && slices.ContainsFunc(list, func(e fs.DirEntry) bool { return e.Name() == runner.Incomplete }):
		return nil // stopped before its first generation
	case errors.Is(err, fs.ErrNotExist):
		return &UsageError{fmt.Errorf("%s is not empty, and no folder of a search (no %s); choose another --out", dir, PointsName)}
	case err != nil:
		return err
	}
	if head, _, _ := strings.Cut(string(text), "\n"); head != strings.Join(t.header(), ",") {
		return &UsageError{fmt.Errorf("%s holds another search: its %s has the columns %s; choose another --out", dir, PointsName, head)}
	}
	return nil
}

// prepare makes the folder, or takes one that is there, and marks it until the search is over.
func (t *Tune) prepare() error {
	if err := t.Check(t.opt.Dir); err != nil {
		return err
	}
	if err := os.MkdirAll(t.opt.Dir, 0o777); err != nil {
		return runner.Refused(err, "--out")
	}
	return replace(filepath.Join(t.opt.Dir, runner.Incomplete), []byte("this search did not end: it is still going on, or it was stopped; the same command goes on\n"))
}

// replace writes a file so that a reader sees the old one or the new one.
func replace(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.partial")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// header names the columns of points.csv.
func (t *Tune) header() []string {
	out := []string{"point", "generation"}
	for i := range t.space {
		out = append(out, t.space[i].Key)
	}
	out = append(out, "seeds", "state")
	for _, r := range t.rows {
		out = append(out, r.String())
	}
	return append(out, "beyond_constraints", "best_so_far", "why")
}

// writePoints writes every point that was tried, in order.
func (t *Tune) writePoints() error {
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	_ = w.Write(t.header()) // a buffer takes everything
	f := &t.search.field
	for i, p := range f.points {
		state, why := "full", ""
		switch {
		case p.refused != "":
			state, why = "refused", p.refused
		case p.broken != "":
			state, why = "broken", p.broken
		case p.dropped != "":
			state, why = "dropped", p.dropped
		}
		row := []string{itoa(p.no), itoa(p.generation)}
		row = append(append(row, p.values...), itoa(len(p.runs)), state)
		for k := range t.rows {
			row = append(row, cell(f.estimate(p, k)))
		}
		best := ""
		if i < len(t.bestAt) {
			best = itoa(t.bestAt[i])
		}
		_ = w.Write(append(row, cell(f.told(p).over), best, strings.ReplaceAll(why, "\n", "; ")))
	}
	w.Flush()
	return replace(filepath.Join(t.opt.Dir, PointsName), buf.Bytes())
}

// cell writes a number with nine digits; nothing is NaN.
func cell(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strings.TrimPrefix(strconv.FormatFloat(v, 'g', 9, 64), "+")
}

// write leaves the results. The mark goes last.
func (t *Tune) write(r *Report, opt *Options) error {
	dir := t.opt.Dir
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		panic("tune: a report without JSON form: " + err.Error())
	}
	errs := []error{
		t.writePoints(),
		replace(filepath.Join(dir, VerdictName), r.verdictCSV()),
		replace(filepath.Join(dir, SensitivityName), r.sensitivityCSV()),
		replace(filepath.Join(dir, WinnerName), []byte(r.TOML())),
	}
	var pictures []string
	if !opt.NoPlots {
		pictures, err = t.draw(r, filepath.Join(dir, plotsName), opt.SVG)
		errs = append(errs, err)
	}
	errs = append(errs, replace(filepath.Join(dir, TextName), []byte(r.Markdown(pictures))), replace(filepath.Join(dir, ReportName), append(text, '\n')))
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(dir, runner.Incomplete)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (r *Report) verdictCSV() []byte {
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	_ = w.Write([]string{"world", "point", "value", "role", "unit", "seeds", "default", "mean", "change", "low", "high", "relative", "verdict", "note"})
	for i := range r.Rows {
		x := &r.Rows[i]
		_ = w.Write([]string{
			x.World, itoa(x.Point), x.Value, x.Role, x.Unit, itoa(x.Seeds), cell(float64(x.Default)), cell(float64(x.Mean)), cell(float64(x.Change)),
			cell(float64(x.Low)), cell(float64(x.High)), cell(float64(x.Relative)), x.Verdict, x.Note,
		})
	}
	w.Flush()
	return buf.Bytes()
}

func (r *Report) sensitivityCSV() []byte {
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	_ = w.Write([]string{"param", "default", "winner", "objective", "value", "change_when_back", "low", "high", "verdict", "rank_correlation", "why"})
	for i := range r.Sensitivity {
		s := &r.Sensitivity[i]
		_ = w.Write([]string{
			s.Param, s.Default, s.Winner, s.Objective, cell(float64(s.Value)), cell(float64(s.Back)), cell(float64(s.Low)), cell(float64(s.High)), s.Verdict, cell(float64(s.Rank)), s.Refused,
		})
	}
	w.Flush()
	return buf.Bytes()
}
