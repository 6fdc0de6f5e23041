package batch

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"hypersim/analysis/stats"
	"hypersim/cmd/internal/runner"
	"hypersim/sim/metrics/words"
)

// tables are the CSV files of a sweep on their way.
type tables struct {
	plan                        *Plan
	summaries, longs, judgement *table
}

// table is one CSV file.
type table struct {
	buf bytes.Buffer
	w   *csv.Writer
}

func newTable(header ...string) *table {
	t := &table{}
	t.w = csv.NewWriter(&t.buf)
	t.row(header...)
	return t
}

func (t *table) row(cells ...string) { _ = t.w.Write(cells) } // a buffer takes everything

func newTables(p *Plan) *tables {
	head := append([]string{"cell"}, p.Axes...)
	return &tables{
		plan: p,
		summaries: newTable(append(slices.Clone(head), "metric", "labels", "unit", "stat", "runs", "count", "mean", "sd", "low", "high",
			"min", "p50", "p90", "p95", "p99", "p99.9", "max", "censored", "horizon_s", "km_median", "km_low", "km_high",
			"node_hours", "rate_per_node_hour", "rate_low", "rate_high", "note")...),
		longs: newTable(append(slices.Clone(head), "seed", "metric", "labels", "unit", "stat", "value")...),
		judgement: newTable(append(slices.Clone(head), "expectation", "metric", "labels", "stat", "level", "across", "verdict", "value", "low", "high",
			"unit", "bound", "runs", "observations", "why")...),
	}
}

// head returns the first cells of a row about c: its name and its value on each axis.
func (t *tables) head(c *Cell) []string {
	out := []string{c.Name}
	for _, key := range t.plan.Axes {
		out = append(out, c.value(key))
	}
	return out
}

// figure writes a number with nine digits; nothing is NaN.
func figure[T ~float64](v T) string {
	if math.IsNaN(float64(v)) {
		return ""
	}
	return strings.TrimPrefix(strconv.FormatFloat(float64(v), 'g', 9, 64), "+") // "Inf" as R writes it
}

// long writes a row per run, metric and statistic, and what each expectation was judged by.
func (t *tables) long(c *Cell, runs []*runData) {
	head := t.head(c)
	for _, r := range runs {
		if r == nil {
			continue
		}
		put := func(metric, labels, unit, stat, value string) {
			t.longs.row(append(slices.Clone(head), strconv.FormatUint(r.Seed, 10), metric, labels, unit, stat, value)...)
		}
		for i := range r.Metrics {
			d := &r.Metrics[i]
			if d.Fine {
				continue
			}
			put(d.Metric, d.Labels, "count", "count", strconv.FormatUint(d.Count, 10))
			for _, x := range []struct {
				stat string
				v    number
			}{{"mean", d.Mean}, {"p50", d.P50}, {"p99", d.P99}, {"max", d.Max}} {
				put(d.Metric, d.Labels, d.Unit, x.stat, figure(x.v))
			}
		}
		for i := range r.Counts {
			put(r.Counts[i].Metric, r.Counts[i].Labels, "count", "events", strconv.FormatUint(r.Counts[i].Count, 10))
			put(r.Counts[i].Metric, r.Counts[i].Labels, "node-hour", "exposure", figure(r.Counts[i].NodeHours))
		}
		for i := range r.Survival {
			put(r.Survival[i].Metric, r.Survival[i].Labels, "count", "censored", strconv.Itoa(len(r.Survival[i].Censored)))
		}
		for i := range r.claims {
			if s := r.claims[i]; c.Claims[i].Applies {
				put("expectation:"+s.id, c.Claims[i].Where.String(), s.Unit, c.Claims[i].StatName(), figure(s.Value))
			}
		}
	}
}

// statRow is one row of summary.csv, and what it is made of.
type statRow struct {
	order        int // of the metric
	fine         bool
	metric, unit string
	labels, stat string

	own       []float64 // one per run
	hist      stats.Histogram
	events    uint64
	rates     []stats.Rate // one per run
	times     []stats.RunTimes
	watched   float64 // s, that every run would have waited
	isCount   bool
	isCrashes bool
}

