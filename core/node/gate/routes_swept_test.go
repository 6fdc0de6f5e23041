package gate

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/routing"
)

// What a gate keeps of where a job would go is let go of an hour after it was last asked, if it knows no such job (spec 30 §4.10).
func TestRoutesAreSwept(t *testing.T) {
	b := newBench(t, 1)
	g := b.gates[0]
	g.router = routing.New(routing.Params{Config: g.p.Routing, Seed: 1, Start: b.now, Sites: g.list, Distances: nothingFar{}})
	fx := new(core.Effects)
	g.Probe(b.now, 77, fx)
	g.sweep(b.now.Add(g.p.Routing.Routing.MaxAge), fx)
	if g.router.Jobs() != 1 {
		t.Fatalf("%d jobs are kept", g.router.Jobs())
	}
	if g.sweep(b.now.Add(g.p.Routing.Routing.MaxAge+time.Second), fx); g.router.Jobs() != 0 {
		t.Errorf("%d jobs are kept", g.router.Jobs())
	}
}
