package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"hypersim/cmd/internal/runner"
	"hypersim/core"
)

type runFlags struct {
	changes
	out                                       string
	json, quiet, verbose, noPlots, svg, trace bool
	failFast, force, strict                   bool
}

func newRun() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run SCENARIO",
		Short: "Run one scenario once",
		Long: `run carries out one scenario, a TOML file, the name of a bundled one or - for standard input, and leaves a run folder with
tables (CSV), pictures (PNG), summary.json and manifest.json. It judges the scenario's expectations and
checks the protocol's invariants while it runs.

The folder is results/<scenario>/<seed>-<configuration hash> unless --out names another. An existing one
is never replaced without --force. Ctrl-C stops the run: what was measured so far is written to a folder
marked by a file named "incomplete".

An expectation is pass, fail, not-judged (there is nothing to judge: recorded only, another variant, or for a
sweep) or cannot-be-judged (there is, and this run cannot say, which fails a must); the reason stands below.

Exit status: 0 all expectations and invariants held; 1 one did not, or cannot be judged; 2 bad usage or
scenario, nothing was written; 3 internal error; 130 interrupted.`,
		Example: `  hypersim run first-job
  hypersim run scenarios/jobs/first-job.toml --seed 7 --out results/seven --no-plots
  hypersim run crash-single-lan --set cluster.size=50 --set protocol.suspicion.k=2 --no-plots
  hypersim run crash-single-lan --json --quiet --out results/machine-readable
  hypersim run crash-single-lan --trace --fail-fast --force`,
		Args:              args(cobra.ExactArgs(1)),
		ValidArgsFunction: completeScenarios,
		RunE:              func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	f.flags(cmd)
	fl := cmd.Flags()
	fl.StringVarP(&f.out, "out", "o", "", "the run `folder`; must not exist, or be empty")
	fl.BoolVar(&f.force, "force", false, "replace the run folder if there is one, once the new one is complete")
	fl.BoolVar(&f.json, "json", false, "print one JSON object instead of the tables")
	fl.BoolVarP(&f.quiet, "quiet", "q", false, "print no progress, and nothing at the end but what failed")
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "tell when faults begin and end, and the reasons of verdicts")
	fl.BoolVar(&f.noPlots, "no-plots", false, "draw no pictures")
	fl.BoolVar(&f.svg, "svg", false, "draw SVG files beside the PNG files")
	fl.BoolVar(&f.trace, "trace", false, "record every event of the run in "+runner.TraceName)
	fl.BoolVar(&f.failFast, "fail-fast", false, "stop at the first broken invariant")
	fl.BoolVar(&f.strict, "strict", false, `let expectations of level "should" fail the run, too`)
	return cmd
}

func (f *runFlags) run(cmd *cobra.Command, name string) error {
	if f.out == "" && cmd.Flags().Changed("out") {
		return usageError{errors.New("--out is empty; it must name a folder")}
	}
	if f.quiet && f.verbose {
		return usageError{errors.New("--quiet and --verbose contradict each other")}
	}
	if f.svg && f.noPlots {
		return usageError{errors.New("--svg and --no-plots contradict each other")}
	}
	sc, err := f.load(cmd, name)
	if err != nil {
		return err
	}
	log := newConsole(cmd.ErrOrStderr(), f.quiet)
	opt := runner.Options{
		Scenario: sc, Dir: f.out, Force: f.force, Plots: !f.noPlots, SVG: f.svg, Trace: f.trace,
		FailFast: f.failFast, Build: runner.ReadBuild(version), Progress: log.progress,
	}
	if f.verbose {
		opt.Fault = func(at core.Instant, id string, start bool) {
			log.line("%8.1fs  fault %s %s", at.Seconds(), id, map[bool]string{true: "begins", false: "ends"}[start])
		}
	}
	if !f.quiet {
		for _, w := range sc.Warnings {
			log.line("warning: %s", w)
		}
	}
	res, err := runner.Run(cmd.Context(), opt)
	log.close()
	if err != nil {
		return err
	}
	code := exitOK
	switch {
	case res.Interrupted:
		code = exitInterrupted
	case res.Failed(f.strict):
		code = exitFailed
	}
	if f.json {
		err = printJSON(cmd.OutOrStdout(), res, code)
	} else {
		err = newReport(cmd.OutOrStdout(), res, f).print()
	}
	if err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	if code != exitOK {
		return status(code)
	}
	return nil
}
