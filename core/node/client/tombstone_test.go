package client

import (
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// A cancel that is remembered refuses a late submission and names no state (04-15, 04-46): the job was refused, and ends once.
func TestATombstoneWithoutAStateIsARefusal(t *testing.T) {
	b := with(t, 3)
	id := b.submit()
	m := b.of(core.KindJobSubmission)[0]
	a := &job.Ack{Job: id}
	a.Code = call.CodeAlreadyTerminal
	b.answer(&m, core.KindJobAck, a)
	if to := b.facts(core.JobFactOutcome); len(to) != 1 || job.State(to[0]) != job.LocalRejected {
		t.Errorf("outcomes %v", to)
	}
	b.say(m.To, core.KindJobFinalResult, &job.FinalResult{Job: id, SiteFinal: job.SiteFinal{State: job.StateCancelled}})
	if to := b.facts(core.JobFactOutcome); len(to) != 1 {
		t.Errorf("outcomes %v", to)
	}
}
