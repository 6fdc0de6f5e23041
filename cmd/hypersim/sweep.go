package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"hypersim/cmd/internal/batch"
	"hypersim/cmd/internal/runner"
	"hypersim/core"
)

type sweepFlags struct {
	vary, variants, sets, until []string
	name, seeds, out, shard     string
	shards, jobs                int
	duration                    core.Duration
	json, quiet, verbose, force bool
	strict, noPlots, svg        bool
}

func newSweep() *cobra.Command {
	var f sweepFlags
	cmd := &cobra.Command{
		Use:   "sweep SCENARIO",
		Short: "Run a scenario's grid over many seeds, in parallel",
		Long: `sweep runs every cell of a scenario, that is its variants × [sweep.grid] × [sweep.zip] and what --vary adds,
with every seed of [sweep] or of --seeds, on all cores. It judges the scenario's expectations over the
seeds of each cell and leaves tables with intervals: summary.csv, long.csv, expectations.csv, sweep.json; and
in plots/ the effect of what was varied, distributions of detection times, detection against its cost, and maps.

The folder is results/<scenario>/sweep-<hash> unless --out names another. Every run has its own small
folder below runs/, named by what was run and by which program, and is on disk as soon as it is done: the same
command goes on where a sweep was stopped or killed, more seeds or values redo nothing, and other bounds judge the
runs that are there. Damaged runs are done again; those of another program stay and are not used. Ctrl-C stops at
once; what was done stays, and the folder is marked by a file named "incomplete".

--until METRIC=±2% takes no more of the seeds than it needs: it looks after 5 of them, after 8, 12 and so on, half as
many again each time, and stops when every cell knows the metric's mean that well. Each look's interval is wider than a
plain one, so that all looks together miss the truth in 5 % of sweeps (the error is spent over the looks evenly). ±0.5 and
±200ms are amounts in the metric's unit. Too few seeds end with status 4.

--shard 2/8 does the second of eight parts, --shard 2-5/8 four of them. In an array job of SLURM and in an indexed job of Kubernetes the
part is read from the job's environment. Parts share a folder, or are joined by hypersim merge.

Exit status: 0 all expectations and invariants held; 1 one did not; 2 bad usage or scenario, nothing was
written; 3 internal error; 4 a comparison of cells could not be judged: too few seeds, or runs are missing (but of a
part: what the others do is not missing); 130 interrupted.`,
		Example: `  hypersim sweep crash-single-lan --variant flat --vary cluster.size=5,8 --seeds 1..6
  hypersim sweep crash-single-lan --variant flat --vary cluster.size=5 --vary protocol.suspicion.k=2,3 --seeds 1..6 --json
  hypersim sweep crash-single-lan --variant flat --vary cluster.size=5 --seeds 1..40 --until detection_first:to=DEAD=±10%
  hypersim sweep crash-single-lan --variant flat --vary cluster.size=5,8 --seeds 1..6 --shard 1/2 --out results/shared`,
		Args:              args(cobra.ExactArgs(1)),
		ValidArgsFunction: completeScenarios,
		RunE:              func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.seeds, "seeds", "", "seeds of every cell: `1..40`, or a list such as 1,5,9..12 (default: the scenario's)")
	fl.StringArrayVar(&f.until, "until", nil, "go on until the interval of `METRIC[:label=word]=±2%` is short enough in every cell, or the seeds are used up; repeatable")
	fl.StringArrayVar(&f.vary, "vary", nil, "add an axis, or replace one of the grid: `key=a,b,c`; repeatable")
	fl.StringArrayVar(&f.variants, "variant", nil, "run this `variant` only; repeatable (default: all)")
	fl.StringArrayVar(&f.sets, "set", nil, "change one `key=value` in every cell, typed as the schema says; repeatable")
	_ = cmd.RegisterFlagCompletionFunc("set", completeKeys)         // fails for a flag that is not there
	_ = cmd.RegisterFlagCompletionFunc("vary", completeKeys)        // fails for a flag that is not there
	_ = cmd.RegisterFlagCompletionFunc("variant", completeVariants) // fails for a flag that is not there
	completeMetrics(cmd, "until", "=")
	fl.DurationVar(&f.duration, "duration", 0, "virtual time of each run, such as 120s (default: the scenario's)")
	fl.IntVar(&f.jobs, "jobs", 0, "runs at once (default: one per core, as far as memory allows)")
	fl.IntVar(&f.jobs, "workers", 0, "the same as --jobs")
	_ = fl.MarkHidden("workers") // fails for a flag that is not there
	fl.StringVar(&f.shard, "shard", "", "do the `i/n`-th part only, or parts i-k/n; read from the environment of array and indexed jobs")
	fl.IntVar(&f.shards, "shards", 0, "how many parts there are, where the environment tells only which one this is")
	fl.StringVarP(&f.out, "out", "o", "", "the sweep's `folder`; one that holds a sweep of this scenario is gone on with")
	fl.BoolVar(&f.force, "force", false, "do runs again that are there already")
	fl.BoolVar(&f.noPlots, "no-plots", false, "draw no pictures")
	fl.BoolVar(&f.svg, "svg", false, "draw pictures as SVG, too")
	fl.BoolVar(&f.json, "json", false, "print one JSON object instead of the tables")
	fl.BoolVarP(&f.quiet, "quiet", "q", false, "print no progress, and nothing at the end but what failed")
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "show the reasons of verdicts, and all cells")
	fl.BoolVar(&f.strict, "strict", false, `let expectations of level "should" fail the sweep, too`)
	return cmd
}

