package network

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/sim/trace"
)

const ms = time.Millisecond

// TestDelayOverlaysCompose: two faults on one link, in every order of start and end, leave at each moment
// what the ones that are on give (spec 40 §8.3).
func TestDelayOverlaysCompose(t *testing.T) {
	want := map[[2]bool]core.Duration{{false, false}: 50 * ms, {true, false}: 60 * ms, {false, true}: 100 * ms, {true, true}: 110 * ms}
	for _, order := range [][]int{{0, 1, 0, 1}, {0, 1, 1, 0}, {1, 0, 0, 1}, {1, 0, 1, 0}} {
		n := must(New(uniformSites(2, 2, 250e3, 50e6), 1))
		ids := []int{
			must(n.AddOverlay(Overlay{From: nodeSet(2, 0), To: nodeSet(2, 1), Add: 10 * ms})),
			must(n.AddOverlay(Overlay{From: nodeSet(2, 0), To: nodeSet(2, 1), Factor: 2})),
		}
		var on [2]bool
		for step, k := range order {
			on[k] = !on[k]
			n.SetOverlay(ids[k], on[k], 0)
			if f := send(n, 0, 0, 1, 10); f.At != core.Instant(want[on]) || f.Min != want[on] {
				t.Errorf("order %v, step %d: %+v, want %v", order, step, f, want[on])
			}
			if f := send(n, 0, 1, 0, 10); f.At != core.Instant(50*ms) {
				t.Errorf("order %v, step %d: the way back takes %v, want 50ms", order, step, f.At)
			}
			if have := n.TrueRTT(0, 1, 0); have != want[on]+50*ms {
				t.Errorf("order %v, step %d: true RTT %v, want %v", order, step, have, want[on]+50*ms)
			}
		}
	}
}

func TestDelayRamp(t *testing.T) {
	n := must(New(uniformSites(2, 2, 250e3, 50e6), 1))
	id := must(n.AddOverlay(Overlay{Add: 40 * ms, Factor: 3, Ramp: 10 * time.Second}))
	n.SetOverlay(id, true, 5e9)
	for _, c := range []struct {
		at   core.Instant
		want core.Duration
	}{{5e9, 50 * ms}, {10e9, 120 * ms}, {15e9, 190 * ms}, {99e9, 190 * ms}} { // 50·(1+2s) + 40s
		if have := n.OneWay(0, 1, c.at); have != c.want {
			t.Errorf("at %v: %v, want %v", c.at, have, c.want)
		}
	}
}

func TestLossOverlaysCompose(t *testing.T) {
	const count = 100_000
	c := oneLink(Link{Loss: Loss{Model: LossBernoulli, P: 0.1}}, Egress{})
	n := must(New(c, 1))
	n.SetOverlay(must(n.AddOverlay(Overlay{ID: 1, Loss: 0.3})), true, 0)
	n.SetOverlay(must(n.AddOverlay(Overlay{ID: 2, From: nodeSet(2, 1), To: nodeSet(2, 0), Both: true, Loss: 0.5})), true, 0)
	lost := 0
	for range count {
		if f := send(n, 0, 0, 1, 10); f.Reason == trace.ReasonLoss {
			lost++
		}
	}
	within(t, "loss under 0.1, 0.3 and 0.5", lost, count, 1-0.9*0.7*0.5, 1)
}

func TestOtherOverlays(t *testing.T) {
	const count = 50_000
	n := must(New(oneLink(Link{}, Egress{}), 1))
	id := must(n.AddOverlay(Overlay{Duplicate: 0.2, Corrupt: 0.1, Reorder: Reorder{P: 0.3, Extra: must(rng.Constant(0.01))}}))
	n.SetOverlay(id, true, 0)
	var copies, corrupt, late int
	for range count {
		f := send(n, 0, 0, 1, 10)
		if f.At2 != 0 {
			copies++
		}
		if f.Corrupt {
			corrupt++
		}
		if f.At == core.Instant(60*ms) {
			late++
		}
	}
	within(t, "duplicated", copies, count, 0.2, 1)
	within(t, "corrupted", corrupt, count, 0.1, 1)
	within(t, "reordered", late, count, 0.3, 1)
	n.RemoveOverlay(id)
	if f := send(n, 0, 0, 1, 10); (f != Fate{At: core.Instant(50 * ms), Min: 50 * ms}) {
		t.Errorf("after removal: %+v", f)
	}
}

func TestBandwidthOverlay(t *testing.T) {
	c := uniformSites(3, 3, 250e3, 50e6)
	gigabit(&c)
	n := must(New(c, 1))
	id := must(n.AddOverlay(Overlay{From: nodeSet(3, 0), To: nodeSet(3, 1), BitsPerSec: 1e6}))
	n.SetOverlay(id, true, 0)
	must(n.AddOverlay(Overlay{BitsPerSec: 1})) // off
	if f := send(n, 0, 0, 1, 125); f.At != core.Instant(51*ms) {
		t.Errorf("125 bytes at 1 Mbit/s arrive at %v, want 51ms", f.At)
	}
	if f := send(n, 0, 0, 2, 125); f.At != core.Instant(51*ms+1000) {
		t.Errorf("125 bytes at 1 Gbit/s behind them arrive at %v, want 51.001ms", f.At)
	}
	n.SetOverlay(id, false, 0)
	if f := send(n, 1e9, 0, 1, 125); f.At != core.Instant(1e9+50*ms+1000) {
		t.Errorf("125 bytes at 1 Gbit/s arrive at %v", f.At)
	}
}

// A burst overlay loses PGB/(PGB+PBG) of the datagrams on its links, as a chain that loses all in its bad
// state does in the long run, in runs of 1/PBG on average; streams on the link meet it, others do not.
func TestBurstOverlay(t *testing.T) {
	const count = 200_000
	n := must(New(uniformSites(2, 2, 250e3, 50e6), 1))
	id := must(n.AddOverlay(Overlay{
		From: nodeSet(2, 0), To: nodeSet(2, 1),
		Burst: Loss{Model: LossGilbertElliott, PGB: 0.01, PBG: 0.04, LossBad: 1},
	}))
	n.SetOverlay(id, true, 0)
	lost, runs, before := 0, 0, false
	for range count {
		now := send(n, 0, 0, 1, 10).Reason == trace.ReasonLoss
		if now {
			lost++
		}
		if now && !before {
			runs++
		}
		before = now
		if f := send(n, 0, 1, 0, 10); f.Reason != trace.ReasonNone {
			t.Fatalf("the way back: %+v", f)
		}
	}
	if share := float64(lost) / count; share < 0.18 || share > 0.22 { // 0.01/0.05; sd of bursts of 25 in 200,000: 0.006
		t.Errorf("%.3f of the datagrams are lost, want 0.2", share)
	}
	if length := float64(lost) / float64(runs); length < 23 || length > 27 {
		t.Errorf("a burst is %.1f long, want 25", length)
	}
	n.SetOverlay(id, false, 0)
	for range 1000 {
		if f := send(n, 0, 0, 1, 10); f.Reason != trace.ReasonNone {
			t.Fatalf("off: %+v", f)
		}
	}
	if _, err := n.AddOverlay(Overlay{Burst: Loss{Model: LossBernoulli, P: 0.5}}); err == nil {
		t.Error("a burst without bursts is accepted")
	}
}
