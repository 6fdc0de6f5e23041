package network

import (
	"testing"

	"hypersim/core"
	"hypersim/sim/trace"
)

// What would arrive while it is held arrives when the hold ends; later, as ever; what is not meant passes.
func TestHold(t *testing.T) {
	const s = core.Instant(1e9)
	n := must(New(uniformSites(4, 2, 250e3, 50e6), 1))
	without := must(New(uniformSites(4, 2, 250e3, 50e6), 1))
	id := must(n.AddOverlay(Overlay{ID: 1, From: nodeSet(4, 0), To: nodeSet(4, 1), Hold: true, Until: 10 * s, Kinds: []core.Kind{core.KindPing}, Classes: []core.Class{core.ClassData}}))
	n.SetOverlay(id, true, 0)
	for _, c := range []struct {
		name     string
		at       core.Instant
		from, to core.NodeID
		kind     core.Kind
		held     bool
	}{
		{"at once", 0, 0, 1, core.KindPing, true},
		{"just before the end", 10*s - 50e6 - 1, 0, 1, core.KindPing, true},
		{"under way at the end", 10*s - 49e6, 0, 1, core.KindPing, false},
		{"another type", 0, 0, 1, core.KindAck, false},
		{"the other way", 0, 1, 0, core.KindPing, false},
		{"another link", 0, 0, 2, core.KindPing, false},
	} {
		var have, plain Fate
		n.Send(c.at, c.from, c.to, 10, c.kind, 7, &have)
		without.Send(c.at, c.from, c.to, 10, c.kind, 7, &plain)
		want := plain
		if c.held {
			want.At = 10 * s
		}
		if have != want || have.Reason != trace.ReasonNone {
			t.Errorf("%s: %+v, want %+v", c.name, have, want)
		}
	}
	n.RemoveOverlay(id)
	if f := send(n, s, 0, 1, 10); f.At >= 2*s {
		t.Errorf("after it was removed: %+v", f)
	}
	if _, err := n.AddOverlay(Overlay{Hold: true}); err == nil {
		t.Error("a hold without an end was taken")
	}
}

// A copy is held with what it is a copy of; of two holds the later end counts; loss loses all the same.
func TestHoldsTogether(t *testing.T) {
	const s = core.Instant(1e9)
	n := must(New(uniformSites(2, 2, 250e3, 50e6), 1))
	for i, o := range []Overlay{{Hold: true, Until: 4 * s}, {Hold: true, Until: 9 * s}, {Duplicate: 1}} {
		o.ID = uint64(i)
		n.SetOverlay(must(n.AddOverlay(o)), true, 0)
	}
	if f := send(n, s, 0, 1, 10); f.At != 9*s || f.At2 != 9*s {
		t.Errorf("%+v, want both at 9 s", f)
	}
	n.SetOverlay(must(n.AddOverlay(Overlay{ID: 9, Loss: 1})), true, 0)
	if f := send(n, s, 0, 1, 10); f.Reason != trace.ReasonLoss || f.At != 0 {
		t.Errorf("%+v, want it lost", f)
	}
}

// A stream waits for the end to open and for each message, and gives up at the deadline of a request.
func TestHoldsStreams(t *testing.T) {
	const s = core.Instant(1e9)
	run := func(deadline core.Instant) (core.Instant, StreamOutcome) {
		n := must(New(uniformSites(2, 2, 250e3, 50e6), 1))
		n.SetOverlay(must(n.AddOverlay(Overlay{ID: 1, Both: true, Hold: true, Until: 10 * s})), true, 0)
		var try StreamTry
		var f StreamFate
		now := s
		for range 100 {
			n.StreamSend(now, 0, 1, 100, core.KindSyncDigest, deadline, &try, &f)
			if f.Outcome != StreamRetries {
				return f.At, f.Outcome
			}
			now = f.At
		}
		t.Fatalf("no end: %+v at %v", f, now)
		return 0, 0
	}
	if at, what := run(core.Never); what != StreamArrives || at < 10*s || at > 11*s {
		t.Errorf("outcome %d at %v, want an arrival soon after 10 s", what, at)
	}
	if at, what := run(5 * s); what != StreamFails || at != 5*s {
		t.Errorf("outcome %d at %v, want it failed at 5 s", what, at)
	}
}
