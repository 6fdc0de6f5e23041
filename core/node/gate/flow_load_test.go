package gate

import (
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/core/admission"
	"hypersim/core/call"
	"hypersim/core/front"
	"hypersim/core/node"
	"hypersim/core/overload"
	"hypersim/core/routing"
)

// A gate whose own inbox is long hears answers late: that is no fault of those who gave them, and opens no breaker. Found by a
// storm of submissions that left the answers to heartbeats unserved: every manager was excluded, for all that the gate had to do
// itself.
func TestOwnLoadIsNobodysFault(t *testing.T) {
	for _, busy := range []bool{false, true} {
		b := newBench(t, 1)
		g := b.gates[0]
		o, a := overload.Default(), admission.Default()
		g.p.Flow = front.New(front.Params{Overload: &o, Admission: &a, Bodies: node.Bodies(), Role: core.RoleGate})
		if busy {
			g.p.Flow.Floors(b.now, overload.Floors{Share: 0.75, Memory: 0}, new(core.Effects))
		}
		g.router = routing.New(routing.Params{Config: g.p.Routing, Seed: 1, Start: b.now, Sites: g.list, Distances: nothingFar{}})
		s := call.Sending{Ticket: call.Ticket{Op: opBeat}, To: 100}
		for range 3 {
			g.Fared(b.now, &s, false, call.CodeInternal)
		}
		if g.router.Allow(b.now, 100) != busy {
			t.Errorf("busy itself %v: may ask the manager %v", busy, !busy)
		}
	}
}

// A manager that does not answer in time may be behind a long queue; that it is gone is for probes and for streams that fail to say
// (01-54). Found in routing-dc-lost: three cancels without an answer, within two seconds of its last word, made the only manager of a
// datacenter one that does not live.
func TestSilentCallsKillNobody(t *testing.T) {
	for _, broke := range []bool{false, true} {
		b := newBench(t, 1)
		g := b.gates[0]
		g.router = routing.New(routing.Params{Config: g.p.Routing, Seed: 1, Start: b.now, Sites: g.list, Distances: nothingFar{}})
		g.router.Form(b.now)
		g.router.Ready(b.now, g.list[0].ID, true)
		id := g.list[0].Managers[0]
		for range 3 {
			g.Fared(b.now, &call.Sending{To: id, Broke: broke}, false, call.CodeInternal)
		}
		have := g.router.Managers(b.now, g.list[0].ID, 1, nil)
		if slices.Contains(have, id) {
			t.Errorf("stream failed %v: the breaker of %d is closed", broke, id)
		}
		later := b.now.Add(g.p.Routing.Routing.Tick)
		g.router.Wake(later)
		class, why := g.router.ClassOf(g.list[0].ID)
		if lost := class != routing.Healthy; lost != broke { // one of two: manager_majority_lost
			t.Errorf("stream failed %v: %v for %v", broke, class, why)
		}
	}
}

// nothingFar knows no distances.
type nothingFar struct{}

func (nothingFar) Distance(core.Instant, core.NodeID) routing.Distance { return routing.Distance{} }
func (nothingFar) Local(core.Instant) routing.Local                    { return routing.Local{} }
func (nothingFar) Measured() (sigmas, floor float64)                   { return 2, 1 }
