package jobtimeout

import (
	"math/rand/v2"
	"testing"
	"time"

	"hypersim/core"
)

// lateness plays a job that takes too long, or gets stuck, with phases and times drawn, and returns how late it was declared.
func lateness(draw *rand.Rand, mode Mode, gate bool) core.Duration {
	p := &play{cfg: Default(), quiet: true, until: 700 * sec}
	p.cfg.Job.Mode = mode
	p.timeout = core.Duration(draw.Int64N(int64(100*time.Second))) + 60*time.Second
	var names []string
	if gate {
		names = []string{"a"}
	}
	p.begin(names, core.Duration(draw.Int64N(int64(p.cfg.Job.Check))), core.Duration(draw.Int64N(int64(p.cfg.Job.GateCheck))))
	late := core.Duration(-1)
	p.facts = func(_ string, f *core.JobFact) {
		if f.Kind == core.JobFactTimeout && Event(f.To) == EventDeclared {
			late = core.Duration(f.B)
		}
	}
	p.run()
	return late
}

// In mode poll a job ends late by anything up to the interval of the looks, evenly (I-JT2); in mode exact by a nanosecond.
func TestLateness(t *testing.T) {
	const runs, parts = 600, 6
	for _, gate := range []bool{false, true} {
		every := Default().Job.Check
		if gate {
			every = Default().Job.GateCheck
		}
		draw := rand.New(rand.NewPCG(1, 2))
		var n [parts]int
		for range runs {
			late := lateness(draw, ModePoll, gate)
			if late <= 0 || late > every {
				t.Fatalf("gate %v: %v late", gate, late)
			}
			n[(late-1)*parts/every]++
		}
		chi := 0.0
		for _, k := range n {
			d := float64(k) - float64(runs)/parts
			chi += float64(d*d) / (float64(runs) / parts)
		}
		if chi > 20.5 { // 5 degrees of freedom, 0.1 %
			t.Errorf("gate %v: not evenly late: %v, χ² = %.1f", gate, n, chi)
		}
		for range 50 {
			if late := lateness(draw, ModeExact, gate); late != 1 {
				t.Errorf("gate %v: %v late in mode exact", gate, late)
			}
		}
	}
}
