package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hypersim/analysis"
	"hypersim/analysis/compare"
	"hypersim/sim/metrics/words"
)

type compareFlags struct {
	tolerances, metrics, primary, a, b []string
	stat, csv, precision               string
	horizon                            time.Duration
	json, all, force                   bool
}

func newCompare() *cobra.Command {
	var f compareFlags
	cmd := &cobra.Command{
		Use:   "compare A B",
		Short: "Say whether sweep B is better than sweep A",
		Long: `compare reads two folders of sweeps, or of runs, and says for every metric what A and B measured, how much B
differs, how sure that is, and whether B is better. A is the baseline.

Cells are matched by their values; --a and --b choose cells and let, say, two variants of one sweep meet.
Runs of the same seed met the same weather and are compared pair by pair; otherwise all runs of A with all
of B. p-values are adjusted over all rows, which depend on each other (max-T), so that the chance of any false
alarm is 5 %.

  worse, better, differs   significant after adjusting, and by more than the tolerance
  equivalent               the whole 95 % interval lies within the tolerance, of five pairs or more
  no difference            neither was shown; below it stands what so many runs could have shown
  cannot be judged         so few seeds that chance alone makes some row agree in all of them, single runs that
                           differ, or a row named by --primary that too few runs have; status 4 if it decides
  not judged               too few runs have it; changes no status
  identical                the same runs

--primary names what decides: p is adjusted over those rows only, fewer seeds suffice, and the rest is shown
without changing the exit status. A scenario declares it before anything is run as [compare] primary = [...].

Times to an event, such as detections, are means up to a horizon (Kaplan–Meier): what never came counts as long
as it was waited for. The horizon is --horizon, or horizon in [compare], or else as long as every run would have
waited; how many never came always stands beside it.

Tolerances are a share of A's value: 2 % of times, traffic and memory, 10 % of counted events, 5 % of the
rest; fractions may differ by 0.01 and the health score by 0.05. Two single runs are compared digit by digit,
and where they differ it cannot be judged why.

Exit status: 0 nothing that decides is worse; 1 something is; 2 bad usage or folders; 4 it cannot be said: too few
seeds (single runs that differ among them), or runs that are missing.`,
		Example: `  hypersim sweep crash-single-lan --variant flat --vary cluster.size=5,8 --seeds 1..12 --out results/old
  hypersim sweep crash-single-lan --variant flat --vary cluster.size=5,8 --seeds 1..12 --out results/new --set protocol.suspicion.min=4.7s
  hypersim compare results/old results/new       # status 1: a row is worse
  hypersim compare results/old results/new --primary detection_first:to=DEAD --horizon 30s
  hypersim compare results/old results/new --metric detection_first --tolerance detection_first=10% --csv rows.csv
  hypersim compare results/old results/old --a cluster.size=5 --b cluster.size=8 --primary detection_first:to=DEAD --json`,
		Args: args(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0], args[1]) },
	}
	fl := cmd.Flags()
	fl.StringArrayVar(&f.tolerances, "tolerance", nil, "what does not matter: `metric=5%`, metric=200ms, or 5% for all; repeatable")
	fl.StringArrayVar(&f.metrics, "metric", nil, "compare this `metric` only; repeatable")
	fl.StringArrayVar(&f.primary, "primary", nil, "`metric` that decides, or metric:label=word; repeatable")
	fl.DurationVar(&f.horizon, "horizon", 0, "times to an event count up to here, and what takes longer as this")
	fl.StringVar(&f.precision, "precision", "", "say how many seeds intervals of ± this `share` of A take, such as 1% (default: the tolerance)")
	fl.StringArrayVar(&f.a, "a", nil, "of A take the cells with this `key=value` only; repeatable")
	fl.StringArrayVar(&f.b, "b", nil, "of B take the cells with this `key=value` only; repeatable")
	fl.StringVar(&f.stat, "stat", "mean", "which `statistic` of each run: mean, p50, p99 or max; not for what is counted or waited for")
	fl.StringVar(&f.csv, "csv", "", "also write all rows to this `file`")
	fl.BoolVar(&f.force, "force", false, "replace the file of --csv if it exists")
	fl.BoolVar(&f.json, "json", false, "print one JSON object instead of the tables")
	fl.BoolVar(&f.all, "all", false, "show rows without a difference, too")
	completeMetrics(cmd, "metric", "")
	completeMetrics(cmd, "primary", "")
	complete(cmd, "stat", "mean", "p50", "p99", "max")
	return cmd
}

