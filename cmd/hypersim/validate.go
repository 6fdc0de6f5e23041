package main

import (
	"bufio"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"hypersim/cmd/internal/runner"
	"hypersim/cmd/internal/validate"
)

type validateFlags struct {
	matrix                   matrixFlags
	matrices                 []string
	only, out                string
	workers                  int
	quick, list, json, quiet bool
	force, noPlots, svg      bool
}

func newValidate() *cobra.Command {
	var f validateFlags
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Reproduce theory, publications and measured peers, as a table and plots",
		Long: `validate runs the reproduction suite: for every row a reference (closed form, Monte Carlo of an independent
model, publication, measured system), where it comes from and how certain it is, what this simulator
measures, with a 95 % interval, and a verdict. Certainty: A read in the source, B computed for the
specification and reproducible, C from memory of a paper, "derived" in this project.

The folder, results/validate-full or validate-quick unless --out names another, holds table.csv, table.txt,
validate.json and, where a row's reference is a curve, plots/ with ours over it. The values do not depend on
the number of workers; performance.json alone says how long it took. Ctrl-C leaves what is done, in a folder marked by
a file named "incomplete".

--matrix adds rows on measured latencies between nodes, in any form that topology import reads; files named
PlanetLab… with 490 rows and Seattle… with 99 are judged by the specification's figures, others are reported.

Exit status: 0 no row failed (a quick run may leave some that cannot be judged); 1 one did; 2 bad usage, nothing was written; 3 internal error; 130 interrupted.`,
		Example: `  hypersim validate --list
  hypersim topology import aws-2020 mine.csv
  hypersim validate --quick --only coord-aws-serf --json --out results/coordinates
  hypersim validate --quick --only mine --matrix mine.csv --unit ms --kind one-way --out results/mine`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	fl := cmd.Flags()
	fl.BoolVar(&f.quick, "quick", false, "fewer rows and seeds: under two minutes on two cores")
	fl.StringVar(&f.only, "only", "", "experiments with a row whose id matches this `regexp` only")
	fl.BoolVar(&f.list, "list", false, "list the rows and run nothing")
	fl.StringArrayVar(&f.matrices, "matrix", nil, "also embed the latencies of this `file`, with --unit and --kind; repeatable")
	fl.IntVar(&f.workers, "jobs", 0, "runs at once; changes no value (default: one per core)")
	fl.IntVar(&f.workers, "workers", 0, "the old name of --jobs")
	_ = fl.MarkHidden("workers") // fails for a flag that is not there
	fl.StringVarP(&f.out, "out", "o", "", "`folder` to write; must not exist, or be empty, unless --force (default: results/validate-full or validate-quick)")
	fl.BoolVar(&f.force, "force", false, "replace an earlier result in the folder")
	fl.BoolVar(&f.noPlots, "no-plots", false, "draw no pictures")
	fl.BoolVar(&f.svg, "svg", false, "draw pictures as SVG, too")
	fl.BoolVar(&f.json, "json", false, "print one JSON object instead of the table")
	fl.BoolVarP(&f.quiet, "quiet", "q", false, "print no progress, and of the table only what failed")
	f.matrix.flags(cmd)
	return cmd
}

func (f *validateFlags) run(cmd *cobra.Command) error {
	list, err := f.choose(cmd)
	if err != nil {
		return usageError{err}
	}
	if f.list {
		return printRows(cmd, list, f.json)
	}
	if f.out == "" {
		f.out = filepath.Join("results", map[bool]string{true: "validate-quick", false: "validate-full"}[f.quick])
	}
	if err := validate.Folder.Check(f.out, f.force); err != nil {
		return err
	}
	if f.workers == 0 {
		f.workers = runtime.GOMAXPROCS(0)
	}
	folder, err := validate.Folder.Open(f.out)
	if err != nil {
		return err
	}
	code, err := f.fill(cmd, list, folder)
	if err != nil {
		return errors.Join(err, folder.Discard())
	}
	if code != exitOK {
		return status(code)
	}
	return nil
}

// fill runs the suite, puts what it gave into its place and prints it; code is the exit status.
func (f *validateFlags) fill(cmd *cobra.Command, list []*validate.Experiment, folder *runner.Folder) (code int, err error) {
	defer func() {
		if p := recover(); p != nil {
			_ = folder.Discard() // the panic counts
			panic(p)
		}
	}()
	log := newValidateConsole(cmd, f.quiet)
	report, err := validate.Run(cmd.Context(), list, validate.Options{Quick: f.quick, Workers: f.workers, Progress: log.progress})
	log.close()
	if err != nil {
		return 0, fmt.Errorf("validate: %w", err)
	}
	why := ""
	switch {
	case report.Interrupted:
		code, why = exitInterrupted, "interrupted: "+report.Summary()
	case report.Count(validate.Fail) > 0:
		code = exitFailed
	}
	if !f.noPlots {
		if err := report.Draw(folder.Work, f.svg); err != nil {
			return 0, err
		}
	}
	if err := report.Write(folder.Work, code); err != nil {
		return 0, err
	}
	if _, err := folder.Publish(f.force, why); err != nil {
		return 0, err
	}
	if err := f.print(cmd, report, code); err != nil {
		return 0, fmt.Errorf("print the result: %w", err)
	}
	return code, nil
}

