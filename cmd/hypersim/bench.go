package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hypersim/cmd/internal/bench"
	"hypersim/cmd/internal/runner"
	"hypersim/cmd/internal/validate"
)

// baselineFile is where the baseline of this repository is.
var baselineFile = filepath.Join("results", "baseline", "bench.json")

type benchFlags struct {
	only, baseline, junit, markdown string
	against                         string // another hypersim; "": the baseline
	workers                         int
	quick, update, list             bool
	json, quiet, force              bool
}

func newBench() *cobra.Command {
	var f benchFlags
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Run the regression suite and compare it with its baseline",
		Long: `bench runs a fixed suite, the bundled scenarios bench-* and some timings, and compares it with a baseline, the file
results/baseline/bench.json unless --baseline names another.

Runs are compared exactly: the same program gives the same digests. Where they have moved, each measure is compared seed by
seed, and is worse if the seeds agree that it differs and the difference matters. Speed is processor time as a ratio to a
plain event loop that is timed in turns with it, compared where the baseline has times of the same model of processor; what
seems slower is timed again before it is told. Allocations and bytes are exact.

--against PROGRAM compares speed alone, with another hypersim that is timed in turns with this one: on any machine, before and
after a change (make speed BASE=HEAD~1).

A digest that moves fails the suite, too: somebody has to mean it. --update runs the full suite, shows what changes and
writes the baseline anew, unless an invariant does not hold; commit it with the change that moves it. Times of other
processors stay in it, unless those of this one have moved.

Exit status: 0 nothing is known to be worse, slower or moved; 1 something is; 2 bad usage; 3 internal error; 130 interrupted.`,
		Example: `  hypersim bench --quick
  hypersim bench --only 'detection|loss'
  hypersim bench --list
  hypersim bench --quick --junit bench.xml --markdown bench.md --force
  hypersim bench --against ../before/hypersim
  hypersim bench --update`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	fl := cmd.Flags()
	fl.BoolVar(&f.quick, "quick", false, "fewer seeds and shorter timings: under two minutes on two cores")
	fl.StringVar(&f.only, "only", "", "what matches this `regexp` only, of the names that --list tells")
	fl.BoolVar(&f.list, "list", false, "list the suite and run nothing")
	fl.BoolVar(&f.update, "update", false, "run all, show what changes, and write the baseline anew")
	fl.StringVar(&f.baseline, "baseline", baselineFile, "the `file` to compare with, or to write")
	fl.StringVar(&f.against, "against", "", "compare speed with this other hypersim, a `program`, instead of a baseline")
	fl.StringVar(&f.junit, "junit", "", "also write JUnit XML to this `file`")
	fl.StringVar(&f.markdown, "markdown", "", "also write a summary as markdown to this `file`")
	fl.BoolVar(&f.force, "force", false, "replace the files of --junit and --markdown")
	fl.IntVar(&f.workers, "jobs", 0, "runs at once; changes no value (default: one per core)")
	fl.BoolVar(&f.json, "json", false, "print one JSON object instead of the table")
	fl.BoolVarP(&f.quiet, "quiet", "q", false, "print no progress")
	return cmd
}

func (f *benchFlags) run(cmd *cobra.Command) error {
	if f.list {
		return bench.List(cmd.OutOrStdout())
	}
	opt, was, err := f.prepare(cmd)
	if err != nil {
		return usageError{err}
	}
	log := &validateConsole{console: *newConsole(cmd.ErrOrStderr(), f.quiet)}
	start := time.Now()
	opt.Progress = func(done, total int, name string) {
		log.progress(validate.Progress{Done: done, Total: total, Name: name, Share: float64(done) / float64(total), Wall: time.Since(start)})
	}
	var report *bench.Report
	var is *bench.Result
	if cmd.Flags().Changed("against") {
		report, err = f.beside(cmd, opt)
	} else {
		is, report, err = f.compared(cmd, was, opt)
	}
	log.close()
	switch {
	case cmd.Context().Err() != nil:
		return status(exitInterrupted)
	case err != nil:
		return err
	}
	if err := f.told(cmd, report); err != nil {
		return err
	}
	switch {
	case f.update:
		return f.replace(cmd, was, is)
	case report.Failed > 0:
		return status(exitFailed)
	}
	return nil
}

// compared runs the suite, and compares it with the baseline, if there is one.
func (f *benchFlags) compared(cmd *cobra.Command, was *bench.Result, opt *bench.Options) (is *bench.Result, report *bench.Report, err error) {
	is, err = bench.Do(cmd.Context(), *opt)
	if err != nil || was == nil {
		return is, nil, err
	}
	report, err = bench.Compare(cmd.Context(), was, is, opt)
	return is, report, err
}

// beside times this program and another.
func (f *benchFlags) beside(cmd *cobra.Command, opt *bench.Options) (*bench.Report, error) {
	this, err := os.Executable()
	if err != nil {
		return nil, err
	}
	report, err := bench.Against(cmd.Context(), this, f.against, *opt)
	if bad := new(bench.OtherError); errors.As(err, &bad) {
		return nil, usageError{fmt.Errorf("--against: %w", err)}
	}
	return report, err
}

