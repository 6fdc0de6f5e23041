package manager

import (
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// J7: a gate that answers a report with how the job ended has ended it, as if it had commanded that. The gate that decided may
// have died with what it owed, and of its replicas nobody says anything unasked.
func TestReportsAreHeard(t *testing.T) {
	for _, c := range []struct {
		name string
		kind core.Kind
		as   job.State
		want job.State
	}{
		{"progress, TIMEOUT", core.KindJobProgressReport, job.StateTimeout, job.StateTimeout},
		{"progress, CANCELLED", core.KindJobProgressReport, job.StateCancelled, job.StateCancelled},
		{"progress, FAILED", core.KindJobProgressReport, job.StateFailed, job.StateCancelled},
		{"timeout, TIMEOUT", core.KindJobTimeoutReport, job.StateTimeout, job.StateTimeout},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.submit(gate1, 1)
			b.run(b.now + 100*ms)
			b.state = c.as
			b.say = func(_ core.NodeID, k core.Kind, _ core.Body) call.Answer {
				if k == c.kind || k == core.KindJobProgress { // the answer to plain progress does not say how
					return call.Answer{Code: call.CodeAlreadyTerminal}
				}
				return call.Answer{}
			}
			from := b.now
			b.run(b.now + 12*sec)
			if c.kind == core.KindJobTimeoutReport {
				b.run(b.now + 400*sec)
			}
			if n := len(b.told(c.kind, from)); n == 0 {
				t.Fatal("nothing was reported")
			}
			if x := b.job(); x != nil && x.state != c.want || len(b.stops) == 0 {
				t.Errorf("it is %v, %d shards were stopped", x.state, len(b.stops))
			}
		})
	}
}
