package plot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics"
)

// diary writes the events of a job by hand.
type diary struct {
	t   *metrics.Tables
	job string
}

func sec(x float64) core.Instant { return core.Instant(core.Seconds(x)) }

func (d diary) says(at float64, node, name, word string) {
	d.t.Events = append(d.t.Events, metrics.EventRow{Job: d.job, Kind: "fact", At: sec(at), Sent: core.Never, Name: name, Word: word, Node: node, Length: core.Never})
}

func (d diary) sends(sent, at float64, from, to, name, word, lost string) {
	d.t.Events = append(d.t.Events, metrics.EventRow{Job: d.job, Kind: "message", At: sec(at), Sent: sec(sent), Name: name, Word: word, Node: to, Peer: from, Lost: lost, Length: core.Never})
}

// takenOver is a job whose gate crashes, and that another gate ends for its time.
func takenOver(id string) *metrics.Tables {
	t := &metrics.Tables{
		Jobs:   []metrics.JobRow{{Job: id, Workload: "load", Client: "a/client/0", Submitted: sec(10), Ended: sec(75.1), Outcome: "TIMEOUT"}},
		Faults: []metrics.FaultRow{{ID: "kill", Kind: "crash", Start: sec(30), End: core.Never, Episodes: 1}, {ID: "late", Kind: "loss", Start: sec(500), End: sec(600), Episodes: 1}},
		Timeouts: []metrics.TimeoutRow{
			{At: sec(10.2), Node: "a/gate/0", Job: id, Event: "start", Elapsed: 0, Limit: sec(60), Extension: 0},
			{At: sec(45), Node: "b/gate/0", Job: id, Event: "resume", Elapsed: sec(34.8), Limit: sec(60), Extension: 0},
		},
	}
	d := diary{t, id}
	d.says(10, "a/client/0", "submit", "asked")
	d.sends(10, 10.1, "a/client/0", "a/gate/0", "job_submission", "", "")
	d.says(10.1, "a/gate/0", "job_state", "SUBMITTED")
	d.sends(10.1, 10.15, "a/gate/0", "b/gate/0", "job_state_sync", "FULL", "")
	for i := range 3 { // one row
		d.sends(10.2, 10.21, "a/gate/0", fmt.Sprintf("a/manager/%d", i), "job_submission", "", "")
	}
	d.says(10.3, "a/gate/0", "job_state", "RUNNING")
	d.sends(20, 20.1, "a/gate/0", "b/gate/0", "job_state_sync", "DELTA", "") // nothing was decided: no row
	d.t.Events = append(d.t.Events, metrics.EventRow{Job: id, Kind: "life", At: sec(30), Sent: core.Never, Name: "process", Word: "down", Node: "a/gate/0", Length: core.Never})
	d.sends(40, 40.1, "b/gate/0", "c/gate/0", "job_leadership_announcement", "DEAD_LEADER", "")
	d.sends(40, 45, "b/gate/0", "a/gate/0", "job_leadership_announcement", "DEAD_LEADER", "timeout")
	d.says(40.3, "b/gate/0", "holder", "won")
	for i := range 20 { // again and again
		d.sends(41+float64(i), 46+float64(i), "b/gate/0", "a/manager/0", "job_leader_gate_transfer", "", "timeout")
	}
	d.says(75, "b/gate/0", "timeout", "declared")
	d.sends(75, 75.05, "b/gate/0", "c/gate/0", "job_state_sync", "DELTA", "")
	d.sends(75.06, 75.1, "b/gate/0", "a/client/0", "global_job_result", "TIMEOUT", "")
	d.says(75.1, "a/client/0", "outcome", "TIMEOUT")
	d.sends(90, 91, "c/gate/0", "b/gate/0", "job_progress", "RUNNING", "") // after all that mattered
	return t
}

func loaded(t *metrics.Tables) *analysis.Run {
	return analysis.New("", analysis.Info{Scenario: "work", Seed: "7", Duration: 300 * time.Second}, t)
}

// TestTimeline: a row for each thing that mattered, in the order in which they began, and nothing else.
func TestTimeline(t *testing.T) {
	run := loaded(takenOver("job-1"))
	tl := newTimeline(run, &run.Tables.Jobs[0])
	var have []string
	for _, m := range tl.rows {
		have = append(have, fixed3(m.at)+" "+m.text())
	}
	want := []string{
		"10.000 a/client/0 hands the job in at a/gate/0",
		"10.100 a/gate/0 copies the job to b/gate/0",
		"10.200 a/gate/0 sends the job to 3 managers of a",
		"30.000 a/gate/0 is gone",
		"30.000 fault kill (crash)",
		"40.000 b/gate/0 claims the job (DEAD_LEADER) – lost: 1 of 2",
		"40.300 b/gate/0 has taken the job over",
		"41.000 b/gate/0 tells a/manager/0 that it leads – lost, 19 more until 60 s",
		"70.200 deadline: 60 s from its start, as a/gate/0 counts",
		"75.000 b/gate/0 decides: its time is up",
		"75.000 b/gate/0 commits it at c/gate/0",
		"75.060 b/gate/0 tells the outcome: TIMEOUT",
		"75.100 a/client/0 has the outcome: TIMEOUT",
	}
	if !slices.Equal(have, want) {
		t.Errorf("have\n%s\nwant\n%s", strings.Join(have, "\n"), strings.Join(want, "\n"))
	}
	var bars []string
	for _, b := range tl.bars {
		bars = append(bars, fmt.Sprintf("%s %s %g–%g", b.node, b.state, b.from, b.to))
	}
	wantBars := []string{
		"a/gate/0 SUBMITTED 10.1–10.3", "a/gate/0 RUNNING 10.3–30", "a/client/0 asked 10–75.1",
		"a/client/0 TIMEOUT 75.1–+Inf", "b/gate/0 RUNNING 40.3–+Inf",
	}
	slices.Sort(bars)
	slices.Sort(wantBars)
	if !slices.Equal(bars, wantBars) {
		t.Errorf("have bars %q, want %q", bars, wantBars)
	}
	var heads []string
	for i := range tl.lanes {
		heads = append(heads, tl.laneName(i))
	}
	if want := []string{"a/client/0", "a/gate/0", "b/gate/0", "c/gate/0", "a/manager/0", "a/manager/1", "a/manager/2"}; !slices.Equal(heads, want) {
		t.Errorf("have lanes %q", heads)
	}
	f := timelineOf(run, &run.Tables.Jobs[0])
	readable(t, f)
	if len(f.title) == 0 || !strings.Contains(f.title, "TIMEOUT after 65.1 s (load)") {
		t.Errorf("title %q", f.title)
	}
}

