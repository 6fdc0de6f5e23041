package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"hypersim/cmd/internal/explore"
	"hypersim/scenarios"
)

// exploreAtOnce is how many marks that were never reached are listed.
const exploreAtOnce = 20

func newExplore() *cobra.Command {
	req := explore.Request{Jobs: runtime.GOMAXPROCS(0)}
	var shard string
	var every bool
	cmd := &cobra.Command{
		Use:   "explore [SCENARIO]",
		Short: "Look for broken invariants in worlds and faults that nobody thought of",
		Long: `explore draws a world for each run (sites, sizes, delays, keys, work), lets faults of about half of all families happen to
it at once, heals everything, and judges the run by all invariants. With SCENARIO the world is that of the scenario.

Runs that break something are grouped by invariant and by what broke; of each group the first is left as a scenario file that
shows it again. What was reached and what never is listed: half of the runs are drawn near those that reached what few did.

The same command goes on where it was stopped. Exit 1: something broke; 130: it was stopped, whatever broke;
3: a run got stuck (--patience), is named and left as a scenario file, and whoever goes on carries it out again.`,
		Example: `  hypersim explore --runs 64 --out results/explored
  hypersim explore first-job --runs 32 --out results/first-broken
  hypersim explore --for 10m --out results/long        # all cores, until ten minutes have passed`,
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, names []string) error {
			if err := prepareExplore(&req, names, shard); err != nil {
				return usageError{err}
			}
			r, err := explore.Search(cmd.Context(), &req, exploreProgress(cmd.ErrOrStderr()))
			if bad := (*explore.FolderError)(nil); errors.As(err, &bad) {
				return usageError{err}
			}
			stuck := (*explore.StuckError)(nil)
			if err != nil && !errors.As(err, &stuck) {
				return err
			}
			w := bufio.NewWriter(cmd.OutOrStdout())
			tellExplored(w, r, req.Dir, every)
			if err := errors.Join(w.Flush(), err); err != nil {
				return err
			}
			if r.Stopped {
				return status(exitInterrupted)
			}
			if len(r.Findings) > 0 || r.Failed > 0 {
				return status(exitFailed)
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&req.Runs, "runs", 0, "how many runs, those of an earlier call with the same folder included")
	flags.DurationVar(&req.For, "for", 0, "go on for this long (real time)")
	flags.BoolVar(&req.First, "first", false, "end with the first run that breaks something; which one that is does not depend on --jobs")
	flags.Uint64Var(&req.Seed, "seed", 1, "draws the runs")
	flags.IntVar(&req.Jobs, "jobs", req.Jobs, "runs at once")
	flags.StringVar(&shard, "shard", "1/1", "carry out a part of the search, such as 2/8, in a folder of its own")
	flags.StringVar(&req.Dir, "out", "", "folder (default results/explore)")
	flags.DurationVar(&req.Patience, "patience", 5*time.Minute, "end when the virtual time of a run has not gone on for this long (real time), 0: never")
	flags.BoolVar(&every, "all", false, "list everything that was never reached")
	return cmd
}

func prepareExplore(req *explore.Request, names []string, shard string) error {
	var problems []error
	switch {
	case req.Runs < 0 || req.For < 0 || req.Jobs < 1 || req.Patience < 0:
		problems = append(problems, fmt.Errorf("--runs %d, --for %v, --jobs %d, --patience %v: must not be negative, and --jobs at least 1", req.Runs, req.For, req.Jobs, req.Patience))
	case req.Runs == 0 && req.For == 0:
		problems = append(problems, errors.New("say how much: --runs 1000 or --for 10m"))
	}
	n, err := fmt.Sscanf(shard, "%d/%d", &req.Shard.Index, &req.Shard.Of)
	if n != 2 || err != nil || req.Shard.Index < 1 || req.Shard.Index > req.Shard.Of || shard != fmt.Sprintf("%d/%d", req.Shard.Index, req.Shard.Of) {
		problems = append(problems, fmt.Errorf("--shard %s: must be a part and how many there are, such as 2/8", shard))
	}
	req.Shard.Index--
	if req.Dir == "" {
		req.Dir = filepath.Join("results", "explore")
	}
	if len(names) == 1 {
		text, file, err := scenarios.Text(names[0])
		if err == nil {
			req.Base, err = explore.NewBase(text, file)
		}
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

// exploreProgress keeps one line up to date, about twice a second.
func exploreProgress(w io.Writer) func(*explore.Report) {
	var last time.Time
	return func(r *explore.Report) {
		if time.Since(last) < 500*time.Millisecond || !isTerminal(w) {
			return
		}
		last = time.Now()
		reached := 0
		for _, n := range r.Counts {
			if n > 0 {
				reached++
			}
		}
		_, _ = fmt.Fprintf(w, "\r%d runs, %.1f a second; %d of them broke something; %d of %d marks reached ",
			r.Done, float64(r.Done)/r.Wall.Seconds(), r.Broke, reached, explore.Marks())
	}
}

// tellExplored says what a search found.
func tellExplored(w *bufio.Writer, r *explore.Report, dir string, every bool) {
	events := uint64(0)
	for _, o := range r.Runs {
		events += o.Events
	}
	fmt.Fprintf(w, "%d runs, %d events", len(r.Runs), events)
	if r.Done > 0 {
		fmt.Fprintf(w, "; %d of them now, %.1f a second", r.Done, float64(r.Done)/r.Wall.Seconds())
	}
	fmt.Fprintln(w)
	switch {
	case r.Stopped:
		fmt.Fprintf(w, "stopped; the same command goes on, and carries out again what of now does not count: %d runs\n", r.Again)
	case r.Again > 0 && len(r.Findings) == 0:
		fmt.Fprintf(w, "its time was over before all were done that are begun together: %d runs do not count, and broke nothing\n", r.Again)
	}
	for _, o := range r.Runs {
		if o.Failed != "" {
			fmt.Fprintf(w, "run %d (%v) could not be carried out: %s\n", o.Index, o.Name, o.Failed)
		}
	}
	if text := r.Durability(); text != "" {
		fmt.Fprintln(w, text)
	}
	if len(r.Findings) == 0 {
		fmt.Fprintln(w, "no invariant broke")
	}
	for _, f := range r.Findings {
		fmt.Fprintf(w, "\n%s  in %d runs: %s\n  hypersim run %s --no-plots\n", f.Invariant, f.Runs, f.Signature, filepath.Join(dir, f.File))
	}
	tellCoverage(w, r, every)
}

func tellCoverage(w *bufio.Writer, r *explore.Report, every bool) {
	var never []explore.Mark
	for m := 1; m < len(r.Counts); m++ {
		if r.Counts[m] == 0 {
			never = append(never, explore.Mark(m))
		}
	}
	fmt.Fprintf(w, "\n%d of %d marks reached (coverage.csv has the runs of each)", explore.Marks()-len(never), explore.Marks())
	if len(never) > 0 {
		fmt.Fprintln(w, "; never:")
	}
	for i, m := range never {
		if i == exploreAtOnce && !every {
			fmt.Fprintf(w, "  and %d more (--all)\n", len(never)-i)
			return
		}
		fmt.Fprintln(w, "  "+m.String())
	}
}
