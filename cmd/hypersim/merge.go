package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"hypersim/cmd/internal/batch"
	"hypersim/cmd/internal/runner"
)

func newMerge() *cobra.Command {
	var f sweepFlags
	cmd := &cobra.Command{
		Use:   "merge OUT DIR...|--out OUT DIR...",
		Short: "Join the parts of a sweep",
		Long: `merge joins folders that hold parts of one sweep (hypersim sweep --shard) into the folder OUT, byte for byte
as if the sweep had run in one place, and judges and tabulates the whole. The parts stay as they are. OUT may
be there already, with a part of the same sweep or with an earlier merge in it. Of a run that several parts have
a whole copy is taken; a damaged one without another is missing, and hypersim sweep does it again.

Exit status: 0 all expectations and invariants held; 1 one did not; 2 bad usage, or the folders are not parts of
one sweep by one program; 4 runs are missing, or a comparison of cells could not be judged: too few seeds.`,
		Example: `  hypersim sweep crash-single-lan --variant flat --vary cluster.size=5,8 --seeds 1..6 --shard 1/2 --out results/part-1
  hypersim sweep crash-single-lan --variant flat --vary cluster.size=5,8 --seeds 1..6 --shard 2/2 --out results/part-2
  hypersim merge results/whole results/part-1 results/part-2
  hypersim merge --out results/whole results/part-1 results/part-2`,
		Args: args(func(cmd *cobra.Command, list []string) error {
			if cmd.Flags().Changed("out") {
				return cobra.MinimumNArgs(1)(cmd, list)
			}
			return cobra.MinimumNArgs(2)(cmd, list)
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("out") {
				args = append([]string{f.out}, args...)
			}
			if args[0] == "" {
				return usageError{errors.New("--out is empty; it must name a folder")}
			}
			m, err := batch.Merge(args[0], args[1:], f.strict)
			if err != nil {
				return sweepError(err)
			}
			log, report := newSweepConsole(cmd.ErrOrStderr(), f.quiet), m.Report
			for _, path := range m.Damaged {
				log.line("warning: %s is damaged and was not taken", path)
			}
			if mine := runner.ReadBuild(version); m.Plan.Program != mine.Program {
				log.line("warning: the runs were made by %s, judged by %s", strings.Join(report.Builds, ", "), mine.String())
			}
			if err := f.drawSweep(args[0], report, log.line); err != nil {
				return err
			}
			return printSweep(cmd.OutOrStdout(), args[0], report, unjudged(report.Exit, report), &f)
		},
	}
	fl := cmd.Flags()
	fl.StringVarP(&f.out, "out", "o", "", "the `folder` OUT; all arguments are then parts")
	fl.BoolVar(&f.json, "json", false, "print one JSON object instead of the tables")
	fl.BoolVar(&f.noPlots, "no-plots", false, "draw no pictures")
	fl.BoolVar(&f.svg, "svg", false, "draw pictures as SVG, too")
	fl.BoolVarP(&f.quiet, "quiet", "q", false, "print nothing but what failed")
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "show the reasons of verdicts, and all cells")
	fl.BoolVar(&f.strict, "strict", false, `let expectations of level "should" fail, too`)
	return cmd
}
