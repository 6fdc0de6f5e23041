package bench

import (
	"context"
	"fmt"
	"math"
	"time"

	"hypersim/analysis/stats"
)

// Verdict is what a row comes to.
type Verdict string

// The verdicts.
const (
	Same    Verdict = "same"    // exactly, or as fast as it was
	Better  Verdict = "better"  //
	Faster  Verdict = "faster"  //
	Unclear Verdict = "unclear" // it differs, but not for sure, or not by enough to matter
	New     Verdict = "new"     // the baseline has none
	Broken  Verdict = "broken"  // an invariant does not hold, or the run did not come to its end
	Worse   Verdict = "worse"   //
	Slower  Verdict = "slower"  //
	Moved   Verdict = "moved"   // a digest or an exact value differs
	Other   Verdict = "other"   // the baseline's scenario was another
	Gone    Verdict = "gone"    // the baseline has it, the suite has not
)

// Fails reports whether a row of this verdict fails the suite.
func (v Verdict) Fails() bool {
	switch v {
	case Broken, Worse, Slower, Moved, Other, Gone:
		return true
	case Same, Better, Faster, Unclear, New:
	}
	return false
}

// Row is one value beside that of the baseline.
type Row struct {
	Bench   string         `json:"bench"`
	Value   string         `json:"value"` // digest, the id of a measure, or a name
	Unit    string         `json:"unit"`
	Was     *float64       `json:"was"` // means over the seeds
	Is      *float64       `json:"is"`
	Change  stats.Interval `json:"-"` // of is − was, by seed
	Low     *float64       `json:"change_low"`
	High    *float64       `json:"change_high"`
	Seeds   []uint64       `json:"seeds"`
	Verdict Verdict        `json:"verdict"`
	Why     string         `json:"why"`
	Repeat  string         `json:"repeat"` // the command that shows it
}

// Report is what a comparison comes to.
type Report struct {
	Rows     []Row  `json:"rows"`
	Baseline string `json:"baseline_build"`
	Build    string `json:"build"`
	Failed   int    `json:"failed"`
}

// slower is the ratio of speeds from which a difference is told, and its inverse; attempts is how often it is timed until it is
// told. What the neighbours of a busy machine do to caches lasts for seconds, and shifts the ratio by as much as a third; so what
// seems slower is timed again after pauses that grow, up to half a minute in all, and the least counts.
const (
	slower   = 1.2
	attempts = 8
)

// timeOfEvent is the value of a speed's row.
const timeOfEvent = "time of an event"

// pause is how long the k-th attempt waits, or until ctx is done.
func (o *Options) pause(ctx context.Context, k int) {
	select {
	case <-ctx.Done():
	case <-time.After(time.Duration(min(k, 6)) * o.Pause):
	}
}

// Compare puts is beside the baseline was. What seems slower is timed again.
func Compare(ctx context.Context, was, is *Result, opt *Options) (*Report, error) {
	r := &Report{Baseline: was.Build, Build: is.Build}
	for _, b := range Suite() {
		if now := is.outcome(b.Scenario); now != nil {
			r.bench(&b, was.outcome(b.Scenario), now)
		}
	}
	for _, v := range is.Exact {
		r.exact(find(was.Exact, v.Name), v)
	}
	for i := range is.Speeds {
		if err := r.speed(ctx, was, &is.Speeds[i], opt); err != nil {
			return nil, err
		}
	}
	r.gone(was, is, opt)
	return r, nil
}

func (r *Report) add(row Row) {
	r.Rows = append(r.Rows, row)
	if row.Verdict.Fails() {
		r.Failed++
	}
}