func (f *sweepFlags) run(cmd *cobra.Command, name string) error {
	f.name = name
	req, err := f.request(cmd, name)
	if err != nil {
		return err
	}
	shard, err := f.part(cmd)
	if err != nil {
		return usageError{err}
	}
	build := runner.ReadBuild(version)
	req.Program = build.Program
	plan, err := batch.Expand(*req)
	if err != nil {
		return usageError{err}
	}
	if err := f.setUntil(plan, shard); err != nil {
		return usageError{err}
	}
	if f.out == "" {
		f.out = plan.Default()
	}
	if err := batch.Check(f.out, plan.Scenario); err != nil {
		return usageError{err}
	}
	jobs, err := f.workers(plan)
	if err != nil {
		return usageError{err}
	}
	log := newSweepConsole(cmd.ErrOrStderr(), f.quiet)
	if !f.quiet {
		log.line("%s: %d cells × %d seeds = %d runs, %d at once%s, in %s", plan.Scenario, len(plan.Cells), len(plan.Seeds), plan.Runs(), jobs,
			map[bool]string{true: ", part " + shard.String()}[shard.Of > 1], f.out)
	}
	for _, text := range plan.Inert() {
		log.line("warning: %s", text)
	}
	foreign, programs := plan.Foreign(f.out)
	if foreign > 0 {
		log.line("warning: %s holds %s of this sweep by another program: %s; this one is %s: they stay, and are not used", f.out, runs(foreign),
			strings.Join(programs, ", "), build.String())
	}
	report, done, err := f.carryOut(cmd.Context(), plan, req, batch.Options{
		Dir: f.out, Jobs: jobs, Shard: shard, Force: f.force, Build: build, Progress: log.progress,
	}, log)
	log.close()
	if err != nil {
		return sweepError(err)
	}
	if done.Damaged > 0 {
		log.line("warning: damaged runs done again: %d", done.Damaged)
	}
	code := report.Exit
	switch {
	case done.Interrupted:
		code = exitInterrupted
	case len(done.Slow) > 0:
		code = exitFailed
	case shard.Of <= 1:
		code = unjudged(code, report)
	}
	for _, s := range done.Slow {
		log.line("warning: %s exceeded its budget of wall time; nothing is kept of it", s)
	}
	if err := f.drawSweep(f.out, report, log.line); err != nil {
		return err
	}
	return printSweep(cmd.OutOrStdout(), f.out, report, code, f)
}

