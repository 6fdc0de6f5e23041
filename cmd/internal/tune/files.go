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
	if t.req.Duration != nil {
		text = append(text, "", t.req.Duration.String())
	}
	return filepath.Join("results", t.Scenario(), "tune-"+short(strings.Join(text, "\n")))
}

// Check returns why dir may not become, or go on as, the folder of a search of that scenario.
func (t *Tune) Check(dir string) error {
	there, err := runner.IsFolder(dir)
	if err != nil || !there {
		return refused(err)
	}
	names, err := runner.Strange(dir) // another part may begin
	if err != nil || len(names) == 0 {
		return refused(err)
	}
	text, err := input.ReadFile(filepath.Join(dir, PointsName), tableMax)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &UsageError{fmt.Errorf("%s is not empty, and no folder of a search (no %s); choose another --out", dir, PointsName)}
	case err != nil:
		return err
	}
	if head, _, _ := strings.Cut(string(text), "\n"); head != strings.TrimSuffix(string(t.headLine()), "\n") {
		return &UsageError{fmt.Errorf("%s holds another search: its %s has the columns %q; choose another --out", dir, PointsName, head)}
	}
	return nil
}

// refused makes a usage error of this package of one of the runner's.
func refused(err error) error {
	if bad := (*runner.UsageError)(nil); errors.As(err, &bad) {
		return &UsageError{err}
	}
	return err
}

// prepare makes the folder, or takes one that is there, and marks it until the search is over. The columns are what tells a
// search's folder, and come before all else.
func (t *Tune) prepare() error {
	dir := t.opt.Dir
	if err := t.Check(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return refused(runner.Refused(err, "--out"))
	}
	runner.RemoveLeft(dir, plotsName)
	if _, err := os.Stat(filepath.Join(dir, PointsName)); errors.Is(err, fs.ErrNotExist) {
		if err := runner.Replace(filepath.Join(dir, PointsName), t.headLine()); err != nil {
			return refused(runner.Refused(err, "--out"))
		}
	}
	return runner.Replace(filepath.Join(dir, runner.Incomplete), []byte("this search did not end: it is still going on, or it was stopped; the same command goes on\n"))
}

// headLine is the first line of points.csv.
func (t *Tune) headLine() []byte {
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	_ = w.Write(t.header()) // a buffer takes everything
	w.Flush()
	return buf.Bytes()
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
	return runner.Replace(filepath.Join(t.opt.Dir, PointsName), buf.Bytes())
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
		runner.Replace(filepath.Join(dir, VerdictName), r.verdictCSV()),
		runner.Replace(filepath.Join(dir, SensitivityName), r.sensitivityCSV()),
		runner.Replace(filepath.Join(dir, WinnerName), []byte(r.TOML())),
	}
	var pictures []string
	if !opt.NoPlots {
		pictures, err = t.draw(r, filepath.Join(dir, plotsName), opt.SVG)
		errs = append(errs, err)
	}
	errs = append(errs, runner.Replace(filepath.Join(dir, TextName), []byte(r.Markdown(pictures))), runner.Replace(filepath.Join(dir, ReportName), append(text, '\n')))
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return runner.Unmark(dir)
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
