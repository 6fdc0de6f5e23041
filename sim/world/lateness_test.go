package world

import (
	"math"
	"slices"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/jobtimeout"
	"hypersim/sim/trace"
)

// lateness returns how late each job of a world was ended for its time, in seconds, ascending.
func lateness(t *testing.T, sets ...string) (late []float64) {
	t.Helper()
	tape := &jobTape{}
	sc := aSite(t, `
[[workload]]
id = "too-long"
kind = "jobs"
to = "520s"
arrival = { process = "poisson", rate = "1/s" }
job = { workflows = 1, cores = 1, duration = "100s", timeout = "20s" }
`, append([]string{"scenario.duration=600s", "cluster.workers=8", "cluster.cores_per_worker=8"}, sets...)...)
	w, err := Build(sc, Options{Sinks: []trace.Sink{tape}})
	if err != nil {
		t.Fatal(err)
	}
	w.Run(w.End())
	decides := core.RoleManager
	if sc.Cluster.Sites[0].Gates > 0 {
		decides = core.RoleGate
	}
	for i := range tape.list {
		r := &tape.list[i]
		if r.Kind != trace.JobFact || r.Fact.Kind != core.JobFactTimeout || jobtimeout.Event(r.Fact.To) != jobtimeout.EventDeclared || sc.Nodes[r.Node].Role != decides {
			continue
		}
		late = append(late, core.Duration(r.Fact.Get("lateness")).Seconds())
	}
	slices.Sort(late)
	return late
}

// Spec 20 §6.4, §6.5: who looks at the time of jobs every so often is late by anything between nothing and that, all of it equally
// likely, as the phase of its looks has nothing to do with the jobs. Who has a timer for each is late by nothing.
func TestLatenessIsUniformOverTheCheckPeriod(t *testing.T) {
	for _, c := range []struct {
		name   string
		period core.Duration
		sets   []string
	}{
		{"a manager by itself", 30 * time.Second, nil},
		{"three managers", 30 * time.Second, []string{"cluster.managers=3"}},
		{"a gate", 15 * time.Second, []string{"cluster.gates=1"}},
		{"three gates", 15 * time.Second, []string{"cluster.gates=3"}},
	} {
		late := lateness(t, append(c.sets, "protocol.job_timeout.mode=poll")...)
		n := float64(len(late))
		worst := 0.0
		for i, x := range late {
			f := x / c.period.Seconds()
			worst = max(worst, math.Abs(float64(i)/n-f), math.Abs(float64(i+1)/n-f))
		}
		if limit := 1.95 / math.Sqrt(n); len(late) < 400 || worst > limit { // Kolmogorov–Smirnov at 0.1 %
			t.Errorf("%s: of %d decisions the distance from U(0, %v) is %.4f, allowed %.4f", c.name, len(late), c.period, worst, limit)
		}
		if exact := lateness(t, append(c.sets, "protocol.job_timeout.mode=exact")...); len(exact) < 400 || exact[0] < 0 || exact[len(exact)-1] > 0.001 {
			t.Errorf("%s, exact: %d decisions, between %v and %v s late", c.name, len(exact), exact[0], exact[len(exact)-1])
		}
	}
}
