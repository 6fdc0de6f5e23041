package main

import (
	"bufio"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"hypersim/cmd/internal/batch"
	"hypersim/cmd/internal/explore"
	"hypersim/scenarios"
)

// exploreAtOnce is how many marks that were never reached are listed.
const exploreAtOnce = 20

func newExplore() *cobra.Command {
	req := explore.Request{Jobs: runtime.GOMAXPROCS(0)}
	var shard, seeds string
	var every bool
	cmd := &cobra.Command{
		Use:   "explore [SCENARIO]",
		Short: "Look for broken invariants in worlds and faults that nobody thought of",
		Long: `explore draws a world for each run (sites, sizes, delays, keys, work), lets faults of about half of all families happen to
it at once, heals everything, and judges the run by all invariants. With SCENARIO the world is that of the scenario.

Runs that break something are grouped by invariant and by what broke; of each group the first is left as a scenario file that
shows it again. What was reached and what never is listed: half of the runs are drawn near those that reached what few did.

With --seeds each seed is a run of its own that follows from nothing else, and nothing is drawn near what others reached.

The same command of the same program goes on where it was stopped. Exit 1: something broke; 130: it was stopped, whatever broke;
3: a run got stuck (--patience), is named and left as a scenario file, and whoever goes on carries it out again; 4: the time was
too short for any run that counts.`,
		Example: `  hypersim explore --runs 64 --out results/explored
  hypersim explore first-job --runs 32 --out results/first-broken
  hypersim explore --seeds 1..200 --shard 2/4 --out results/seeds-2
  hypersim explore --for 10m --out results/long        # all cores, until ten minutes have passed`,
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, names []string) error {
			if err := prepareExplore(&req, names, shard, seeds, cmd.Flags().Changed); err != nil {
				return usageError{err}
			}
			live := &liveLine{w: cmd.ErrOrStderr()}
			r, err := explore.Search(cmd.Context(), &req, exploreProgress(live))
			live.clear()
			if bad := (*explore.FolderError)(nil); errors.As(err, &bad) {
				return usageError{err}
			}
			if r == nil {
				return err
			}
			w := bufio.NewWriter(cmd.OutOrStdout()) // what was found is told of whatever ended the search
			tellExplored(w, r, req.Dir, every)
			if err := errors.Join(w.Flush(), err); err != nil {
				return err
			}
			if code := exploredStatus(r); code != exitOK {
				return code
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&req.Runs, "runs", 0, "how many runs, those of an earlier call with the same folder included, and those of all parts (--shard)")
	flags.DurationVar(&req.For, "for", 0, "go on for this long (real time)")
	flags.BoolVar(&req.First, "first", false, "end with the first run that breaks something; which one that is does not depend on --jobs")
	flags.Uint64Var(&req.Seed, "seed", 1, "draws the runs")
	flags.StringVar(&seeds, "seeds", "", "carry out a run for each of these seeds, such as `1..1000`, in place of --runs and --seed")
	flags.IntVar(&req.Jobs, "jobs", req.Jobs, "runs at once")
	flags.StringVar(&shard, "shard", "1/1", "carry out a part of the search, such as 2/8, in a folder of its own")
	flags.StringVar(&req.Dir, "out", "", "folder (default results/explore)")
	flags.DurationVar(&req.Patience, "patience", 5*time.Minute, "end when the virtual time of a run has not gone on for this long (real time), 0: never")
	flags.BoolVar(&every, "all", false, "list everything that was never reached")
	return cmd
}

// exploredStatus is how a search ends that was carried out.
func exploredStatus(r *explore.Report) status {
	switch {
	case r.Stopped:
		return exitInterrupted
	case len(r.Findings) > 0 || r.Failed > 0:
		return exitFailed
	case len(r.Runs) == 0:
		return exitOpen
	}
	return exitOK
}

func prepareExplore(req *explore.Request, names []string, shard, seeds string, given func(flag string) bool) error {
	var problems []error
	switch {
	case req.Runs < 0 || req.For < 0 || req.Jobs < 1 || req.Patience < 0:
		problems = append(problems, fmt.Errorf("--runs %d, --for %v, --jobs %d, --patience %v: must not be negative, and --jobs at least 1", req.Runs, req.For, req.Jobs, req.Patience))
	case given("seeds") && (given("runs") || given("seed")):
		problems = append(problems, errors.New("--seeds says which runs there are: it goes without --runs and --seed"))
	case req.Runs == 0 && req.For == 0 && !given("seeds"):
		problems = append(problems, errors.New("say how much: --runs 1000, --for 10m or --seeds 1..1000"))
	}
	n, err := fmt.Sscanf(shard, "%d/%d", &req.Shard.Index, &req.Shard.Of)
	if n != 2 || err != nil || req.Shard.Index < 1 || req.Shard.Index > req.Shard.Of || shard != fmt.Sprintf("%d/%d", req.Shard.Index, req.Shard.Of) {
		problems = append(problems, fmt.Errorf("--shard %s: must be a part and how many there are, such as 2/8", shard))
	}
	req.Shard.Index--
	if req.Dir == "" {
		if given("out") {
			problems = append(problems, errors.New("--out is empty; it must name a folder"))
		}
		req.Dir = filepath.Join("results", "explore")
	}
	if given("seeds") {
		req.Seeds, err = batch.ParseSeeds(seeds)
		problems = append(problems, err)
	}
	if errors.Join(problems...) == nil {
		problems = append(problems, req.Part())
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

// exploreProgress keeps one line up to date on a terminal, about twice a second; elsewhere it is a line a minute.
func exploreProgress(live *liveLine) func(*explore.Report) {
	began := time.Now()
	last, every := began, time.Minute
	if isTerminal(live.w) {
		last, every = time.Time{}, 500*time.Millisecond
	}
	return func(r *explore.Report) {
		if time.Since(last) < every {
			return
		}
		last = time.Now()
		reached := 0
		for _, n := range r.Counts {
			if n > 0 {
				reached++
			}
		}
		live.show(fmt.Sprintf("%s in %v, %.1f a second; %d of them broke something; %d of %d marks reached",
			explore.Runs(r.Done), r.Wall.Round(time.Second), float64(r.Done)/r.Wall.Seconds(), r.Broke, reached, explore.Marks()))
	}
}

// tellExplored says what a search found.
func tellExplored(w *bufio.Writer, r *explore.Report, dir string, every bool) {
	events := uint64(0)
	for _, o := range r.Runs {
		events += o.Events
	}
	fmt.Fprintf(w, "%s, %d events", explore.Runs(len(r.Runs)), events)
	if r.Done > 0 {
		fmt.Fprintf(w, "; %d of them now, %.1f a second", r.Done, float64(r.Done)/r.Wall.Seconds())
	}
	fmt.Fprintln(w)
	if r.Stopped {
		fmt.Fprintf(w, "stopped; the same command goes on, and carries out again what of now does not count: %s\n", explore.Runs(r.Again))
	}
	for _, o := range r.Runs {
		if o.Failed != "" {
			fmt.Fprintf(w, "run %d (%v) could not be carried out: %s\n", o.Index, o.Name, o.Failed)
		}
	}
	if text := r.Durability(); text != "" {
		fmt.Fprintln(w, text)
	}
	switch {
	case len(r.Runs) == 0:
		fmt.Fprintln(w, "no run counts yet, so nothing can be said: let it go on for longer (--for), or say how many (--runs)")
	case len(r.Findings) == 0:
		fmt.Fprintln(w, "no invariant broke")
	}
	for _, f := range r.Findings {
		fmt.Fprintf(w, "\n%s  in %s: %s\n  hypersim run %s --no-plots\n", f.Invariant, explore.Runs(f.Runs), f.Signature, filepath.Join(dir, f.File))
	}
	if len(r.Findings) > 0 {
		f := r.Findings[0]
		small := filepath.Join(dir, "small.toml")
		fmt.Fprintf(w, "\nhow to go on with one:\n  hypersim shrink %s --out %s\n", filepath.Join(dir, f.File), small)
		if !explore.Endless(f.Invariant) {
			fmt.Fprintf(w, "  hypersim explain %s\n", f.Invariant)
		}
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
