package metrics

import (
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// A job is taken back twice and hears of it once; one of its shards starts after its datacenter began to stop it. Another job
// runs on after it was decided. Each number is counted by hand.
func TestEndsOfJobs(t *testing.T) {
	y := jobYard(t)
	state := func(sec float64, id uint64, to job.State) {
		y.says(sec, boss, core.JobFact{Kind: core.JobFactState, Job: id, To: uint8(to)})
	}
	y.submit(1, 1, 0)
	y.accepted(1, 1)
	y.submit(1.5, 2, 1)
	y.accepted(1.5, 2)
	y.work(2, trace.JobWork, left1, 10, 1, 1, 0)
	y.work(2, trace.JobWork, left1, 20, 2, 1, 0)
	y.submit(3, 3, 0) // whoever begins to stop this one has no majority for that, and who takes the job over does not know of it
	y.accepted(3, 3)
	back := trace.JobRecord{Kind: trace.JobWithdrawn, Node: buyer, Fact: core.JobFact{Job: 1}}
	y.job(5, back)
	y.job(6, back)
	y.says(6.5, boss, core.JobFact{Kind: core.JobFactCancel, Job: 1})
	y.says(6.5, boss, core.JobFact{Kind: core.JobFactCancel, Job: 3, Epoch: 1})
	y.says(6.75, boss, core.JobFact{Kind: core.JobFactHolder, Job: 3, A: holdWon, B: 1, Epoch: 2})
	y.work(7, trace.JobWork, left2, 30, 9, 1, 0)
	y.work(7, trace.JobWork, left2, 11, 3, 1, 0) // on its way before
	y.work(7, trace.JobWork, left2, 12, 4, 1, 0) // and nobody stops this one in time
	heard := func(sec float64, code call.Code) {
		b := &cancel.JobResponse{Job: 1}
		b.Code = code
		y.record(sec, trace.Record{Kind: trace.KindDelivered, Node: buyer, Peer: boss, Msg: &core.Message{Kind: core.KindJobCancelResponse, From: boss, To: buyer, Body: b}})
	}
	heard(7, call.CodeLeaseLost) // no answer that settles it
	heard(7.25, call.CodeOK)
	heard(8, call.CodeDuplicate)
	y.work(9, trace.JobEnded, left1, 10, 1, 1, job.EndedCancelled)
	y.work(9.5, trace.JobEnded, left2, 11, 3, 1, job.EndedCancelled)
	y.work(14, trace.JobEnded, left2, 12, 4, 1, job.EndedCancelled)
	y.work(14, trace.JobEnded, left2, 30, 9, 1, job.EndedFailed)
	state(14, 1, job.StateCancelled)
	state(20, 2, job.StateTimeout)
	state(21, 2, job.StateTimeout) // said again: the first decision counts
	y.work(23, trace.JobEnded, left1, 20, 2, 1, job.EndedCancelled)
	told := &cancel.JobComplete{Job: 1, Errors: []job.Failure{
		{Workflow: 1, Site: 0, Node: left2, Kind: job.ErrorCancelled}, {Workflow: 2, Site: 0, Node: left2, Kind: job.ErrorCancelled}, // one worker, named once
		{Workflow: 3, Site: 0, Node: left1, Kind: job.ErrorWorker}, {Workflow: 4, Site: 0, Node: left1, Kind: job.ErrorUser},
	}}
	for _, sec := range []float64{23.2, 23.4} { // said again
		y.record(sec, trace.Record{Kind: trace.KindDelivered, Node: buyer, Peer: boss, Msg: &core.Message{Kind: core.KindJobCancellationComplete, From: boss, To: buyer, Body: told}})
	}
	y.says(24, buyer, core.JobFact{Kind: core.JobFactSingle, Job: 2, Workflow: 20, To: uint8(cancel.SingleCancelling), A: 3e8})
	y.says(24.5, buyer, core.JobFact{Kind: core.JobFactAgain, Job: 1, Code: uint8(call.CodeDuplicate), A: 2e8})
	y.says(25, buyer, core.JobFact{Kind: core.JobFactSingle, Job: 2, Workflow: 21, To: cancel.NumSingleStatuses, A: 40e9})
	y.end(100)
	y.want(words.CancelAck, []float64{2.25})
	y.want(words.SingleCancel, []float64{0.3}, "answer", "CANCELLING")
	y.want(words.SingleCancel, []float64{40}, "answer", "NO_ANSWER")
	y.want(words.CancelNamed, []float64{1, 1}, "dc", "a")
	y.want(words.HandedInAgain, []float64{0.2}, "code", "DUPLICATE")
	y.want(words.CancelComplete, []float64{9}, "dc", "a")
	y.want(words.CancelResidue, []float64{1})
	y.want(words.PostTerminalRun, []float64{3})
	y.want(words.PostTerminalCoreSeconds, []float64{6}) // two cores
}

// What a majority knows of, whoever takes the job over goes on to stop; of the rest it does not know.
func TestResidueOfAStopThatIsTakenOver(t *testing.T) {
	for _, c := range []struct {
		name           string
		commit, oldest float64
		want           int
	}{
		{"committed", 10.5, 10, 1},
		{"an older change was committed, and perhaps not this one", 10.5, 9, 0},
		{"not committed", 0, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			y := jobYard(t)
			y.submit(1, 1, 0)
			y.accepted(1, 1)
			y.says(10, boss, core.JobFact{Kind: core.JobFactCancel, Job: 1, Epoch: 1})
			if c.commit > 0 {
				y.says(c.commit, boss, core.JobFact{Kind: core.JobFactCommit, Job: 1, Epoch: 1, A: int64((c.commit - c.oldest) * 1e9)})
			}
			y.says(12, boss, core.JobFact{Kind: core.JobFactHolder, Job: 1, A: holdWon, Epoch: 2})
			y.work(13, trace.JobWork, left2, 10, 1, 1, 0)
			y.work(20, trace.JobEnded, left2, 10, 1, 1, job.EndedCompleted)
			y.end(100)
			y.want(words.CancelResidue, slices.Repeat([]float64{1}, c.want))
		})
	}
}

