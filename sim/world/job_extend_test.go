package world

import (
	"testing"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/sim/trace"
)

// Work that takes longer than its job has, end to end (AD-26): its worker asks in time and is granted 15, 7.5, … s, and the
// job completes where that is enough. Work that does not ask ends as TIMEOUT.
func TestExtendedJob(t *testing.T) {
	for _, x := range []struct {
		job     string
		want    job.State
		granted []float64 // s, in order
	}{
		{`duration = "80s", extend = {}`, job.StateCompleted, []float64{15, 7.5}},
		{`duration = "74s", extend = {}`, job.StateCompleted, []float64{15}},
		{`duration = "100s"`, job.StateTimeout, nil},
	} {
		_, tape := runSite(t, aSite(t, `
[protocol.job_timeout]
mode = "exact"
[[workload]]
id = "w"
kind = "jobs"
from = "10s"
to = "20s"
arrival = { process = "once", count = 1 }
job = { cores = 2, timeout = "60s", `+x.job+` }
`))
		var granted []float64
		for _, r := range tape.list {
			if r.Kind == trace.JobFact && r.Fact.Kind == core.JobFactAsked {
				granted = append(granted, core.Duration(r.Fact.Get("granted")).Seconds())
			}
		}
		same := len(granted) == len(x.granted)
		for i := range min(len(granted), len(x.granted)) {
			same = same && granted[i] == x.granted[i]
		}
		if o := tape.outcomes(); o[x.want] != 1 || !same {
			t.Errorf("%s: %v, granted %v, want %v and %v", x.job, o, granted, x.want, x.granted)
		}
	}
}