// setUntil reads what the sweep goes on for.
func (f *sweepFlags) setUntil(plan *batch.Plan, shard batch.Shard) error {
	var list []*batch.Until
	var errs []error
	for _, text := range f.until {
		u, err := batch.ParseUntil(text)
		list, errs = append(list, u), append(errs, err)
	}
	if len(list) > 0 && shard.Of > 1 {
		errs = append(errs, errors.New("--until and --shard contradict each other: a part cannot know how long the whole must go on"))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return plan.SetUntil(list)
}

// carryOut does the runs of the plan, all at once or, with --until, as many as it takes.
func (f *sweepFlags) carryOut(ctx context.Context, plan *batch.Plan, req *batch.Request, opt batch.Options, log *sweepConsole) (*batch.Report, *batch.Outcome, error) {
	if len(plan.Until) > 0 {
		return plan.RunUntil(ctx, *req, opt, f.strict, func(look int, r *batch.Report) {
			for i := range r.Until {
				if !f.quiet {
					log.line("look %d of %d: %s", look+1, len(r.Until[i].Looks), r.Until[i].String())
				}
			}
		})
	}
	done, err := plan.Run(ctx, *req, opt)
	if err != nil {
		return nil, nil, err
	}
	report, err := plan.Collect(opt.Dir, f.strict)
	return report, done, err
}

// unjudged is the exit status where runs are missing: 4, unless something failed whatever they would have said.
func unjudged(code int, r *batch.Report) int {
	if code == exitOK && r.Done < r.Runs {
		return exitOpen
	}
	return code
}

func runs(n int) string {
	if n == 1 {
		return "1 run"
	}
	return fmt.Sprintf("%d runs", n)
}

// sweepError tells what the user can put right from the rest.
func sweepError(err error) error {
	if bad := (*batch.UsageError)(nil); errors.As(err, &bad) {
		return usageError{err}
	}
	return err
}

func (f *sweepFlags) request(cmd *cobra.Command, name string) (*batch.Request, error) {
	req := &batch.Request{Scenario: name, Sets: f.sets, Vary: f.vary, Variants: f.variants}
	changed := cmd.Flags().Changed
	var err error
	switch {
	case f.out == "" && changed("out"):
		err = errors.New("--out is empty; it must name a folder")
	case f.svg && f.noPlots:
		err = errors.New("--svg and --no-plots contradict each other")
	case f.quiet && f.verbose:
		err = errors.New("--quiet and --verbose contradict each other")
	case (changed("jobs") || changed("workers")) && f.jobs < 1:
		err = fmt.Errorf("--jobs = %d: must be ≥ 1", f.jobs)
	case changed("shards") && f.shards < 1:
		err = fmt.Errorf("--shards = %d: must be ≥ 1", f.shards)
	case changed("duration") && f.duration <= 0:
		err = fmt.Errorf("--duration = %v: must be > 0s", f.duration)
	case changed("seeds"):
		req.Seeds, err = batch.ParseSeeds(f.seeds)
	}
	if err != nil {
		return nil, usageError{err}
	}
	if req.Input, err = standardInput(cmd, name); err != nil {
		return nil, err
	}
	if f.duration > 0 {
		req.Duration = &f.duration
	}
	return req, nil
}

// part returns which part of the sweep is ours.
func (f *sweepFlags) part(cmd *cobra.Command) (batch.Shard, error) {
	if cmd.Flags().Changed("shard") {
		return batch.ParseShard(f.shard)
	}
	shard, _, err := batch.ShardFromEnv(os.LookupEnv, f.shards)
	return shard, err
}

// workers returns how many runs go on at once: as asked, or one per core as far as memory allows.
func (f *sweepFlags) workers(plan *batch.Plan) (int, error) {
	need := max(plan.Memory(), 1)
	free, known := runner.AvailableMemory()
	if known && uint64(need) > free {
		return 0, fmt.Errorf("%s: a run needs about %s of memory, %s are available", plan.Scenario, memory(uint64(need)), memory(free))
	}
	if f.jobs > 0 {
		return f.jobs, nil
	}
	jobs := runtime.GOMAXPROCS(0)
	if known {
		jobs = max(1, min(jobs, int(free/uint64(need))))
	}
	return jobs, nil
}

// sweepConsole tells a person how far a sweep is: a bar on a terminal, a line every ten seconds elsewhere.
type sweepConsole struct {
	console
	bar *progressbar.ProgressBar
}

func newSweepConsole(w io.Writer, quiet bool) *sweepConsole {
	return &sweepConsole{console: *newConsole(w, quiet)}
}

func (c *sweepConsole) progress(p batch.Progress) {
	switch {
	case c.quiet:
	case c.terminal:
		if c.bar == nil {
			c.bar = progressbar.NewOptions64(1000, progressbar.OptionSetWriter(c.w), progressbar.OptionSetWidth(24),
				progressbar.OptionClearOnFinish(), progressbar.OptionSetElapsedTime(false), progressbar.OptionSetPredictTime(false),
				progressbar.OptionEnableColorCodes(colours(c.w)))
		}
		c.bar.Describe(sweepLine(&p))
		_ = c.bar.Set64(min(int64(p.Share*1000), 999)) // a terminal that is gone is no reason to stop
	case p.Wall-c.told >= tellEvery:
		c.told = p.Wall
		_, _ = fmt.Fprintln(c.w, sweepLine(&p)) // nobody may be reading
	}
}

func (c *sweepConsole) close() {
	if c.bar != nil {
		_ = c.bar.Finish()
	}
}

func sweepLine(p *batch.Progress) string {
	text := fmt.Sprintf("%d of %d runs", p.Done+p.Kept, p.Total)
	if p.Kept > 0 {
		text += fmt.Sprintf(" (%d were there)", p.Kept)
	}
	return text + fmt.Sprintf(", %s events/s, about %v left", si(float64(p.Events)/max(p.Wall.Seconds(), 1e-9)), p.Left().Round(time.Second))
}
