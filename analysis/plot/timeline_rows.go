package plot

import (
	"cmp"
	"fmt"
	"slices"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics"
)

// Times within which things of one kind are one row, s: what one node says to several, and what several say at once.
const (
	saidTogether  = 0.06
	heardTogether = 0.005
)

// timeline is what happened to a job, as its picture shows it.
type timeline struct {
	run    *analysis.Run
	job    *metrics.JobRow
	lanes  []laneHead
	rows   []*moment
	bars   []stateBar
	bands  []band
	left   int // rows
	folded int // nodes
}

// laneHead is a node, or several of a kind together.
type laneHead struct {
	name, role, site string
	group            string // of a lane of several nodes
}

// moment is a row: a thing that happened, or several of one kind at once.
type moment struct {
	at       float64
	rank     int // 1 decided the job, 2 belongs to the story, 3 fills it in
	said     saying
	arrows   []arrow
	nodes    []string // who says it, of what is no message
	again    int      // times that it was repeated, until then
	until    float64
	deadline bool
	key      string
}

// arrow is a message.
type arrow struct {
	from, to string
	sent, at float64
	lost     string
}

// newTimeline makes the rows, lanes and bars of a job.
func newTimeline(run *analysis.Run, j *metrics.JobRow) *timeline {
	t := &timeline{run: run, job: j}
	var list []*metrics.EventRow
	for i := range run.Tables.Events {
		if e := &run.Tables.Events[i]; e.Job == j.Job {
			list = append(list, e)
		}
	}
	slices.SortStableFunc(list, func(a, b *metrics.EventRow) int { return cmp.Compare(began(a), began(b)) })
	t.gather(list)
	if len(t.rows) == 0 {
		return t
	}
	t.trim()
	from, to := t.rows[0].at, t.rows[len(t.rows)-1].at
	t.bands = faultBands(run.Tables, run.Duration.Seconds(), nil)
	t.bands = slices.DeleteFunc(t.bands, func(b band) bool { return b.to < from || b.from > to })
	t.faults()
	t.deadlines(from, to)
	slices.SortStableFunc(t.rows, func(a, b *moment) int { return cmp.Compare(a.at, b.at) })
	t.fillBars(list)
	t.chooseLanes()
	return t
}

// began is when an event began: a message when it was sent.
func began(e *metrics.EventRow) core.Instant {
	if e.Sent != core.Never {
		return e.Sent
	}
	return e.At
}

// gather makes rows of events.
func (t *timeline) gather(list []*metrics.EventRow) {
	decided := t.decisions(list)
	type told struct {
		row  *moment
		lost bool
	}
	last := map[string]told{} // of what one node says to those of a kind at a site, again and again
	for _, e := range list {
		s, ok := sayingOf(e)
		if !ok {
			continue
		}
		at := began(e).Seconds()
		if e.Name == "job_state_sync" && e.Word == "DELTA" {
			if !decided(e.Peer, at) {
				continue
			}
			s.rank = 2
		}
		again := fmt.Sprint(e.Name, e.Word, e.Peer, analysis.SiteOf(e.Node), analysis.RoleOf(e.Node), e.Workflow, e.Attempt, e.Shard)
		m := last[again]
		if e.Kind == "message" && m.row != nil && m.lost == (e.Lost != "") && at > m.row.at+saidTogether {
			m.row.again, m.row.until = m.row.again+1, at
			continue
		}
		last[again] = told{t.row(e, s, at), e.Lost != ""}
	}
}

// decisions returns whether a node decided something just then, which its peers commit.
func (t *timeline) decisions(list []*metrics.EventRow) func(node string, at float64) bool {
	type decision struct {
		node string
		at   float64
	}
	var all []decision
	for _, e := range list {
		terminal := e.Name == "job_state" && (e.Word == "COMPLETING" || e.Word == "CANCELLING" || outcomeOf(e.Word))
		if terminal || e.Name == "timeout" && e.Word == "declared" {
			all = append(all, decision{e.Node, e.At.Seconds()})
		}
	}
	return func(node string, at float64) bool {
		return slices.ContainsFunc(all, func(d decision) bool { return d.node == node && at >= d.at && at <= d.at+1e-3 })
	}
}

