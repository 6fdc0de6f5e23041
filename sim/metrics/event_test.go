package metrics

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/replica"
	"hypersim/sim/trace"
)

// sends is a message that left and arrived, or was lost.
func (y yard) sends(sec, sent float64, k core.Kind, from, to core.NodeID, b core.Body, lost trace.Reason) {
	y.t.Helper()
	r := trace.Record{Kind: trace.KindDelivered, Due: at(sent), Node: to, Peer: from, Reason: lost, Msg: &core.Message{Kind: k, From: from, To: to, Body: b}}
	if lost != trace.ReasonNone {
		r.Kind, r.Node, r.Peer = trace.KindDropped, from, to
	}
	y.record(sec, r)
}

// events are the rows of a job, in short.
func events(r *Result, id string) (out []string) {
	for _, e := range r.Tables().Events {
		if e.Job == id {
			out = append(out, strings.Join([]string{fmt.Sprintf("%g", e.At.Seconds()), e.Kind, e.Name, e.Word, e.Peer + ">" + e.Node, e.Lost}, " "))
		}
	}
	return out
}

func TestEventsOfAJob(t *testing.T) {
	y := jobYard(t)
	y.submit(1, 7, 0)
	y.sends(1.2, 1, core.KindJobSubmission, buyer, boss, &job.Submission{Spec: job.Spec{Job: 7}}, trace.ReasonNone)
	y.says(1.3, boss, core.JobFact{Kind: core.JobFactState, Job: 7, To: uint8(job.StateSubmitted), Node: core.NoNode})
	y.sends(1.4, 1.3, core.KindJobAck, boss, buyer, &job.Ack{Job: 7, Accepted: true}, trace.ReasonNone)
	for i := range 5 { // said again and again
		y.sends(2+float64(i), 2, core.KindJobProgress, boss, buyer, &job.Progress{Job: 7, State: job.StateRunning}, trace.ReasonNone)
	}
	y.sends(8, 8, core.KindJobStateSync, boss, left1, &replica.Sync{Entries: []replica.Entry{ // two jobs in one message, one renewed only
		{Head: replica.Head{Job: 7}, Kind: replica.EntryFull}, {Head: replica.Head{Job: 7}, Kind: replica.EntryRenew}, {Head: replica.Head{Job: 8}, Kind: replica.EntryFull},
	}}, trace.ReasonNone)
	delta := &replica.Sync{Entries: []replica.Entry{{Head: replica.Head{Job: 7}, Kind: replica.EntryDelta}}}
	y.sends(8.1, 8.05, core.KindJobStateSync, boss, left1, delta, trace.ReasonNone) // nothing was decided
	y.says(8.2, boss, core.JobFact{Kind: core.JobFactState, Job: 7, To: uint8(job.StateCompleting), Node: core.NoNode})
	y.sends(8.3, 8.2, core.KindJobStateSync, boss, left1, delta, trace.ReasonNone)
	y.sends(9, 4, core.KindJobFinalResult, boss, buyer, &job.FinalResult{Job: 7, SiteFinal: job.SiteFinal{State: job.StateCompleted}}, trace.ReasonTimeout)
	y.truth(10, trace.KindCrash, boss)
	y.truth(10.5, trace.KindCrash, left2) // has nothing to do with it
	y.over(11, 7, job.StateFailed, job.CompleteNone)
	want := []string{
		"1.2 message job_submission  a/client/0>a/manager/0 ",
		"1.3 fact job_state SUBMITTED >a/manager/0 ",
		"1.4 message job_ack accepted a/manager/0>a/client/0 ",
		"2 message job_progress RUNNING a/manager/0>a/client/0 ",
		"8 message job_state_sync FULL a/manager/0>a/worker/0 ",
		"8.2 fact job_state COMPLETING >a/manager/0 ",
		"8.3 message job_state_sync DELTA a/manager/0>a/worker/0 ",
		"9 message job_final_result COMPLETED a/manager/0>a/client/0 timeout",
		"10 life process down >a/manager/0 ",
		"11 fact outcome FAILED a/manager/0>a/client/0 ",
	}
	if have := events(y.end(12), "job-0000000000000007"); !slices.Equal(have, want) {
		t.Errorf("have\n%s\nwant\n%s", strings.Join(have, "\n"), strings.Join(want, "\n"))
	}
}

// Of jobs with one story the two longest are kept, and what is asked for; what does not end is a story, too.
func TestEventsAreKeptOfFewJobs(t *testing.T) {
	y := jobYard(t)
	y.rec.Follow(3)
	now := 1.0
	for id := uint64(1); id <= 60; id++ {
		y.submit(now, id, uint32(id))
		took := 1 + float64(id%10)/10 // jobs 9, 19, … take longest
		switch id {
		case 40: // goes on
		case 31:
			y.over(now+0.5, id, job.StateTimeout, job.CompleteNone)
		default:
			y.over(now+took, id, job.StateCompleted, job.CompleteFull)
		}
		now += 2
	}
	r := y.end(now)
	var have []uint64
	for _, x := range r.Events {
		have = append(have, uint64(r.Jobs[x.Job].ID))
	}
	if want := []uint64{3, 9, 19, 31}; !slices.Equal(have, want) { // 40 never said anything
		t.Errorf("have %v, want %v", have, want)
	}
	if n := y.rec.trails.held; n != 4 {
		t.Errorf("%d events are held, want 4", n)
	}
}

// A job of which very much happens keeps its beginning and its end.
func TestEventsInTheMiddleGo(t *testing.T) {
	y := jobYard(t)
	y.submit(1, 7, 0)
	const n = 5000
	for i := range n {
		y.sends(2+float64(i)/100, 2, core.KindWorkflowDispatch, boss, left1, nil, trace.ReasonNone) // says nothing
		y.sends(2+float64(i)/100, 2, core.KindJobFinalResult, boss, buyer, &job.FinalResult{Job: 7}, trace.ReasonNone)
	}
	y.over(60, 7, job.StateCompleted, job.CompleteFull)
	have := events(y.end(61), "job-0000000000000007")
	if gap := have[eventsEarly]; !strings.Contains(gap, " gap left_out ") || !strings.HasSuffix(gap, " > ") {
		t.Errorf("the gap is %q", gap)
	}
	if len(have) > eventsOfJob+1 || !strings.HasPrefix(have[0], "2 ") || !strings.Contains(have[len(have)-1], "outcome") {
		t.Errorf("%d events, from %s to %s", len(have), have[0], have[len(have)-1])
	}
	for i := range eventsEarly {
		if want := fmt.Sprintf("%g ", at(2+float64(i)/100).Seconds()); !strings.HasPrefix(have[i], want) {
			t.Fatalf("event %d is %s, want %s", i, have[i], want)
		}
	}
}

// Messages about jobs that nobody follows cost nothing that lasts.
func TestEventsOfOthersAllocateNothing(t *testing.T) {
	y := jobYard(t)
	y.submit(1, 7, 0)
	b := &job.Progress{Job: 99}
	rec := &trace.Record{Kind: trace.KindDelivered, Node: buyer, Peer: boss, Msg: &core.Message{Kind: core.KindJobProgress, From: boss, To: buyer, Body: b}}
	if n := testing.AllocsPerRun(1000, func() { y.rec.trails.message(rec) }); n != 0 {
		t.Errorf("%v allocations a message", n)
	}
}
