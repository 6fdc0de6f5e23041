package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"hypersim/analysis"
	"hypersim/analysis/plot"
)

func newPlot() *cobra.Command {
	var jobs []string
	var out string
	var svg bool
	cmd := &cobra.Command{
		Use:   "plot RUN [--job JOB]",
		Short: "Draw the pictures of a run again, or what happened to one of its jobs",
		Long: `plot draws from the files of a run folder. Without --job it draws every standard picture that the run has data for.
With --job it draws the timeline of that job: every message that mattered between client, gates, managers and workers. A run
keeps the messages of the jobs that are most worth telling about (job_events.csv); to see another one, run it again with
the same seed and --set report.jobs=JOB.`,
		Example: `  hypersim run timeout-partitioned-dc --out results/cut
  hypersim plot results/cut
  hypersim plot results/cut --job 76360b754056762f --out pictures`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, names []string) error {
			run, err := analysis.Load(names[0])
			if err != nil {
				return usageError{err}
			}
			dir := out
			if dir == "" {
				dir = filepath.Join(names[0], "plots")
			}
			files, err := drawAgain(run, dir, jobs, svg)
			for _, f := range files {
				if _, err := fmt.Fprintln(cmd.OutOrStdout(), filepath.Join(dir, f)); err != nil {
					return err
				}
			}
			return err
		},
	}
	cmd.Flags().StringSliceVar(&jobs, "job", nil, "the job, as jobs.csv names it; the end of its id is enough; may be given more than once")
	cmd.Flags().StringVar(&out, "out", "", "folder for the pictures (default: plots in the folder of the run)")
	cmd.Flags().BoolVar(&svg, "svg", false, "draw them as SVG too")
	return cmd
}

// drawAgain draws the pictures of jobs, or all, and returns their names.
func drawAgain(run *analysis.Run, dir string, jobs []string, svg bool) ([]string, error) {
	if len(jobs) == 0 {
		return plot.All(run, dir, plot.Options{SVG: svg})
	}
	var files []string
	for _, job := range jobs {
		f, err := plot.Job(run, job)
		if err != nil {
			return files, usageError{fmt.Errorf("--job %w", err)}
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return files, err
		}
		names, err := f.Write(dir, svg)
		files = append(files, names...)
		if err != nil {
			return files, err
		}
	}
	return files, nil
}
