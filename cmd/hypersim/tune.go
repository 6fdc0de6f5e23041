package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hypersim/analysis"
	"hypersim/cmd/internal/batch"
	"hypersim/cmd/internal/runner"
	"hypersim/cmd/internal/tune"
	"hypersim/core"
)

type tuneFlags struct {
	params, objectives, constraints, elsewhere, sets []string
	variant, seeds, heldOut, out, shard              string
	points, front, jobs, shards                      int
	seed                                             uint64
	duration                                         core.Duration
	json, quiet, noPlots, svg                        bool
}

func newTune() *cobra.Command {
	var f tuneFlags
	cmd := &cobra.Command{
		Use:   "tune SCENARIO",
		Short: "Search parameters for an objective, or for the best trade between two or three",
		Long: `tune tries points of the space that --param spans, and looks for the one that makes --objective least (or most, where more
is better). It is no better than its verdict: the winner and the default run on seeds that the search never saw
(--held-out), and in other worlds (--elsewhere), and what it gains and costs there is told with intervals.

  --param KEY=LOW..HIGH        a number, a whole number or a duration; LOW..HIGH:log in equal ratios
  --param KEY=a,b,c            these values only
  --param KEY                  every word that the key may be, or its whole range
  --objective METRIC           less of it, or more where that is better; METRIC:label=word, METRIC@p99; min:… and max:…
  --objective expect:ID        the value of an expectation
  --constraint 'METRIC <= X'   X: a number, a duration, default, default*1.1, default+10%; >= as well

A finite space is tried whole, if --points allow. Otherwise one objective is searched by CMA-ES, two or three by NSGA-II,
which gives a front. Points share their seeds, so that all is compared seed by seed. They race: one that is worse for sure
than one that ran all seeds is stopped; the best of all is stopped in 5 % of searches at most.

The same command goes on where a search was stopped, and ends with the same bytes, with any --jobs. Parts (--shard i/n) work
on one shared folder: each does its part of every generation and waits for the others.

Exit status: 0 the search came to its end, whatever it found; 1 the winner breaks an invariant, here or elsewhere; 2 bad
usage or scenario: nothing was written, or, where the scenario as it is turns out to measure nothing of an objective, its own
runs alone; 3 internal error; 130 interrupted.`,
		Example:           `  hypersim tune crash-single-lan --variant flat --set cluster.size=5 --param protocol.gossip.fanout=2..4 --objective detection_full --constraint 'bytes:direction=sent <= default+10%' --seeds 1..3 --held-out 101..105`,
		Args:              args(cobra.ExactArgs(1)),
		ValidArgsFunction: completeScenarios,
		RunE:              func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	fl := cmd.Flags()
	fl.StringArrayVarP(&f.params, "param", "p", nil, "search this `KEY=LOW..HIGH[:log]`, KEY=a,b,c or KEY; repeatable")
	fl.StringArrayVar(&f.objectives, "objective", nil, "make least of this `METRIC[:label=word][@stat]` or expect:ID; twice or three times for a front")
	fl.StringArrayVar(&f.constraints, "constraint", nil, "keep `'METRIC <= X'`; X may be default, default*1.1, default+10%; repeatable")
	fl.StringArrayVar(&f.elsewhere, "elsewhere", nil, "judge the winner in this `SCENARIO[,key=value…]`, too; . is the same scenario; repeatable")
	fl.StringVar(&f.seeds, "seeds", "1..8", "`seeds` of the search; racing begins at more than 5")
	fl.StringVar(&f.heldOut, "held-out", "1001..1020", "`seeds` of the verdict, none of the search's")
	fl.IntVar(&f.points, "points", tune.DefaultPoints, "try so many points at most, the default among them")
	fl.IntVar(&f.front, "front", tune.DefaultFront, "judge so many points of a front at most")
	fl.Uint64Var(&f.seed, "seed", 1, "of the search's own draws")
	fl.StringVar(&f.variant, "variant", "", "search in this `variant` of the scenario (default: its first)")
	fl.StringArrayVar(&f.sets, "set", nil, "change one `key=value` in every run; repeatable")
	_ = cmd.RegisterFlagCompletionFunc("set", completeKeys)         // fails for a flag that is not there
	_ = cmd.RegisterFlagCompletionFunc("param", completeKeys)       // fails for a flag that is not there
	_ = cmd.RegisterFlagCompletionFunc("variant", completeVariants) // fails for a flag that is not there
	completeMetrics(cmd, "objective", "")
	completeMetrics(cmd, "constraint", " ")
	fl.DurationVar(&f.duration, "duration", 0, "virtual time of each run, such as 120s (default: the scenario's)")
	fl.IntVar(&f.jobs, "jobs", 0, "runs at once; changes no byte (default: one per core)")
	fl.StringVar(&f.shard, "shard", "", "do the `i/n`-th part of each generation, or parts i-k/n; read from the environment of array and indexed jobs")
	fl.IntVar(&f.shards, "shards", 0, "how many parts there are, where the environment tells only which one this is")
	fl.StringVarP(&f.out, "out", "o", "", "the `folder`; one that holds this search is gone on with")
	fl.BoolVar(&f.noPlots, "no-plots", false, "draw no pictures")
	fl.BoolVar(&f.svg, "svg", false, "draw pictures as SVG, too")
	fl.BoolVar(&f.json, "json", false, "print one JSON object instead of the report")
	fl.BoolVarP(&f.quiet, "quiet", "q", false, "print no progress")
	return cmd
}

func (f *tuneFlags) run(cmd *cobra.Command, name string) error {
	req, err := f.request(cmd, name)
	if err != nil {
		return err
	}
	shard, err := (&sweepFlags{shard: f.shard, shards: f.shards}).part(cmd)
	if err != nil {
		return usageError{err}
	}
	t, err := tune.New(*req)
	if err != nil {
		return tuneError(err)
	}
	if f.out == "" {
		f.out = t.Default()
	}
	if err := t.Check(f.out); err != nil {
		return tuneError(err)
	}
	log := &tuneConsole{sweepConsole: *newSweepConsole(cmd.ErrOrStderr(), f.quiet)}
	if !f.quiet {
		log.line("%s: %s, at most %d points, seeds %s, in %s", t.Scenario(), t.Method(), f.points, f.seeds, f.out)
	}
	jobs := f.jobs
	if jobs == 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	r, err := t.Run(cmd.Context(), tune.Options{
		Options:  batch.Options{Dir: f.out, Jobs: jobs, Shard: shard, Build: runner.ReadBuild(version)},
		Progress: log.progress, SVG: f.svg, NoPlots: f.noPlots,
	})
	log.close()
	switch {
	case errors.Is(err, context.Canceled) && cmd.Context().Err() != nil:
		log.line("interrupted; the same command goes on: %s", f.out)
		return status(exitInterrupted)
	case err != nil:
		return tuneError(err)
	}
	if err := printTune(cmd.OutOrStdout(), f.out, r, f.json); err != nil {
		return err
	}
	if r.Broken {
		return status(exitFailed)
	}
	return nil
}

// tuneError tells what the user can put right from the rest.
func tuneError(err error) error {
	var ours *tune.UsageError
	var theirs *batch.UsageError
	if errors.As(err, &ours) || errors.As(err, &theirs) {
		return usageError{err}
	}
	return err
}

func (f *tuneFlags) request(cmd *cobra.Command, name string) (*tune.Request, error) {
	req := &tune.Request{
		Request: batch.Request{Scenario: name, Sets: f.sets, Program: runner.ReadBuild(version).Program},
		Params:  f.params, Objectives: f.objectives, Constraints: f.constraints, Elsewhere: f.elsewhere, Points: f.points, Front: f.front, Seed: f.seed,
		Command: f.command(cmd, name),
	}
	if f.variant != "" {
		req.Variants = []string{f.variant}
	}
	changed := cmd.Flags().Changed
	var bad []error
	var err error
	if req.Search, err = batch.ParseSeeds(f.seeds); err != nil {
		bad = append(bad, err)
	}
	if req.HeldOut, err = batch.ParseSeeds(f.heldOut); err != nil {
		bad = append(bad, fmt.Errorf("--held-out: %w", err))
	}
	switch {
	case f.out == "" && changed("out"):
		bad = append(bad, errors.New("--out is empty; it must name a folder"))
	case f.svg && f.noPlots:
		bad = append(bad, errors.New("--svg and --no-plots contradict each other"))
	}
	if changed("jobs") && f.jobs < 1 {
		bad = append(bad, fmt.Errorf("--jobs = %d: must be ≥ 1", f.jobs))
	}
	if changed("duration") && f.duration <= 0 {
		bad = append(bad, fmt.Errorf("--duration = %v: must be > 0s", f.duration))
	}
	if err := errors.Join(bad...); err != nil {
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

// command is the line that repeats the search: what was given, but where it went and how it was carried out.
func (f *tuneFlags) command(cmd *cobra.Command, name string) string {
	words := []string{"hypersim", "tune", name}
	add := func(flag string, values ...string) {
		for _, v := range values {
			words = append(words, "--"+flag, v)
		}
	}
	add("variant", strings.Fields(f.variant)...)
	add("set", f.sets...)
	if f.duration > 0 {
		add("duration", f.duration.String())
	}
	add("param", f.params...)
	add("objective", f.objectives...)
	add("constraint", f.constraints...)
	add("elsewhere", f.elsewhere...)
	add("seeds", f.seeds)
	add("held-out", f.heldOut)
	add("points", fmt.Sprint(f.points))
	if cmd.Flags().Changed("front") {
		add("front", fmt.Sprint(f.front))
	}
	if cmd.Flags().Changed("seed") {
		add("seed", fmt.Sprint(f.seed))
	}
	return shellWords(words)
}

// tuneConsole tells a person how far a search is, with the best so far.
type tuneConsole struct {
	sweepConsole
	last string
	said time.Duration
	from time.Time
}

func (c *tuneConsole) progress(p tune.Progress) {
	if c.from.IsZero() {
		c.from = time.Now()
	}
	text := fmt.Sprintf("%d of %d points, %s", p.Points, p.Most, p.Best)
	wall := time.Since(c.from)
	switch {
	case c.quiet:
	case p.Phase == tune.PhaseVerdict:
		if wall-c.said >= tellEvery {
			c.said = wall
			c.line("verdict: %d of %d runs", p.Done+p.Kept, p.Total)
		}
	case p.Best == "" || text == c.last:
	case p.Generation && (c.terminal || wall-c.said >= tellEvery || c.said == 0):
		c.last, c.said = text, wall
		c.line("%s", text)
	case !p.Generation && !c.terminal && wall-c.said >= 3*tellEvery:
		c.said = wall
		c.line("%s; %d of %d runs", text, p.Done+p.Kept, p.Total)
	}
}

func printTune(w io.Writer, dir string, r *tune.Report, asJSON bool) error {
	if asJSON {
		text, err := json.MarshalIndent(struct {
			*tune.Report
			Dir string `json:"tune_dir"`
		}{r, dir}, "", "  ")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "%s\n", text)
		return err
	}
	_, err := fmt.Fprintf(w, "%s\n", r.Verdict)
	for _, text := range r.Elsewhere {
		if err == nil {
			_, err = fmt.Fprintf(w, "elsewhere, %s\n", text)
		}
	}
	if err == nil {
		_, err = fmt.Fprintf(w, "\n%s\nreport: %s%creport.md (%d points, %d runs of seeds %s)\n", r.TOML(), dir, os.PathSeparator, r.Points, r.Runs, analysis.SeedRanges(r.Search))
	}
	return err
}
