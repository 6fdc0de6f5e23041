package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"hypersim/analysis/judge"
	"hypersim/cmd/internal/batch"
	"hypersim/scenarios/claim"
)

// sweepJSON is what a sweep prints with --json: per cell what a run prints. Keys are stable; new ones may be
// added.
type sweepJSON struct {
	Scenario string        `json:"scenario"`
	SweepDir string        `json:"sweep_dir"`
	Seeds    []uint64      `json:"seeds"`
	Axes     []string      `json:"axes"`
	Runs     int           `json:"runs"`
	Done     int           `json:"done"`
	Builds   []string      `json:"builds"`
	Until    []batch.Reach `json:"until,omitempty"`
	Cells    []cellJSON    `json:"cells"`
	Exit     int           `json:"exit"`
}

type cellJSON struct {
	Scenario string `json:"scenario"`
	batch.CellReport
}

// printSweep prints a finished sweep, or as much as there is of one, and returns its exit status.
func printSweep(w io.Writer, dir string, r *batch.Report, code int, f *sweepFlags) error {
	if f.json {
		out := sweepJSON{
			Scenario: r.Scenario, SweepDir: dir, Seeds: r.Seeds, Axes: r.Axes, Runs: r.Runs, Done: r.Done, Builds: r.Builds,
			Until: r.Until, Cells: []cellJSON{}, Exit: code,
		}
		for _, c := range r.Cells {
			out.Cells = append(out.Cells, cellJSON{r.Scenario, c})
		}
		if err := encode(w, out); err != nil {
			return fmt.Errorf("print the result: %w", err)
		}
	} else if _, err := w.Write(sweepText(dir, r, f, colours(w))); err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	if code != exitOK {
		return status(code)
	}
	return nil
}

// sweepText is the result for a person: what failed, or with --verbose everything, and where the rest is.
func sweepText(dir string, r *batch.Report, f *sweepFlags, colour bool) []byte {
	var out bytes.Buffer
	p := &report{colour: colour}
	if !f.quiet {
		fmt.Fprintf(&out, "%s: %s\n", r.Scenario, r.Title)
		cellTable(&out, r, p)
		recordedTable(&out, r)
	}
	t := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	rows := 0
	for i := range r.Cells {
		c := &r.Cells[i]
		for k := range c.Verdicts {
			v := &c.Verdicts[k]
			harmless := v.Verdict == judge.Pass.String() || v.Verdict == judge.NotJudged.String()
			if !f.verbose && !v.Fails && !v.Open && (f.quiet || harmless) {
				continue
			}
			if rows++; rows == 1 {
				fmt.Fprintf(t, "\nverdict\tcell\texpectation\tlevel\tacross\tvalue\t95 %% interval\tbound\truns\twhy\n")
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", p.paint(tint(v.Verdict, v.Fails), v.Verdict), c.Cell, v.ID, v.Level, v.Across,
				value(float64(v.Value), v.Unit), interval(v), v.Bound, v.Runs, v.Why)
		}
	}
	_ = t.Flush() // a buffer takes everything
	sweepViolations(&out, r, p, f)
	for i := range r.Until {
		if !f.quiet || !r.Until[i].Reached {
			fmt.Fprintf(&out, "\n%s\n", r.Until[i].String())
		}
	}
	if f.quiet {
		return out.Bytes()
	}
	if r.Done < r.Runs {
		fmt.Fprintf(&out, "\n%d of %d runs are there; the same command goes on\n", r.Done, r.Runs)
	}
	fmt.Fprintf(&out, "\nresults in %s: %s, %s, %s, %s\n", dir, batch.SummaryName, batch.LongName, batch.ExpectationsName, batch.SweepName)
	return out.Bytes()
}

// cellTable prints a line per cell.
func cellTable(w io.Writer, r *batch.Report, p *report) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "\ncell\tnodes\truns\tevents\tpass\tfail\tcannot be judged\tnot judged\tviolations\n")
	for i := range r.Cells {
		c := &r.Cells[i]
		n := map[string]int{}
		for k := range c.Verdicts {
			n[c.Verdicts[k].Verdict]++
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\t%d\t%d\t%d\t%d\t%d\n", c.Cell, c.Nodes, len(c.Runs), si(float64(c.Events)),
			n[judge.Pass.String()], n[judge.Fail.String()], n[judge.CannotJudge.String()], n[judge.NotJudged.String()], len(c.Violations))
	}
	_ = t.Flush() // the caller's buffer takes everything
}

// recordedTable prints what the scenario records and nobody judges: a line per cell, a column per expectation of that level.
func recordedTable(w io.Writer, r *batch.Report) {
	var ids []string
	for i := range r.Cells {
		for k := range r.Cells[i].Verdicts {
			if v := &r.Cells[i].Verdicts[k]; v.Level == claim.Record.String() && !slices.Contains(ids, v.ID) {
				ids = append(ids, v.ID)
			}
		}
	}
	if len(ids) == 0 || len(r.Cells) < 2 {
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "\nrecorded\t%s\n", strings.Join(ids, "\t"))
	for i := range r.Cells {
		line := []string{r.Cells[i].Cell}
		for _, id := range ids {
			text := "-"
			for k := range r.Cells[i].Verdicts {
				if v := &r.Cells[i].Verdicts[k]; v.ID == id {
					text = value(float64(v.Value), v.Unit)
				}
			}
			line = append(line, text)
		}
		fmt.Fprintln(t, strings.Join(line, "\t"))
	}
	_ = t.Flush() // the caller's buffer takes everything
}

func sweepViolations(w *bytes.Buffer, r *batch.Report, p *report, f *sweepFlags) {
	n := 0
	for i := range r.Cells {
		for k := range r.Cells[i].Violations {
			v := &r.Cells[i].Violations[k]
			if n++; n == 1 {
				fmt.Fprintf(w, "\n%s\n", p.paint(red, "invariant violations:"))
			}
			if n <= violationsMax {
				fmt.Fprintf(w, "  %s, seed %d: %s at %.3f s: %s (%d in this run)\n", r.Cells[i].Cell, v.Seed, v.Invariant, v.AtS, v.What, v.Count)
				fmt.Fprintf(w, "    repeat: hypersim run %s --seed %d\n", shellWords(append([]string{f.scenario(r)}, r.Cells[i].Args...)), v.Seed)
			}
		}
	}
	if n > violationsMax {
		fmt.Fprintf(w, "  … and %d more in %s\n", n-violationsMax, batch.SweepName)
	}
}

// scenario returns what the scenario was called on the command line, or else its name.
func (f *sweepFlags) scenario(r *batch.Report) string { return cmp.Or(f.name, r.Scenario) }

var plainWord = regexp.MustCompile(`^[-A-Za-z0-9_./=:%+,]+$`)

// shellWords joins words so that a shell takes them apart again.
func shellWords(list []string) string {
	out := make([]string, len(list))
	for i, w := range list {
		if out[i] = w; !plainWord.MatchString(w) {
			out[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(out, " ")
}

func interval(v *batch.Verdict) string {
	if math.IsNaN(float64(v.Low)) || math.IsNaN(float64(v.High)) {
		return "-"
	}
	return fmt.Sprintf("%.4g … %.4g", float64(v.Low), float64(v.High))
}