func (f *validateFlags) choose(cmd *cobra.Command) ([]*validate.Experiment, error) {
	switch changed := cmd.Flags().Changed; {
	case changed("out") && f.out == "":
		return nil, errors.New("--out is empty; it must name a folder")
	case (changed("jobs") || changed("workers")) && f.workers < 1:
		return nil, fmt.Errorf("--jobs = %d: must be ≥ 1", f.workers)
	case f.svg && f.noPlots:
		return nil, errors.New("--svg and --no-plots contradict each other")
	}
	var only *regexp.Regexp
	if f.only != "" {
		var err error
		if only, err = regexp.Compile(f.only); err != nil {
			return nil, fmt.Errorf("--only: %w", err)
		}
	}
	var given []validate.Matrix
	for _, name := range f.matrices {
		m, err := f.matrix.matrix(cmd, name)
		if err != nil {
			return nil, fmt.Errorf("--matrix %s: %w", name, err)
		}
		given = append(given, validate.Matrix{Name: name, Matrix: m})
	}
	suite, err := validate.Suite(given...)
	if err != nil {
		return nil, fmt.Errorf("--matrix: %w", err)
	}
	return validate.Choose(suite, f.quick, only)
}

func (f *validateFlags) print(cmd *cobra.Command, r *validate.Report, code int) error {
	out := cmd.OutOrStdout()
	if f.json {
		return r.JSON(out, f.out, code)
	}
	opt := validate.TextOptions{Failed: f.quiet}
	if colours(out) {
		opt.Paint = func(v validate.Verdict, word string) string {
			switch v {
			case validate.Fail, validate.Missing:
				return red + word + plain
			case validate.Pass:
				return green + word + plain
			case validate.NotJudged, validate.Unclear:
			}
			return word
		}
	}
	w := bufio.NewWriter(out)
	_, _ = w.WriteString(r.Text(opt)) // w keeps the error
	if !f.quiet {
		_, _ = fmt.Fprintf(w, "\n%s, %v; %s\n", r.Summary(), r.Wall.Round(100*time.Millisecond), f.out)
	}
	return w.Flush()
}

// printRows lists what would be run.
func printRows(cmd *cobra.Command, list []*validate.Experiment, json bool) error {
	rows := validate.List(list)
	if json {
		return encode(cmd.OutOrStdout(), rows)
	}
	w := bufio.NewWriter(cmd.OutOrStdout())
	var topic, title string
	for _, r := range rows {
		if r.Topic != topic {
			topic = r.Topic
			_, _ = fmt.Fprintf(w, "\n%s\n", topic)
		}
		if r.Title != title {
			title = r.Title
			_, _ = fmt.Fprintf(w, "  · %s%s\n", title, map[bool]string{false: " (full only)"}[r.Quick])
		}
		_, _ = fmt.Fprintf(w, "    %s: %s\n", r.Row, r.What)
	}
	return w.Flush()
}

// validateConsole tells how far the suite is: a bar on a terminal, a line every ten seconds elsewhere.
type validateConsole struct {
	console
	bar *progressbar.ProgressBar
}

func newValidateConsole(cmd *cobra.Command, quiet bool) *validateConsole {
	return &validateConsole{console: *newConsole(cmd.ErrOrStderr(), quiet)}
}

func (c *validateConsole) progress(p validate.Progress) {
	text := fmt.Sprintf("%d of %d experiments, at %s, about %v left", p.Done, p.Total, strings.TrimSpace(p.Name), p.Left().Round(time.Second))
	switch {
	case c.quiet:
	case c.terminal:
		if c.bar == nil {
			c.bar = progressbar.NewOptions64(1000, progressbar.OptionSetWriter(c.w), progressbar.OptionSetWidth(24),
				progressbar.OptionClearOnFinish(), progressbar.OptionSetElapsedTime(false), progressbar.OptionSetPredictTime(false),
				progressbar.OptionEnableColorCodes(colours(c.w)))
		}
		c.bar.Describe(text)
		_ = c.bar.Set64(min(int64(p.Share*1000), 999)) // a terminal that is gone is no reason to stop
	case p.Wall-c.told >= tellEvery:
		c.told = p.Wall
		_, _ = fmt.Fprintln(c.w, text) // nobody may be reading
	}
}

func (c *validateConsole) close() {
	if c.bar != nil {
		_ = c.bar.Finish()
	}
}