// replace writes the baseline. What it changes has been shown; where there was none, that is said.
func (f *benchFlags) replace(cmd *cobra.Command, was, is *bench.Result) error {
	if broken := is.Broken(); len(broken) > 0 {
		_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "%s is not written, a baseline has to hold: %s\n", f.baseline, strings.Join(broken, "; ")) // the status says it too
		return status(exitFailed)
	}
	speeds, also := len(is.Speeds), ""
	if was == nil {
		also = "; there was none to compare with"
	} else if gone := is.Keep(was); gone > 0 {
		also = fmt.Sprintf("; %d speeds of other processors went, for those of this one have moved", gone)
	} else if others := len(is.Speeds) - speeds; others > 0 {
		also = fmt.Sprintf("; %d of them are those of other processors, as they were", others)
	}
	if err := writeNew(f.baseline, "--baseline", true, is.Encode); err != nil || f.json {
		return err
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s holds %d scenarios, %d exact values and %d speeds now%s\n", f.baseline, len(is.Benches), len(is.Exact), len(is.Speeds), also)
	return err
}

// prepare checks all that can be known to be wrong before anything runs.
func (f *benchFlags) prepare(cmd *cobra.Command) (opt *bench.Options, was *bench.Result, err error) {
	var bad []error
	opt = &bench.Options{Quick: f.quick, Workers: f.workers, Pause: time.Second}
	if cmd.Flags().Changed("jobs") && f.workers < 1 {
		bad = append(bad, fmt.Errorf("--jobs = %d: must be ≥ 1", f.workers))
	}
	if f.workers == 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	if f.update && (f.quick || f.only != "") {
		bad = append(bad, errors.New("--update runs the whole suite: leave --quick and --only away"))
	}
	if f.only != "" {
		if opt.Only, err = regexp.Compile(f.only); err != nil {
			bad = append(bad, fmt.Errorf("--only: %w", err))
		} else if opt.None() {
			bad = append(bad, fmt.Errorf("--only %s: nothing of the suite is called so; hypersim bench --list tells the names", f.only))
		}
	}
	for flag, path := range map[string]string{"--junit": f.junit, "--markdown": f.markdown} {
		if path != "" {
			if err := mayWrite(path, flag, f.force); err != nil {
				bad = append(bad, err)
			}
		}
	}
	build := runner.ReadBuild(version)
	opt.Build = build.String()
	if cmd.Flags().Changed("against") {
		bad = append(bad, f.mayStandBeside(cmd, opt)...)
		return opt, nil, errors.Join(bad...)
	}
	was, err = bench.ReadBaseline(f.baseline)
	switch {
	case f.update && errors.Is(err, fs.ErrNotExist):
		was = nil
		if err := os.MkdirAll(filepath.Dir(f.baseline), 0o755); err != nil {
			bad = append(bad, fmt.Errorf("--baseline: %w", err))
		}
	case errors.Is(err, fs.ErrNotExist):
		bad = append(bad, fmt.Errorf("%s: there is no baseline; run this where the repository is, name one with --baseline, or make one with --update", f.baseline))
	case f.update && err != nil: // what cannot be read may hold times of other processors, which nobody could keep
		bad = append(bad, fmt.Errorf("%w; move it away, and --update writes one", err))
	case err != nil:
		bad = append(bad, err)
	}
	return opt, was, errors.Join(bad...)
}

// mayStandBeside reports what hinders a comparison with another program.
func (f *benchFlags) mayStandBeside(cmd *cobra.Command, opt *bench.Options) (bad []error) {
	if f.update || f.quick || cmd.Flags().Changed("baseline") {
		bad = append(bad, errors.New("--against compares with a program, as long as it takes: leave --update, --quick and --baseline away"))
	}
	if opt.Untimed() {
		bad = append(bad, fmt.Errorf("--against compares speeds alone, and --only %s matches none; hypersim bench --list tells the names", f.only))
	}
	path, err := exec.LookPath(f.against)
	if err != nil {
		bad = append(bad, fmt.Errorf("--against: %w", err))
	}
	f.against = path
	return bad
}

// told prints the comparison, where there is one.
func (f *benchFlags) told(cmd *cobra.Command, report *bench.Report) error {
	if report == nil {
		return nil
	}
	for _, x := range []struct {
		flag, path string
		fill       func(io.Writer) error
	}{{"--junit", f.junit, report.JUnit}, {"--markdown", f.markdown, report.Markdown}} {
		if x.path != "" {
			if err := writeNew(x.path, x.flag, f.force, x.fill); err != nil {
				return err
			}
		}
	}
	out := cmd.OutOrStdout()
	if f.json {
		return report.JSON(out)
	}
	return report.Text(out, benchPaint(out))
}

func benchPaint(out io.Writer) func(bench.Verdict, string) string {
	if !colours(out) {
		return nil
	}
	return func(_ bench.Verdict, word string) string { return red + word + plain }
}
