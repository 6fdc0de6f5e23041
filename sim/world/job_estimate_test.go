package world

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/jobtimeout"
	"hypersim/sim/trace"
)

// askTape keeps the requests for more time.
type askTape struct{ list []trace.Record }

func (a *askTape) Record(r *trace.Record) {
	if r.Kind == trace.KindSent && r.Msg.Kind == core.KindHealthcheckExtensionRequest {
		x := *r
		x.Msg.Body = &jobtimeout.ExtensionRequest{Ask: r.Msg.Body.(*jobtimeout.ExtensionRequest).Ask}
		a.list = append(a.list, x)
	}
}

// Work that knows that it takes longer than its job has asks 10 s before its end (01-48), with what is left of it at the pace
// of its host; work that does not know, or will be done, does not. Stuck work counts on time that it does not use.
func TestWorkThatAsks(t *testing.T) {
	for _, x := range []struct {
		what, job string
		asks      bool
		left      core.Duration // at the first request
		items     uint64
	}{
		{"too long", `extend = {}, duration = "80s"`, true, 30 * time.Second, 1600},
		{"slow", `extend = {}, duration = "40s", slow = { factor = 2 }`, true, 30 * time.Second, 800},
		{"in time", `extend = {}, duration = "55s"`, false, 0, 0},
		{"silent", `duration = "80s"`, false, 0, 0},
		{"none of them", `extend = { share = 0 }, duration = "80s"`, false, 0, 0},
		{"stuck", `extend = {}, duration = "100s", stuck = { after = "30s" }`, true, 70 * time.Second, 2000},
	} {
		sc := aSite(t, `
[[workload]]
id = "w"
kind = "jobs"
from = "10s"
to = "20s"
arrival = { process = "once", count = 1 }
job = { cores = 2, timeout = "60s", `+x.job+` }
`, "scenario.duration=75s")
		tape := new(askTape)
		w, err := Build(sc, Options{Sinks: []trace.Sink{tape}})
		if err != nil {
			t.Fatal(err)
		}
		w.Run(w.End())
		if len(tape.list) > 0 != x.asks {
			t.Errorf("%s: %d requests", x.what, len(tape.list))
			continue
		} else if !x.asks {
			continue
		}
		r := &tape.list[0]
		a := r.Msg.Body.(*jobtimeout.ExtensionRequest)
		early := core.Instant(60 * time.Second).Sub(r.At)
		if max(early, -early) > 10*time.Millisecond || a.Remaining < x.left || a.Remaining > x.left+200*time.Millisecond {
			t.Errorf("%s: asked %v before 60 s, %v left, want %v", x.what, early, a.Remaining, x.left)
		}
		if a.Done == 0 || a.Done >= a.Total || a.Total != x.items {
			t.Errorf("%s: %d of %d items", x.what, a.Done, a.Total)
		}
	}
}