func (f *compareFlags) run(cmd *cobra.Command, a, b string) error {
	opt, err := f.options()
	if err != nil {
		return usageError{err}
	}
	sideA, errA := compare.Load(a)
	sideB, errB := compare.Load(b)
	if err := errors.Join(errA, errB); err != nil {
		return usageError{err}
	}
	if err := errors.Join(sideA.Choose(f.a), sideB.Choose(f.b)); err != nil {
		return usageError{err}
	}
	r, err := compare.Compare(sideA, sideB, *opt)
	if err != nil {
		return usageError{err}
	}
	if f.csv != "" {
		if err := writeNew(f.csv, "--csv", f.force, func(w io.Writer) error { return r.CSV(w) }); err != nil {
			return err
		}
	}
	if err := f.print(cmd, r); err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	if r.Exit != exitOK {
		return status(r.Exit)
	}
	return nil
}

func (f *compareFlags) options() (*compare.Options, error) {
	opt := &compare.Options{Metrics: f.metrics, Stat: analysis.Statistic(f.stat), Primary: f.primary, Horizon: f.horizon.Seconds()}
	var errs []error
	if f.horizon < 0 {
		errs = append(errs, fmt.Errorf("--horizon %s: must be above 0s", f.horizon))
	}
	if f.precision != "" {
		share, err := strconv.ParseFloat(strings.TrimSuffix(f.precision, "%"), 64)
		if err != nil || !strings.HasSuffix(f.precision, "%") || !(share > 0 && share < 1e6) {
			errs = append(errs, fmt.Errorf("--precision %s: must be a share such as 1%%", f.precision))
		}
		opt.Precision = share / 100
	}
	if !opt.Stat.Valid() {
		errs = append(errs, fmt.Errorf("--stat %s: must be mean, p50, p99 or max", f.stat))
	}
	for _, name := range f.metrics {
		if _, ok := words.Lookup(name); !ok {
			errs = append(errs, fmt.Errorf("--metric %s: no such metric%s", name, nearMetric(name)))
		}
	}
	for _, text := range f.primary {
		name, _, _ := strings.Cut(text, ":")
		if _, ok := words.Lookup(name); !ok {
			errs = append(errs, fmt.Errorf("--primary %s: no such metric%s", text, nearMetric(name)))
		}
	}
	for _, t := range f.tolerances {
		if err := opt.Tolerances.Set(t); err != nil {
			errs = append(errs, fmt.Errorf("--%w", err))
		}
	}
	if f.csv != "" {
		errs = append(errs, mayWrite(f.csv, "--csv", f.force))
	}
	return opt, errors.Join(errs...)
}

func nearMetric(name string) string {
	best, least := "", 4
	for _, m := range words.All() {
		d := distance(name, m.String())
		if strings.HasPrefix(m.String(), name) {
			d = 1
		}
		if d < least {
			best, least = m.String(), d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

func (f *compareFlags) print(cmd *cobra.Command, r *compare.Result) error {
	w := cmd.OutOrStdout()
	if f.json {
		return encode(w, r)
	}
	opt := compare.TextOptions{All: f.all}
	if colours(w) {
		opt.Paint = func(v compare.Verdict, word string) string {
			switch v {
			case compare.Worse:
				return red + word + plain
			case compare.Better:
				return green + word + plain
			case compare.TooFew:
				return yellow + word + plain
			default:
				return word
			}
		}
	}
	_, err := w.Write(r.Text(opt))
	return err
}
