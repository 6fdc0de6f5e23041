package compare

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"hypersim/analysis"
	"hypersim/analysis/stats"
)

// Options says how to compare. The zero value is complete.
type Options struct {
	Tolerances Tolerances
	Metrics    []string           // compare these only; none: all
	Stat       analysis.Statistic // of each run, for what is neither counted nor waited for; "" is "mean"
	Primary    []string           // what decides, "metric" or "metric:label=word"; none: what A's scenario declares, or else all
	Horizon    float64            // s, of times to an event; 0: what A's scenario declares, or else as long as every run would have waited
	Precision  float64            // share of A's value that intervals should reach on either side; 0: the tolerance
}

// decides reports whether a row is among those that the comparison stands and falls by.
func (o *Options) decides(k analysis.Key) bool {
	return len(o.Primary) == 0 || slices.ContainsFunc(o.Primary, func(text string) bool { return names(text, k) })
}

// names reports whether "metric" or "metric:label=word" is about k.
func names(text string, k analysis.Key) bool {
	metric, labels, _ := strings.Cut(text, ":")
	if metric != k.Metric {
		return false
	}
	have := analysis.ParseLabels(k.Labels)
	return !slices.ContainsFunc(analysis.ParseLabels(labels), func(l analysis.Label) bool { return have.Get(l.Key) != l.Word })
}

// alpha is the chance of any false alarm over all rows.
const alpha = 1 - stats.DefaultLevel

// Compare compares B with A. The error is the user's to put right.
func Compare(a, b *Side, opt Options) (*Result, error) {
	if a.IsRun != b.IsRun {
		run, sweep := a, b
		if b.IsRun {
			run, sweep = b, a
		}
		return nil, fmt.Errorf("%s is one run and %s a sweep; compare runs with runs and sweeps with sweeps", run.Dir, sweep.Dir)
	}
	if opt.Stat == "" {
		opt.Stat = "mean"
	}
	if len(opt.Primary) == 0 {
		opt.Primary = a.declared.Primary
	}
	if opt.Horizon == 0 {
		opt.Horizon = a.declared.Horizon
	}
	r := &Result{A: a, B: b, Warnings: []string{}, Level: stats.DefaultLevel, Primary: append([]string{}, opt.Primary...), Cells: []CellResult{}}
	pairs, onlyA, onlyB := match(a.cells, b.cells)
	r.OnlyA, r.OnlyB = append([]string{}, onlyA...), append([]string{}, onlyB...)
	if len(pairs) == 0 {
		return nil, fmt.Errorf("no cell of %s belongs to one of %s:\n  A has %s\n  B has %s\nchoose with --a key=value and --b key=value",
			a.Dir, b.Dir, some(onlyA), some(onlyB))
	}
	r.warn()
	var samples [][]sample
	for _, p := range pairs {
		c, list, err := compareCell(p[0], p[1], &opt)
		if err != nil {
			return nil, err
		}
		r.Cells, samples = append(r.Cells, c), append(samples, list)
		if p[0].ConfigHash != p[1].ConfigHash && r.whole(&c) {
			r.Warnings = append(r.Warnings, c.idle())
		}
	}
	if !slices.ContainsFunc(samples, func(s []sample) bool { return len(s) > 0 }) {
		return nil, errors.New("no metric is left to compare; see --metric")
	}
	if err := r.primaries(opt.Primary); err != nil {
		return nil, err
	}
	if a.IsRun {
		r.single()
	} else {
		r.judge(samples, &opt)
	}
	r.tally()
	return r, nil
}

// some lists names, the first few of many.
func some(names []string) string {
	const few = 4
	if n := len(names); n > few+1 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:few], "; "), n-few)
	}
	return strings.Join(names, "; ")
}

func (r *Result) warn() {
	add := func(format string, args ...any) { r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...)) }
	if r.A.Scenario != r.B.Scenario {
		add("different scenarios: %s and %s", r.A.Scenario, r.B.Scenario)
	}
	for _, s := range []*Side{r.A, r.B} {
		if s.Missing > 0 {
			add("%s is not finished: %d runs are missing, maybe the slow ones", s.Dir, s.Missing)
		}
		if s.Stopped > 0 {
			add("%s: %d runs were stopped and measure nothing", s.Dir, s.Stopped)
		}
		if len(s.Builds) > 1 {
			add("%s mixes runs of %d different programs", s.Dir, len(s.Builds))
		}
	}
}

