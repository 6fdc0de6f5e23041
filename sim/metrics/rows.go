package metrics

import (
	"math"

	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// Tables returns the rows of every file but summary.csv and violations.csv.
func (r *Result) Tables() *Tables {
	t := &Tables{}
	for _, p := range r.Series {
		t.Time = append(t.Time, TimeRow{p.At, p.Metric, p.Unit, p.Labels, p.Value})
	}
	t.Observed = r.observed()
	for i := range r.Detections {
		t.Detections = append(t.Detections, r.detectionRow(&r.Detections[i]))
	}
	for _, m := range r.Membership {
		row := MembershipRow{
			At: m.At, Group: uint64(m.Group), Role: m.Role.String(), Observers: uint64(m.Observers),
			Pairs: uint64(m.Pairs), Disagree: uint64(m.Disagree), ViewError: math.NaN(),
			Unconfirmed: uint64(m.ByState[core.StateUnconfirmed]), OK: uint64(m.ByState[core.StateOK]),
			Suspect: uint64(m.ByState[core.StateSuspect]), Dead: uint64(m.ByState[core.StateDead]), Left: uint64(m.ByState[core.StateLeft]),
		}
		if m.Pairs > 0 {
			row.ViewError = float64(m.Disagree) / float64(m.Pairs)
		}
		t.Membership = append(t.Membership, row)
	}
	for i := range r.Coords {
		t.Coordinates = append(t.Coordinates, r.coordinateRow(&r.Coords[i]))
	}
	r.messageRows(t)
	r.jobRows(t)
	r.eventRows(t)
	r.electionRows(t)
	r.timeoutRows(t)
	r.routeRows(t)
	r.pressureRows(t)
	r.admissionRows(t)
	for i := range r.Faults {
		t.Faults = append(t.Faults, r.Faults[i].row())
	}
	for _, e := range r.Episodes {
		if f := &r.Faults[e.Fault]; f.Episodes > 1 { // one alone stands in faults.csv
			t.Episodes = append(t.Episodes, EpisodeRow{f.ID, e.Start, e.End})
		}
	}
	return t
}

func (f *Fault) row() FaultRow {
	row := FaultRow{ID: f.ID, Kind: f.Kind, Detail: f.Detail, Start: f.Start, End: f.End, Episodes: uint64(f.Episodes), Last: f.Last, Agreed: f.Agreed}
	if len(f.Sides) > 0 {
		row.Nodes = uint64(len(f.Sides[0]))
	}
	if len(f.Sides) > 1 {
		row.Others = uint64(len(f.Sides[1]))
	}
	return row
}

func (r *Result) detectionRow(d *Detection) DetectionRow {
	row := DetectionRow{
		At: d.At, Observer: r.name(d.Observer), Subject: r.name(d.Subject), To: d.To.String(), Path: d.Path(),
		Cause: d.Cause.String(), Other: r.name(d.Accuser), Inc: uint64(d.Inc), Truth: d.Truth.String(),
		Class: d.Class.String(), PeerClass: d.PeerClass.String(), SinceCrash: math.NaN(), First: math.NaN(),
	}
	if d.Crash >= 0 {
		row.SinceCrash = seconds(d.SinceCrash)
		if d.First {
			row.First = row.SinceCrash
		}
	}
	return row
}

func (r *Result) coordinateRow(c *CoordRow) CoordinateRow {
	rel, ms, ratio := values(c.Rel), values(c.MS), values(c.Ratio)
	return CoordinateRow{
		At: c.At, SiteA: r.siteName(c.SiteA), SiteB: r.siteName(c.SiteB), Link: c.Link.String(),
		Roles: pairName(c.Role, c.Peer), Pairs: uint64(c.Pairs),
		Rel50: Percentile(rel, 50), Rel90: Percentile(rel, 90), Rel99: Percentile(rel, 99),
		MS50: Percentile(ms, 50), MS90: Percentile(ms, 90), MS99: Percentile(ms, 99),
		Coverage: float64(c.Covered) / float64(c.Pairs), Ratio50: Percentile(ratio, 50),
	}
}

func values(q []float32) []Value {
	v := make([]Value, len(q))
	for i := range q {
		v[i] = Value{float64(q[i]), 1}
	}
	return v
}

func (r *Result) messageRows(t *Tables) {
	x := 0
	for _, m := range r.Traffic {
		for x < len(r.Exposure)-1 && r.Exposure[x].At < m.At {
			x++
		}
		row := MessageRow{
			At: m.At, Direction: m.Direction.String(), Reason: reasonName(m.Reason), Type: m.Kind.String(), Class: m.Kind.Class().String(),
			Role: m.Role.String(), Messages: m.Count, Bytes: m.Bytes, MessageRate: math.NaN(), ByteRate: math.NaN(),
		}
		if s := r.Exposure[x].Seconds[m.Role]; s > 0 {
			row.MessageRate, row.ByteRate = float64(m.Count)/s, float64(m.Bytes)/s
		}
		t.Messages = append(t.Messages, row)
	}
}

// reasonName is empty for what was not dropped.
func reasonName(why trace.Reason) string {
	if why == trace.ReasonNone {
		return ""
	}
	return why.String()
}

// summaryKeys are the labels by which Summaries splits each metric.
var summaryKeys = []string{"direction", "type", "edge", "rtt", "share", "threshold", "samples", "dc", "to", "class", "truth", "observer_role", "role", "link", "outcome", "use", "service", "refusal", "load", "level", "pass"}

// Summaries describes every metric after the warm-up, split by its main labels: rows of summary.csv
// without an expectation. Metrics without observations have no row.
func (r *Result) Summaries() []SummaryRow {
	var rows []SummaryRow
	from := core.Instant(0).Add(r.Warmup)
	for _, m := range words.All() {
		list, of := r.splits(m)
		lists := r.after(m, from, len(list), of)
		for k, word := range list {
			if v := lists[k]; len(v) > 0 {
				rows = append(rows, SummaryRow{Metric: m.Def().Name, Labels: word, Unit: m.Def().Unit, Summary: Summarize(v), Value: math.NaN()})
			}
		}
	}
	return rows
}

// after returns the values of each split of m from an instant on. What is not folded is handed out in one
// walk: there may be millions of them.
func (r *Result) after(m words.Metric, from core.Instant, splits int, of []int) [][]Value {
	out := make([][]Value, splits)
	if m.Def().Fold == words.FoldSpread {
		for k := range out {
			i := -1
			list := r.Select(m, func(o *Observation) bool { i++; return of[i] == k && o.At >= from })
			if v := Variation(list); !math.IsNaN(v) {
				out[k] = []Value{{v, 1}}
			}
		}
		return out
	}
	if f := m.Def().Fold; f != words.FoldShare && f != words.FoldRate {
		sizes := make([]int, splits)
		for _, k := range of {
			sizes[k]++
		}
		for k, n := range sizes {
			out[k] = make([]Value, 0, n)
		}
		i := -1
		r.each(m, func(o *Observation) {
			if i++; o.At >= from {
				out[of[i]] = append(out[of[i]], Value{o.Value, float64(o.Weight)})
			}
		})
		return out
	}
	for k := range out {
		i := -1
		for _, o := range r.Select(m, func(*Observation) bool { i++; return of[i] == k }) {
			if o.At >= from {
				out[k] = append(out[k], Value{o.Value, float64(o.Weight)})
			}
		}
	}
	return out
}

// splits returns the different splits of m in order of first appearance, and which of them each
// observation falls into, in the order in which Select asks; −1 for messages that nobody sent.
func (r *Result) splits(m words.Metric) (list []string, of []int) {
	happened, dc := r.happened(), m.Carries("dc") && m.Def().Fold != words.FoldSpread
	index := map[string]int{}
	known := map[Observation]int{} // by all that a word can depend on: making words is slow
	r.Select(m, func(o *Observation) bool {
		if o.Dir > 0 && !happened[o.Dir-1][o.Type][o.Role] {
			of = append(of, -1)
			return false
		}
		short := Observation{
			Metric: m, Job: -1, Param: o.Param, To: o.To, SiteA: -1, Class: o.Class, Truth: o.Truth, Role: o.Role, PeerRole: o.PeerRole,
			Link: o.Link, Type: o.Type, Dir: o.Dir, Service: o.Service,
		}
		if dc {
			short.SiteA = o.SiteA
		}
		k, ok := known[short]
		if !ok {
			word := r.split(m, &short)
			if k, ok = index[word]; !ok {
				k = len(list)
				index[word] = k
				list = append(list, word)
			}
			known[short] = k
		}
		of = append(of, k)
		return false
	})
	return list, of
}

// happened tells which kinds of traffic there were at all.
func (r *Result) happened() (t [NumDirections][core.NumKinds][core.NumRoles]bool) {
	for i := range r.Traffic {
		t[r.Traffic[i].Direction][r.Traffic[i].Kind][r.Traffic[i].Role] = true
	}
	return t
}

func (r *Result) split(m words.Metric, o *Observation) string {
	kv := make([]string, 0, 2*len(summaryKeys))
	for _, key := range summaryKeys {
		if key == "observer_role" && !m.Def().RoleIsPeer {
			continue // the same as role
		}
		if key == "role" && m.Def().Event == "coordinate sample" {
			key = "roles" // of both ends
		}
		if word, ok := r.Label(o, key); ok {
			kv = append(kv, key, word)
		}
	}
	return labels(kv...)
}