// bench adds the rows of one scenario: its digests, and where they have moved all its measures.
func (r *Report) bench(b *Bench, was, now *Outcome) {
	row := Row{Bench: b.Scenario, Value: "digest", Verdict: Same, Why: fmt.Sprintf("%d seeds run as they did, event by event", len(now.Runs))}
	if was == nil {
		row.Verdict, row.Why = New, "the baseline has none; --update adds it"
	} else {
		for i := range now.Runs {
			if x := was.run(now.Runs[i].Seed); x == nil || x.Digest != now.Runs[i].Digest {
				row.Seeds = append(row.Seeds, now.Runs[i].Seed)
			}
		}
		switch {
		case was.Identity == now.Identity && len(row.Seeds) == 0:
		case len(row.Seeds) == 0: // a key came that changes nothing, or a title was put otherwise
			row.Why += "; the scenario is worded otherwise than that of the baseline, or its defaults are"
		case was.Identity != now.Identity:
			row.Verdict, row.Why = Other, "the scenario is another than that of the baseline, or its defaults are; --update, if that is meant"
			row.Repeat = fmt.Sprintf("hypersim run %s --seed %d", b.Scenario, row.Seeds[0])
		default:
			row.Verdict, row.Why = Moved, fmt.Sprintf("%d of %d seeds run otherwise than they did; --update, if that is meant", len(row.Seeds), len(now.Runs))
			row.Repeat = fmt.Sprintf("hypersim run %s --seed %d", b.Scenario, row.Seeds[0])
		}
	}
	r.add(row)
	r.broken(b, now)
	if row.Verdict == Same || was == nil {
		return
	}
	for _, m := range b.Measures {
		r.add(m.row(b, was, now))
	}
}

// broken adds a row where runs break an invariant.
func (r *Report) broken(b *Bench, now *Outcome) {
	row := Row{Bench: b.Scenario, Value: "invariants", Verdict: Broken}
	for i := range now.Runs {
		if x := &now.Runs[i]; x.Broken != "" {
			if len(row.Seeds) == 0 {
				row.Why, row.Repeat = x.Broken, fmt.Sprintf("hypersim run %s --seed %d", b.Scenario, x.Seed)
			}
			row.Seeds = append(row.Seeds, x.Seed)
		}
	}
	if len(row.Seeds) > 0 {
		r.add(row)
	}
}

// row compares one measure, seed by seed.
func (m *Measure) row(b *Bench, was, now *Outcome) Row {
	row := Row{Bench: b.Scenario, Value: m.ID, Verdict: Unclear}
	var pairs []stats.Pair
	var lost []uint64 // seeds that had a value and have none
	var far float64   // how much worse the worst seed is, which the repetition names
	for i := range now.Runs {
		x := was.run(now.Runs[i].Seed)
		if x == nil {
			continue
		}
		a, c := x.Measured[m.ID], now.Runs[i].Measured[m.ID]
		row.Unit = c.Unit
		switch {
		case a.Value == nil && c.Value == nil:
		case c.Value == nil:
			lost = append(lost, x.Seed)
		case a.Value == nil: // it has one now, and nothing to compare with
		default:
			pairs, row.Seeds = append(pairs, stats.Pair{A: *a.Value, B: *c.Value}), append(row.Seeds, x.Seed)
			if d := m.loss(*a.Value, *c.Value); d > far || row.Repeat == "" {
				far, row.Repeat = d, fmt.Sprintf("hypersim run %s --seed %d", b.Scenario, x.Seed)
			}
		}
	}
	if len(lost) > 0 {
		row.Verdict, row.Why = Worse, fmt.Sprintf("%d seeds that gave a value give none any more: what is measured never came", len(lost))
		row.Seeds, row.Repeat = lost, fmt.Sprintf("hypersim run %s --seed %d", b.Scenario, lost[0])
		return row
	}
	if len(pairs) == 0 {
		row.Why = "no seed gave a value before and now"
		return row
	}
	m.judge(&row, pairs)
	return row
}

// loss is how much worse b is than a.
func (m *Measure) loss(a, b float64) float64 {
	if m.Way == Higher {
		return a - b
	}
	return b - a
}