func compareCell(x, y *analysis.Cell, opt *Options) (CellResult, []sample, error) {
	sx, sy := x.Seeded(), y.Seeded()
	var pairs []uint64
	for _, s := range sx {
		if slices.Contains(sy, s) {
			pairs = append(pairs, s)
		}
	}
	common := len(pairs)
	c := CellResult{
		Cell: shared(x, y), A: x.Name, B: y.Name, RunsA: len(sx), RunsB: len(sy), ViolationsA: x.Violations, ViolationsB: y.Violations, Rows: []Row{},
		ArgsA: lacking(x.Args, y.Args), ArgsB: lacking(y.Args, x.Args),
	}
	// With half of the seeds in common the pairs tell more than all runs do unpaired.
	if c.Paired = common > 0 && 2*common >= min(len(sx), len(sy)); c.Paired {
		c.Unpaired = len(sx) + len(sy) - 2*common
	}
	for i := range x.Runs {
		for k := range y.Runs {
			if p, q := &x.Runs[i], &y.Runs[k]; p.Seed == q.Seed && p.Digest == q.Digest && p.Digest != "" {
				c.Identical++
			}
		}
	}
	if !c.Paired {
		pairs = nil
	}
	list, err := gather(x, y, pairs, opt)
	for i := range list {
		c.Rows = append(c.Rows, list[i].row(c.Paired, opt))
	}
	return c, list, err
}

// idle says that what B changes has no effect: its runs are A's to the last record.
func (c *CellResult) idle() string {
	what := "its configuration"
	if len(c.ArgsA)+len(c.ArgsB) > 0 {
		what = strings.Join(c.ArgsA, " ") + " → " + strings.Join(c.ArgsB, " ")
	}
	return fmt.Sprintf("%s: every run of B is that of A to the last record, so what differs (%s) has no effect in this scenario", c.Cell, what)
}

// primaries refuses names that decide nothing here: a comparison that hangs on them would pass whatever happened.
func (r *Result) primaries(list []string) error {
	var errs []error
	for _, text := range list {
		found := false
		for i := range r.Cells {
			found = found || slices.ContainsFunc(r.Cells[i].Rows, func(row Row) bool { return names(text, analysis.Key{Metric: row.Metric, Labels: row.Labels}) })
		}
		if !found {
			errs = append(errs, fmt.Errorf("primary metric %q: these sweeps have no row of that name", text))
		}
	}
	return errors.Join(errs...)
}

// shared names the values that both cells have.
func shared(x, y *analysis.Cell) string {
	var parts []string
	for _, l := range x.Point {
		if y.Point.Get(l.Key) == l.Word {
			parts = append(parts, l.Key+"="+l.Word)
		}
	}
	if len(parts) == 0 {
		return "all"
	}
	return strings.Join(parts, ", ")
}

// lacking returns the flags, in pairs of name and value, of a that b lacks.
func lacking(a, b []string) []string {
	out := []string{}
	for i := 0; i+1 < len(a); i += 2 {
		found := false
		for k := 0; k+1 < len(b); k += 2 {
			found = found || a[i] == b[k] && a[i+1] == b[k+1]
		}
		if !found {
			out = append(out, a[i], a[i+1])
		}
	}
	return out
}

// single compares runs that stand alone: without others there is no telling chance from cause.
func (r *Result) single() {
	for i := range r.Cells {
		for k := range r.Cells[i].Rows {
			row := &r.Cells[i].Rows[k]
			row.Difference = row.B - row.A
			row.relate(stats.Interval{Low: math.NaN(), High: math.NaN()})
			switch {
			case row.A == row.B:
				row.Verdict = Identical
			case row.A != row.A && row.B != row.B:
				row.Verdict = NotJudged
				row.say("neither run has it")
			default:
				row.Verdict = TooFew
				row.say("one run on each side")
			}
		}
	}
}

func (r *Result) tally() {
	open := r.A.Missing+r.B.Missing > 0
	worse := false
	for i := range r.Cells {
		c := &r.Cells[i]
		for k := range c.Rows {
			row := &c.Rows[k]
			if r.whole(c) && !r.A.IsRun {
				row.Verdict = Identical
			}
			r.Counts.add(row.Verdict)
			switch {
			case !row.Primary:
			case row.Verdict == Worse:
				worse = true
			case row.Verdict == TooFew:
				open = true
			}
		}
		r.Needs = max(r.Needs, c.Needs)
	}
	switch {
	case worse:
		r.Exit = 1
	case open:
		r.Exit = 4
	}
}

func (n *Counts) add(v Verdict) {
	switch v {
	case Better:
		n.Better++
	case Worse:
		n.Worse++
	case Differs:
		n.Differs++
	case NoDifference:
		n.NoDifference++
	case Equivalent:
		n.Equivalent++
	case Identical:
		n.Identical++
	case TooFew:
		n.TooFew++
	case NotJudged:
		n.NotJudged++
	}
}