// statRows puts together what the runs of a cell say about each metric, in the order of summary.csv.
func statRows(runs []*runData) []*statRow {
	var rows []*statRow
	index := map[[3]string]*statRow{}
	find := func(metric, labels, stat, unit string) *statRow {
		key := [3]string{metric, labels, stat}
		if index[key] == nil {
			order, _ := words.Lookup(metric)
			index[key] = &statRow{metric: metric, labels: labels, stat: stat, unit: unit, order: order.Order()}
			rows = append(rows, index[key])
		}
		return index[key]
	}
	for _, r := range runs {
		if r == nil {
			continue
		}
		for i := range r.Metrics {
			d := &r.Metrics[i]
			x := find(d.Metric, d.Labels, "mean", d.Unit)
			x.own, x.fine = append(x.own, float64(d.Mean)), d.Fine
			if err := x.hist.Merge(d.Hist); err != nil {
				panic("batch: " + err.Error()) // 2^63 observations
			}
		}
		for i := range r.Counts {
			n := &r.Counts[i]
			x := find(n.Metric, n.Labels, "events", "count")
			x.own, x.events, x.isCount = append(x.own, float64(n.Count)), x.events+n.Count, true
			x.rates = append(x.rates, stats.Rate{Count: n.Count, Exposure: float64(n.NodeHours)})
		}
		for i := range r.Survival {
			s := &r.Survival[i]
			x := find(s.Metric, s.Labels, "time", "s")
			if !x.isCrashes {
				x.isCrashes, x.watched = true, math.Inf(1)
			}
			x.watched = min(x.watched, float64(s.Watched))
			var times stats.RunTimes
			for _, v := range s.Times {
				times = append(times, stats.Observation{Time: float64(v)})
			}
			for _, v := range s.Censored {
				times = append(times, stats.Observation{Time: float64(v), Censored: true})
			}
			x.times = append(x.times, times)
		}
	}
	slices.SortFunc(rows, func(a, b *statRow) int {
		fine := func(x *statRow) int {
			if x.fine {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(fine(a), fine(b)), cmp.Compare(a.labels, b.labels), cmp.Compare(a.stat, b.stat))
	})
	return rows
}

// summary writes what the runs of a cell say together about each metric.
func (t *tables) summary(c *Cell, rows []*statRow) {
	for _, x := range rows {
		t.summaries.row(append(t.head(c), x.cells(float64(t.plan.Compare.HorizonS))...)...)
	}
}

// cells returns the row from metric on.
func (x *statRow) cells(declared float64) []string {
	var waits waiting
	if x.isCrashes {
		waits = x.wait(declared)
		x.own = waits.contributions
	}
	iv := x.mean(waits.mean, 0)
	note := iv.Note
	if waits.note != "" {
		note = waits.note
	}
	count := x.hist.Count()
	if x.isCount {
		count = x.events
	}
	if x.isCrashes {
		count = uint64(waits.events)
	}
	out := []string{
		x.metric, x.labels, x.unit, x.stat, strconv.Itoa(len(x.own)), strconv.FormatUint(count, 10),
		figure(iv.Estimate), figure(stats.SD(x.own)), figure(iv.Low), figure(iv.High),
	}
	if h := &x.hist; h.Count() > 0 {
		for _, v := range []float64{h.Min(), h.Percentile(50), h.Percentile(90), h.Percentile(95), h.Percentile(99), h.Percentile(99.9), h.Max()} {
			out = append(out, figure(v))
		}
	} else {
		out = append(out, "", "", "", "", "", "", "")
	}
	out = append(out, waits.columns()...)
	if !x.isCount {
		return append(out, "", "", "", "", note)
	}
	r, hours := stats.RateInterval(x.rates, 0), 0.0
	for _, run := range x.rates {
		hours += run.Exposure
	}
	return append(out, figure(hours), figure(r.Estimate), figure(r.Low), figure(r.High), note)
}

// estimate is the mean over runs with an interval of the given level.
func (x *statRow) estimate(declared, level float64) stats.Interval {
	if !x.isCrashes {
		return x.mean(0, level)
	}
	w := x.wait(declared)
	iv := stats.Around(w.mean, w.contributions, level)
	if w.note != "" {
		iv.Note = w.note
	}
	return iv
}

// mean is the mean over runs with its interval.
func (x *statRow) mean(waited, level float64) stats.Interval {
	switch {
	case x.isCrashes:
		return stats.Around(waited, x.own, level)
	case x.isCount: // events come in bursts
		runs := slices.Clone(x.rates)
		for i := range runs {
			runs[i].Exposure = 1
		}
		return stats.RateInterval(runs, level)
	case x.unit == "fraction" || x.unit == "0-1":
		return stats.FractionInterval(x.own, level)
	}
	return stats.MeanInterval(x.own, level)
}

// waiting is what a row of times to an event says.
type waiting struct {
	mean          float64 // up to the horizon, s
	contributions []float64
	events        int
	cells         []string // censored, horizon, median with its interval
	note          string
}

func (w *waiting) columns() []string {
	if w.cells == nil {
		return []string{"", "", "", "", ""}
	}
	return w.cells
}

// wait estimates in spite of the events that never came: the mean up to the declared horizon, or else up to where every run would have waited
// and some did.
func (x *statRow) wait(declared float64) waiting {
	w, err := stats.NewWaits(x.times)
	if err != nil {
		return waiting{mean: math.NaN(), note: err.Error()}
	}
	until := declared
	if until == 0 {
		until = min(x.watched, w.Until())
	}
	out := waiting{events: w.Curve().N}
	out.mean, out.contributions, out.note = w.RestrictedMean(until)
	m := w.Percentile(50, 0)
	out.cells = []string{strconv.Itoa(w.Curve().Censored), figure(until), figure(m.Estimate), figure(m.Low), figure(m.High)}
	return out
}

func (t *tables) verdict(c *Cell, v *Verdict) {
	t.judgement.row(append(t.head(c), v.ID, v.Metric, v.Labels, v.Stat, v.Level, v.Across, v.Verdict, figure(v.Value), figure(v.Low), figure(v.High),
		v.Unit, v.Bound, strconv.Itoa(v.Runs), figure(v.Count), v.Why)...)
}

// write replaces the result files, sweep.json last.
func (t *tables) write(dir string, r *Report) error {
	var errs []error
	for _, f := range []struct {
		name string
		t    *table
	}{{SummaryName, t.summaries}, {LongName, t.longs}, {ExpectationsName, t.judgement}} {
		f.t.w.Flush()
		errs = append(errs, runner.Replace(filepath.Join(dir, f.name), f.t.buf.Bytes()))
	}
	return errors.Join(append(errs, runner.Replace(filepath.Join(dir, SweepName), indented(r)))...)
}
