package batch

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"hypersim/analysis/stats"
	"hypersim/sim/metrics/words"
)

// Until is a precision that a sweep goes on for: METRIC[:label=word]=±2%, or ± an amount in the metric's unit.
type Until struct {
	Text     string `json:"target"`
	Metric   string `json:"metric"`
	Labels   string `json:"labels"`
	Share    number `json:"share"`    // of the estimate, 0: none
	Absolute number `json:"absolute"` // in the unit of the metric, 0: none
	Level    number `json:"level"`    // of each look's interval
	Looks    []int  `json:"looks"`    // seeds at which the sweep looks; the last are all

	rows []*till // of cells, as they are collected
}

// till is what one row of one cell has reached.
type till struct {
	Cell    string `json:"cell"`
	Labels  string `json:"labels"`
	Unit    string `json:"unit"`
	Value   number `json:"value"`
	Low     number `json:"low"` // corrected for every look
	High    number `json:"high"`
	Reached bool   `json:"reached"`
	Why     string `json:"why,omitempty"` // there is no interval
}

// Reach is what one target has come to: a part of sweep.json.
type Reach struct {
	Until
	Seeds   int     `json:"seeds"`
	Reached bool    `json:"reached"` // in every cell
	Rows    []*till `json:"rows"`
}

// ParseUntil reads "detection_first:to=DEAD=±2%" or "false_positives=±0.5"; +- stands for ±.
func ParseUntil(text string) (*Until, error) {
	i := strings.LastIndex(text, "=")
	if i < 0 {
		return nil, fmt.Errorf("--until %q: must be METRIC=±2%% or METRIC:label=word=±0.5", text)
	}
	u := &Until{Text: text}
	u.Metric, u.Labels, _ = strings.Cut(text[:i], ":")
	m, ok := words.Lookup(u.Metric)
	if !ok {
		return nil, fmt.Errorf("--until %q: no metric %q; hypersim schema lists them", text, u.Metric)
	}
	amount := strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(text[i+1:]), "±"), "+-"))
	to, digits := &u.Absolute, amount
	if p, ok := strings.CutSuffix(amount, "%"); ok {
		to, digits = &u.Share, p
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if unit := map[string]time.Duration{"s": time.Second, "ms": time.Millisecond}[m.Def().Unit]; err != nil && unit > 0 {
		var d time.Duration
		d, err = time.ParseDuration(digits)
		v = float64(d) / float64(unit)
	}
	if err != nil || !(v > 0) || math.IsInf(v, 1) {
		return nil, fmt.Errorf("--until %q: %q must be a share such as ±2%%, or an amount such as ±0.5, above 0", text, amount)
	}
	if to == &u.Share {
		v /= 100
	}
	*to = number(v)
	return u, nil
}

// SetUntil makes the seeds of the plan the most that the sweep may use.
func (p *Plan) SetUntil(list []*Until) error {
	if len(list) > 0 && len(p.Seeds) < stats.ShownRuns {
		return usage("--until needs %d seeds or more to choose from, there are %d; --seeds 1..100 allows 100", stats.ShownRuns, len(p.Seeds))
	}
	looks := stats.NewLooks(len(p.Seeds), 0)
	for _, u := range list {
		u.Looks, u.Level = looks.Sizes, number(looks.Level)
	}
	p.Until = list
	return nil
}

// at is the plan of a look: the first so many seeds of all cells.
func (p *Plan) at(look int) *Plan {
	q := *p
	n := p.Until[0].Looks[look]
	q.Seeds, q.Cells = p.Seeds[:n], slices.Clone(p.Cells)
	for i := range q.Cells {
		q.Cells[i].Runs = q.Cells[i].Runs[:n]
	}
	q.Until = nil
	for _, u := range p.Until {
		v := *u
		v.rows = nil
		q.Until = append(q.Until, &v)
	}
	return &q
}

// RunUntil carries out the plan look by look until every target is reached in every cell, or the seeds are used up. It returns
// the plan and the report of the last look. told is called after each.
func (p *Plan) RunUntil(ctx context.Context, req Request, opt Options, strict bool, told func(look int, r *Report)) (*Report, *Outcome, error) {
	total := &Outcome{}
	for i := range p.Cells {
		for _, address := range p.Cells[i].Runs {
			if !opt.Force {
				break
			}
			if _, err := opt.clear(address, total); err != nil {
				return nil, nil, err
			}
		}
	}
	opt.Force = false // they are gone, and each is done once
	for look := range p.Until[0].Looks {
		q := p.at(look)
		out, err := q.Run(ctx, req, opt)
		if err != nil {
			return nil, nil, err
		}
		if total.Damaged += out.Damaged; look == 0 {
			total.Kept = out.Kept
		} else {
			total.Kept += max(out.Kept-total.Kept-total.Done, 0)
		}
		total.Done, total.Interrupted, total.Slow = total.Done+out.Done, out.Interrupted, append(total.Slow, out.Slow...)
		r, err := q.Collect(opt.Dir, strict)
		if err != nil {
			return nil, nil, err
		}
		told(look, r)
		if out.Interrupted || len(out.Slow) > 0 || r.reached() || look == len(p.Until[0].Looks)-1 {
			return r, total, nil
		}
		for i := range r.Until {
			if len(r.Until[i].Rows) == 0 {
				return nil, nil, usage("--until %s: no cell has such a row; %s lists those there are", r.Until[i].Text, SummaryName)
			}
		}
		if err := mark(opt.Dir, "this sweep did not end: its intervals were not short enough yet; the same command goes on"); err != nil {
			return nil, nil, err
		}
	}
	panic("batch: a sweep without looks")
}