// judge says whether the mean of the differences is sure, and whether it matters.
func (m *Measure) judge(row *Row, pairs []stats.Pair) {
	sum := [2]float64{}
	for _, p := range pairs {
		sum[0], sum[1] = sum[0]+p.A, sum[1]+p.B
	}
	n := float64(len(pairs))
	a, b := sum[0]/n, sum[1]/n
	iv := stats.PairedDifference(pairs, stats.DefaultLevel)
	row.Was, row.Is, row.Change = &a, &b, iv
	if iv.Known() {
		row.Low, row.High = &iv.Low, &iv.High
	}
	limit := max(m.Floor, math.Abs(a)*m.Matter)
	d := b - a
	alike := iv.Low == iv.High // every seed differs by the same
	switch {
	case math.Abs(d) < limit:
		row.Why = fmt.Sprintf("a change by less than %.3g does not matter", limit)
	case !iv.Excludes(0) && !alike:
		row.Why = "the seeds do not agree that it differs"
	case m.loss(a, b) > 0:
		row.Verdict, row.Why = Worse, fmt.Sprintf("it matters from a change by %.3g on", limit)
	default:
		row.Verdict = Better
	}
}

// exact compares what follows from the program alone.
func (r *Report) exact(was *Value, v Value) {
	row := Row{Bench: v.Name, Value: "exact", Unit: v.Unit, Is: &v.Value, Verdict: New, Repeat: "hypersim bench --only exact"}
	if was != nil {
		row.Was, row.Verdict = &was.Value, Same
		if was.Value != v.Value {
			row.Verdict, row.Why = Moved, "--update, if that is meant"
		}
	}
	r.add(row)
}

// speed compares times of one processor alone: another spends half as much again, or twice as much, on a world than on the
// reference, and has grown no slower by that.
func (r *Report) speed(ctx context.Context, was *Result, v *Value, opt *Options) error {
	row := Row{Bench: v.Name, Value: timeOfEvent, Unit: v.Unit, Is: &v.Value, Verdict: New, Repeat: "hypersim bench --only " + v.Name}
	row.Why = v.unknown()
	if x := findHere(was.Speeds, v.Name); x != nil {
		for i := 1; i < attempts && v.Value > x.Value*slower; i++ {
			if opt.pause(ctx, i); ctx.Err() != nil {
				return ctx.Err()
			}
			if err := again(v); err != nil {
				return err
			}
		}
		row.judgeSpeed(x.Value, attempts, "--update keeps it so")
	}
	r.add(row)
	return nil
}

// unknown says why v is compared with nothing, and what is to be done.
func (v *Value) unknown() string {
	const beside = "hypersim bench --against PROGRAM compares two programs here"
	if v.Processor == "" {
		return "this processor has no name by which its times could be known again; " + beside
	}
	return fmt.Sprintf("the baseline has no time of it on this processor (%s); %s, --update adds it", v.Processor, beside)
}

// judgeSpeed says whether Is is slower than was; so often it was timed, if it is.
func (x *Row) judgeSpeed(was float64, timed int, faster string) {
	x.Was, x.Verdict, x.Why = &was, Same, ""
	switch ratio := *x.Is / was; {
	case ratio > slower:
		x.Verdict, x.Why = Slower, fmt.Sprintf("%.0f %% slower, timed %d times; %.0f %% are told", 100*(ratio-1), timed, 100*(slower-1))
	case ratio < 1/slower:
		x.Verdict, x.Why = Faster, faster
	}
}

// gone names what the baseline has and the suite has not any more.
func (r *Report) gone(was, is *Result, opt *Options) {
	lost := func(name string, there bool) {
		if !there && opt.wants(name) {
			r.add(Row{Bench: name, Verdict: Gone, Why: "the suite does not have it any more; --update, if that is meant"})
		}
	}
	for i := range was.Benches {
		lost(was.Benches[i].Scenario, is.outcome(was.Benches[i].Scenario) != nil)
	}
	for _, v := range was.Exact {
		if opt.wants("exact") {
			lost(v.Name, find(is.Exact, v.Name) != nil)
		}
	}
	for i := range was.Speeds {
		if v := &was.Speeds[i]; v.here() {
			lost(v.Name, find(is.Speeds, v.Name) != nil)
		}
	}
}