// TestTimelineChoice: what went wrong is told before what went well, one of each story, and who is asked for in any case.
func TestTimelineChoice(t *testing.T) {
	tables := &metrics.Tables{Violations: []metrics.ViolationRow{{Invariant: "I-J3", What: "job-5 ended twice"}}}
	for i, outcome := range []string{"COMPLETED", "COMPLETED", "TIMEOUT", "FAILED", "CANCELLED", "COMPLETED"} {
		x := takenOver(fmt.Sprintf("job-%d", i))
		x.Jobs[0].Outcome = outcome
		tables.Jobs = append(tables.Jobs, x.Jobs[0])
		tables.Events = append(tables.Events, x.Events...)
	}
	var have []string
	for _, f := range timelines(loaded(tables), []string{"job-1"}) {
		have = append(have, strings.TrimPrefix(f.name, "timeline-"))
	}
	if want := []string{"job-5", "job-3", "job-2", "job-1"}; !slices.Equal(have, want) {
		t.Errorf("have %v, want %v", have, want)
	}
	for name, want := range map[string]string{"job-3": "", "3": "", "": "give more of the id", "job-9": "no such job"} {
		if _, err := Job(loaded(tables), name); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	tables.Jobs = append(tables.Jobs, metrics.JobRow{Job: "job-77"})
	if _, err := Job(loaded(tables), "77"); err == nil || !strings.Contains(err.Error(), "--set report.jobs=job-77") {
		t.Errorf("a job that was not followed: %v", err)
	}
}

// TestTimelineDegenerate: no jobs, one event, very many events and lanes, and very long names.
func TestTimelineDegenerate(t *testing.T) {
	if list := timelines(loaded(&metrics.Tables{}), nil); list != nil {
		t.Errorf("a run without jobs has %d timelines", len(list))
	}
	one := &metrics.Tables{Jobs: []metrics.JobRow{{Job: "job-1", Ended: core.Never, Outcome: "UNFINISHED"}}}
	diary{one, "job-1"}.sends(0, 0, "a/client/0", "a/gate/0", "job_submission", "", "")
	many := &metrics.Tables{}
	for i := range 10_000 {
		id := fmt.Sprintf("job-%d", i)
		many.Jobs = append(many.Jobs, metrics.JobRow{Job: id, Submitted: sec(1), Ended: sec(float64(i)), Outcome: "COMPLETED"})
	}
	d := diary{many, "job-4"}
	for i := range 600 {
		at := 1 + float64(i)/3
		d.sends(at, at+0.001, "a/manager/0", fmt.Sprintf("a/worker/%d", i), "workflow_dispatch", fmt.Sprint(i), "")
		d.says(at+0.1, fmt.Sprintf("a/worker/%d", i), "shard_state", "RUNNING")
	}
	site := strings.Repeat("a-very-long-name-of-a-site-", 12)
	long := takenOver("job-" + strings.Repeat("f", 16))
	for i := range long.Events {
		e := &long.Events[i]
		e.Node, e.Peer = strings.Replace(e.Node, "a/", site+"/", 1), strings.Replace(e.Peer, "a/", site+"/", 1)
	}
	crowd := takenOver("job-1")
	for i := range 60 { // gates and managers that only keep copies share lanes
		diary{crowd, "job-1"}.sends(10.1, 10.15, "a/gate/0", fmt.Sprintf("d/gate/%d", i), "job_state_sync", "FULL", "")
		diary{crowd, "job-1"}.sends(10.1, 10.15, "a/manager/0", fmt.Sprintf("a/manager/%d", i), "job_state_sync", "FULL", "")
	}
	tl := newTimeline(loaded(crowd), &crowd.Jobs[0])
	if len(tl.lanes) > timelineLanes || tl.lane("d/gate/7") < 0 || tl.lane("d/gate/7") != tl.lane("d/gate/8") || tl.lane("a/gate/0") == tl.lane("d/gate/7") {
		t.Errorf("%d lanes: %+v", len(tl.lanes), tl.lanes)
	}
	for name, tables := range map[string]*metrics.Tables{"crowd": crowd, "one": one, "many": many, "long": long} {
		list := timelines(loaded(tables), nil)
		if len(list) != 1 {
			t.Fatalf("%s: %d timelines", name, len(list))
		}
		readable(t, list[0])
		if h := list[0].height(); h > 14 {
			t.Errorf("%s: %.3g inches high", name, h)
		}
	}
}