// reached reports whether nothing is left to look for.
func (r *Report) reached() bool {
	return !slices.ContainsFunc(r.Until, func(x Reach) bool { return !x.Reached })
}

// noRow is a cell that measured nothing of the kind.
const noRow = "no such row"

// precision notes how far the rows of a cell have come.
func (p *Plan) precision(c *Cell, rows []*statRow) {
	for _, u := range p.Until {
		found := u.choose(rows)
		if len(found) == 0 {
			u.rows = append(u.rows, &till{Cell: c.Name, Labels: u.Labels, Value: number(math.NaN()), Low: number(math.NaN()), High: number(math.NaN()), Why: noRow})
		}
		for _, x := range found {
			iv := x.estimate(float64(p.Compare.HorizonS), float64(u.Level))
			ok := stats.Precision{Share: float64(u.Share), Absolute: float64(u.Absolute)}.Reached(iv)
			u.rows = append(u.rows, &till{c.Name, x.labels, x.unit, rounded(iv.Estimate), rounded(iv.Low), rounded(iv.High), ok, iv.Note})
		}
	}
}

// statsWanted are the ways to describe a metric, the one that says most first.
var statsWanted = []string{"time", "events", "mean"}

// choose returns the rows that the target is about: those of exactly its labels, or else those that have them and no role of
// a subject, which not every run has.
func (u *Until) choose(rows []*statRow) []*statRow {
	for _, exact := range []bool{true, false} {
		for _, stat := range statsWanted {
			var out []*statRow
			for _, x := range rows {
				if x.metric == u.Metric && x.stat == stat && !x.fine && carries(x.labels, u.Labels, exact) {
					out = append(out, x)
				}
			}
			if len(out) > 0 {
				return out
			}
		}
	}
	return nil
}

// carries reports whether a row has the labels that are asked for, and if exact no others.
func carries(have, want string, exact bool) bool {
	a, b := strings.FieldsFunc(have, isSemicolon), strings.FieldsFunc(want, isSemicolon)
	for _, w := range b {
		if !slices.Contains(a, strings.TrimSpace(w)) {
			return false
		}
	}
	if exact {
		return len(a) == len(b)
	}
	return !slices.ContainsFunc(a, func(w string) bool { return strings.HasPrefix(w, "subject_role=") })
}

func isSemicolon(r rune) bool { return r == ';' }

// settleUntil turns what the cells said into the report's part.
func (r *Report) settleUntil(p *Plan) {
	for _, u := range p.Until {
		x := Reach{Until: *u, Seeds: len(p.Seeds), Rows: u.rows}
		x.Reached = r.Done == r.Runs && !slices.ContainsFunc(x.Rows, func(t *till) bool { return !t.Reached })
		if !slices.ContainsFunc(x.Rows, func(t *till) bool { return t.Why != noRow }) {
			x.Rows, x.Reached = nil, false
		}
		u.rows = nil
		r.Until = append(r.Until, x)
	}
	if len(p.Until) > 0 && !r.reached() && r.Done == r.Runs {
		r.Exit = worst(r.Exit, exitOpen)
	}
}

// String says how far it has come, by the cell that is farthest from the target.
func (x *Reach) String() string {
	worst := -1
	for i, t := range x.Rows {
		if !t.Reached && (worst < 0 || !(t.reach() <= x.Rows[worst].reach())) {
			worst = i
		}
	}
	switch {
	case len(x.Rows) == 0:
		return fmt.Sprintf("%s: no cell has such a row", x.Text)
	case x.Reached:
		return fmt.Sprintf("%s: reached with %d seeds", x.Text, x.Seeds)
	case worst < 0:
		return fmt.Sprintf("%s: runs are missing", x.Text)
	}
	t := x.Rows[worst]
	if t.Why != "" {
		return fmt.Sprintf("%s: not reached with %d seeds: %s in %s", x.Text, x.Seeds, t.Why, t.Cell)
	}
	width := fmt.Sprintf("%.3g %s", float64(t.High-t.Low)/2, t.Unit)
	if x.Share > 0 {
		width = fmt.Sprintf("%.3g %%", 100*t.reach())
	}
	return fmt.Sprintf("%s: not reached with %d seeds: ±%s in %s", x.Text, x.Seeds, width, t.Cell)
}

// reach is the farther end of the interval, as a share of the value.
func (t *till) reach() float64 {
	iv := stats.Interval{Estimate: float64(t.Value), Low: float64(t.Low), High: float64(t.High)}
	return iv.Reach() / math.Abs(iv.Estimate)
}
