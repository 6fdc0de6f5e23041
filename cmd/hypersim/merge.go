package main

import (
	"github.com/spf13/cobra"

	"hypersim/cmd/internal/batch"
)

func newMerge() *cobra.Command {
	var f sweepFlags
	cmd := &cobra.Command{
		Use:   "merge OUT DIR...",
		Short: "Join the parts of a sweep",
		Long: `merge joins folders that hold parts of one sweep (hypersim sweep --shard) into the folder OUT, byte for byte
as if the sweep had run in one place, and judges and tabulates the whole. The parts stay as they are. OUT may
be there already, with a part of the same sweep or with an earlier merge in it.

Exit status: 0 all expectations and invariants held; 1 one did not; 2 bad usage, or the folders are not parts of
one sweep; 4 a comparison of cells could not be judged: too few seeds.`,
		Example: `  hypersim sweep crash-single-lan --seeds 1..2 --vary cluster.size=5 --shard 1/2 --out results/part-1
  hypersim sweep crash-single-lan --seeds 1..2 --vary cluster.size=5 --shard 2/2 --out results/part-2
  hypersim merge results/whole results/part-1 results/part-2`,
		Args: args(cobra.MinimumNArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, report, err := batch.Merge(args[0], args[1:], f.strict)
			if err != nil {
				return sweepError(err)
			}
			log := newSweepConsole(cmd.ErrOrStderr(), f.quiet)
			if err := f.drawSweep(args[0], report, log.line); err != nil {
				return err
			}
			return printSweep(cmd.OutOrStdout(), args[0], report, report.Exit, &f)
		},
	}
	fl := cmd.Flags()
	fl.BoolVar(&f.json, "json", false, "print one JSON object instead of the tables")
	fl.BoolVar(&f.noPlots, "no-plots", false, "draw no pictures")
	fl.BoolVar(&f.svg, "svg", false, "draw pictures as SVG, too")
	fl.BoolVar(&f.quiet, "quiet", false, "print nothing but what failed")
	fl.BoolVar(&f.verbose, "verbose", false, "show the reasons of verdicts, and all cells")
	fl.BoolVar(&f.strict, "strict", false, `let expectations of level "should" fail, too`)
	return cmd
}