// A worker wakes and finds a dispatch of a job that was stopped while it stood. Its manager tells it so within seconds; where the
// process of the manager is gone, the worker is an orphan first.
func TestResidueOfTheLate(t *testing.T) {
	for _, c := range []struct {
		name       string
		gone, runs float64 // after the stop, after the begin
		want       int
	}{
		{"stopped at once", 0, 5.9, 0},
		{"not stopped", 0, 6.1, 1},
		{"nobody is there to stop it", 1, 66, 0},
		{"its manager goes while it begins", 4, 66, 0},
		{"its manager goes much later", 12, 6.1, 1},
		{"nobody is there, and the worker does not find out", 1, 68, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			y := jobYard(t)
			y.submit(1, 1, 0)
			y.accepted(1, 1)
			y.job(5, trace.JobRecord{Kind: trace.JobWithdrawn, Node: buyer, Fact: core.JobFact{Job: 1}})
			y.says(10, boss, core.JobFact{Kind: core.JobFactCancel, Job: 1})
			gone := func(min, max float64) {
				if c.gone > min && c.gone <= max {
					y.truth(10+c.gone, trace.KindCrash, boss)
				}
			}
			gone(0, 3)
			y.work(13, trace.JobWork, left2, 10, 1, 1, 0)
			gone(3, c.runs)
			y.work(13+c.runs, trace.JobEnded, left2, 10, 1, 1, job.EndedCompleted)
			gone(max(3, c.runs), 60)
			y.end(100)
			y.want(words.CancelResidue, slices.Repeat([]float64{1}, c.want))
		})
	}
}

// The words of the metrics are those of core/cancel and core/call.
func TestSingleAnswers(t *testing.T) {
	for s := range cancel.SingleStatus(cancel.NumSingleStatuses) {
		if words.SingleAnswers[s] != s.String() {
			t.Errorf("%v is called %q", s, words.SingleAnswers[s])
		}
	}
	for c := range call.Code(call.NumCodes) {
		if words.Codes[c] != c.String() {
			t.Errorf("%v is called %q", c, words.Codes[c])
		}
	}
	if len(words.SingleAnswers) != cancel.NumSingleStatuses+1 || len(words.Codes) != call.NumCodes+1 {
		t.Errorf("%d and %d words", len(words.SingleAnswers), len(words.Codes))
	}
}

// A command that carries what the manager has is refused, and one that carries an older epoch.
func TestTimeoutRejectedValid(t *testing.T) {
	y := jobYard(t)
	y.submit(1, 1, 0)
	exchange := func(sec float64, seq, ge, de, hasGE, hasDE uint32, code call.Code) {
		a := &jobtimeout.Ack{GE: hasGE, DE: hasDE}
		a.Code = code
		y.record(sec, trace.Record{Kind: trace.KindDelivered, Node: boss, Peer: left1, Msg: &core.Message{
			Kind: core.KindJobGlobalTimeout, From: left1, To: boss, Seq: seq, Body: &jobtimeout.GlobalTimeout{Job: 1, GE: ge, DE: de},
		}})
		y.record(sec, trace.Record{Kind: trace.KindDelivered, Node: left1, Peer: boss, Msg: &core.Message{
			Kind: core.KindJobGlobalTimeoutAck, From: boss, To: left1, Seq: seq, Body: a,
		}})
	}
	exchange(2, 1, 1, 2, 1, 3, call.CodeStaleFence) // the datacenter's epoch is 3
	exchange(3, 2, 1, 3, 2, 3, call.CodeStaleFence) // the gate's is 2
	exchange(4, 3, 2, 3, 2, 3, call.CodeStaleFence) // nothing is stale
	exchange(5, 4, 2, 3, 2, 3, call.CodeOK)
	y.end(100)
	y.want(words.TimeoutRejectedValid, []float64{1}, "dc", "a", "observer", "a/manager/0")
}