func outcomeOf(state string) bool {
	return state == "COMPLETED" || state == "FAILED" || state == "CANCELLED" || state == "TIMEOUT"
}

// row puts an event into a row of its kind that has just begun, or makes one.
func (t *timeline) row(e *metrics.EventRow, s saying, at float64) *moment {
	key := fmt.Sprint(e.Kind, e.Name, e.Word, analysis.RoleOf(e.Node), analysis.RoleOf(e.Peer), e.Attempt > 1)
	var m *moment
	for i := len(t.rows) - 1; i >= 0 && t.rows[i].at >= at-saidTogether && m == nil; i-- {
		if r := t.rows[i]; r.key == key && (r.at >= at-heardTogether || r.by(e.Peer) && e.Kind == "message") {
			m = r
		}
	}
	if m == nil {
		m = &moment{at: at, rank: s.rank, said: s, key: key}
		t.rows = append(t.rows, m)
	}
	if e.Kind == "message" {
		m.arrows = append(m.arrows, arrow{from: e.Peer, to: e.Node, sent: at, at: e.At.Seconds(), lost: e.Lost})
	} else if e.Node != "" {
		m.nodes = addOnce(m.nodes, e.Node)
	}
	return m
}

// by reports whether the messages of m are of one node.
func (m *moment) by(node string) bool { return len(m.arrows) > 0 && m.arrows[0].from == node }

// trim leaves out what matters least: all of a rank at once would tear holes, so the latest of the lowest go first. What
// comes after the last thing that matters is left out in any case.
func (t *timeline) trim() {
	last := 0
	for i, m := range t.rows {
		if m.rank < 3 {
			last = i
		}
	}
	t.rows = t.rows[:last+1]
	for rank := 3; rank >= 1; rank-- {
		for i := len(t.rows) - 1; i >= 0 && len(t.rows) > timelineRows; i-- {
			if t.rows[i].rank == rank && i < len(t.rows)-1 {
				t.rows = slices.Delete(t.rows, i, i+1)
				t.left++
			}
		}
	}
}

// faults adds a row for each beginning and end of a fault within the time that is shown.
func (t *timeline) faults() {
	from, to := t.rows[0].at, t.rows[len(t.rows)-1].at
	add := func(at float64, text string) {
		if at >= from && at <= to {
			t.rows = append(t.rows, &moment{at: at, rank: 2, said: saying{text: text, color: faint}})
		}
	}
	const most = 12
	for i := range t.bands[:min(len(t.bands), most)] {
		b := &t.bands[i]
		if b.instant() {
			add(b.from, "fault "+b.label)
			continue
		}
		add(b.from, "fault "+b.label+" begins")
		add(b.to, "fault "+b.label+" is over")
	}
}

// deadlines adds a row for each deadline that the job had: as its gate counts it, or, without gates, its manager.
func (t *timeline) deadlines(from, to float64) {
	type known struct {
		at  float64
		row *metrics.TimeoutRow
	}
	var gates, managers []known
	for i := range t.run.Tables.Timeouts {
		r := &t.run.Tables.Timeouts[i]
		if r.Job != t.job.Job || r.Limit == core.Never {
			continue
		}
		k := known{(r.At - r.Elapsed + r.Limit + r.Extension).Seconds(), r}
		if analysis.RoleOf(r.Node) == "gate" {
			gates = append(gates, k)
		} else {
			managers = append(managers, k)
		}
	}
	if len(gates) == 0 {
		gates = managers
	}
	var seen []core.Instant
	for _, k := range gates {
		if slices.Contains(seen, k.row.Extension) || k.at < from || k.at > to {
			continue
		}
		seen = append(seen, k.row.Extension)
		text := fmt.Sprintf("deadline: %s s from its start", number(k.row.Limit.Seconds(), 0.001))
		if k.row.Extension > 0 {
			text = fmt.Sprintf("deadline with %s s more", number(k.row.Extension.Seconds(), 0.001))
		}
		t.rows = append(t.rows, &moment{at: k.at, rank: 1, deadline: true, said: saying{text: text + ", as " + k.row.Node + " counts", color: vermilion}})
	}
}
