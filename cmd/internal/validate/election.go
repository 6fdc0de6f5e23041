package validate

import (
	"fmt"
	"slices"

	"hypersim/analysis/plot"
	"hypersim/analysis/stats"
	"hypersim/core"
	"hypersim/core/election"
	"hypersim/scenarios"
	"hypersim/sim/trace"
)

// electorate is a cluster whose leader is killed again and again, and what the chapter promises of it.
type electorate struct {
	id, what  string
	sets      []string
	away      int // voters that are never there
	role      core.Role
	low, high float64 // s: hard bounds of a gap, counted at the end of rounds
	early     float64 // and the upper one, counted on arrival
}

// The bounds are the sums of the least and of the largest waits: 3 + 2 + 5 s, and 5 + 2 + 2 + 7 s and the ways, of which the
// chapter leaves 0.2 s on a LAN; on arrival 3 s, and 7 s and the ways.
var electorates = []electorate{
	{"lan5", "LAN, 4 of 5 alive", nil, 0, core.RoleManager, 10, 16.2, 7.2},
	{"lan3", "LAN, 2 of 3 alive", []string{"cluster.managers=3"}, 0, core.RoleManager, 10, 16.2, 7.2},
	{"aws5", "AWS, five regions, 4 of 5 alive", awsFive, 0, core.RoleGate, 10, 16 + awsWays, 7 + awsWays + 2*awsTrip},
	{"aws5-bare", "AWS, five regions, 3 of 5 alive", append(awsFive[:len(awsFive):len(awsFive)], `fault.down.target={ role = "gate", count = 1 }`),
		1, core.RoleGate, 10, 16 + awsWays, 7 + awsWays + 2*awsTrip},
}

var awsFive = []string{"topology.use=wan5", "cluster.managers=1", "fault.kill.of=gates"}

// The longest round trip between two of the regions, s, and what a gap has of ways: that of the last heartbeat, and that of
// the first acknowledged one and back; with 4 σ of jitter.
const (
	awsTrip = 0.268 * 1.2
	awsWays = awsTrip/2 + awsTrip
)

// counted is one rule of counting votes.
type counted struct {
	id, what, key string
	on            bool
}

var countings = []counted{{"at-timeout", "counted at the end of the round", "at_timeout", false}, {"on-arrival", "counted on arrival", "on_arrival", true}}

// elections are gaps of leaders beside the arithmetic of the chapter.
func elections() []*Experiment {
	var out []*Experiment
	for i := range electorates {
		for _, c := range countings {
			out = append(out, electionOf(&electorates[i], c))
		}
	}
	return out
}

func electionOf(e *electorate, c counted) *Experiment {
	const source = "the chapter's waits, added up"
	low, high := e.low, e.high
	if c.on {
		low, high = 3, e.early
	}
	x := &Experiment{
		ID: "election-" + e.id + "-" + c.id, Topic: TopicElections, Quick: true, Full: 2.5, Short: 1.2,
		Title: "whoever leads is killed, again and again: " + e.what + ", votes " + c.what,
		File:  "election", Measured: true, Seeds: [2]int{10, 5}, Cells: []Cell{{Sets: append([]string{"protocol.election.count=" + c.key}, e.sets...)}},
		Counts: []string{"rounds", "lost"},
		Before: func(t *Trial) { t.last = []core.Instant{core.Never} },
		Watch:  func(t *Trial, r *trace.Record) { e.killed(t, r) },
		Jobs:   func(t *Trial, r *trace.JobRecord) { e.elected(t, r) },
		Figure: func(l *Lab) *plot.Overlay { return e.figure(c, l, l.cells[""]) },
	}
	for _, p := range []float64{50, 80, 95} {
		row := Row{fmt.Sprintf("p%g", p), fmt.Sprintf("gap of a leader that is killed, p%g", p), "s", nan, 0, source, Derived, Near(0.03)}
		x.Rows = append(x.Rows, Measured{Row: row, Of: percentileOf("gap", p), Model: func(l *Lab) float64 { return stats.Percentile(e.model(c, l), p) }})
	}
	x.add(Row{"least", "the least", "s", low, 0, "spec 40 §3.3", Computed, AtLeast}, "", endOf("gap", slices.Min[[]float64]))
	x.add(Row{"largest", "the largest", "s", high, 0, "spec 40 §3.3", Computed, AtMost}, "", endOf("gap", slices.Max[[]float64]))
	x.add(Row{"second", "share of elections that needed another round", "", 1e-3, 0, "spec 01 no. 26", Computed, AtMost}, "", shareOf("lost", "rounds"))
	x.add(Row{"dual", "time in which two might act as leader", "s", 0, 0, "spec 20 §12, I-JL1", Computed, AtMost}, "", mostSeen("dual"))
	return x
}

// endOf is the least or the largest of what all runs saw.
func endOf(name string, end func([]float64) float64) Measure {
	return func(_ *Lab, runs Trials) Value {
		v := runs.all(name)
		return number(end(v), fmt.Sprintf("of %d", len(v)))
	}
}

// killed notes when the leader died. Voters of the cluster die by the one fault alone.
func (e *electorate) killed(t *Trial, r *trace.Record) {
	if r.Kind == trace.KindCrash && r.Fault == int32(len(t.Sc.Faults)-1) {
		t.last[0] = r.At
	}
}

// elected takes who may lead from now on, and how votes ended.
func (e *electorate) elected(t *Trial, r *trace.JobRecord) {
	if r.Kind != trace.JobFact || t.Sc.Nodes[r.Node].Role != e.role || t.last[0] == core.Never {
		return
	}
	switch f := &r.Fact; {
	case f.Kind == core.JobFactLease:
		t.Note("gap", r.At.Sub(t.last[0]).Seconds())
		t.last[0] = core.Never
	case f.Kind == core.JobFactRound && election.Role(f.From) == election.Candidate:
		t.Add("rounds", 1)
		t.Add("lost", float64(1-f.To))
	}
}

// model draws the gaps that the arithmetic gives.
func (e *electorate) model(c counted, l *Lab) []float64 {
	sc := load("election", 1, e.sets...)
	var at []int // sites of the voters, by id
	for i := range sc.Nodes {
		if sc.Nodes[i].Role == e.role {
			at = append(at, sc.Nodes[i].Site)
		}
	}
	m := electionModel{voters: len(at), away: e.away, onArrival: c.on, way: func(a, b int) float64 { return way(sc, at[a], at[b]) }}
	return m.gaps(l.Pick(200_000, 20_000), uint64(len(c.id)))
}

// way is the mean time of a datagram between two sites, s: jitter of 5 % is half a normal one.
func way(sc *scenarios.Scenario, a, b int) float64 {
	const jitter = 1 + 0.05*0.7979
	return sc.Topology.OneWay(a, b).Seconds() * jitter
}

func (e *electorate) figure(c counted, l *Lab, runs Trials) *plot.Overlay {
	ref := plot.Distribution("the chapter's waits,\nadded up", plot.Reference, 0, e.model(c, l))
	return &plot.Overlay{
		Title: "Time without a leader: " + e.what, Caption: "the leader is killed once a minute; votes " + c.what,
		X: plot.Axis{Label: "time from its death to the first lease of the next (s)"}, Y: plot.Axis{Label: "gaps at most this (%)", Percent: true, High: 1.02},
		Curves: []plot.Curve{ref, plot.Distribution(fmt.Sprintf("simulator, n = %d", len(runs.all("gap"))), plot.Steps, 1, runs.all("gap"))},
	}
}
