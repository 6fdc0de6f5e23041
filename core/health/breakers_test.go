package health

import (
	"testing"

	"hypersim/core"
)

// The vectors of spec 30 §15.13, towards one peer of two, with what is told of them.
func TestBreakersTell(t *testing.T) {
	const sec = core.Instant(1e9)
	k := Default().Breaker
	var b Breakers
	b.Init(&k)
	for _, at := range []core.Instant{0, 10, 20} {
		b.Fared(at*sec, 7, false)
	}
	if b.Phase(20*sec, 7) != Open || b.Phase(20*sec, 8) != Closed || b.Allow(29*sec, 7) || b.Wait(25*sec, 7) != 5e9 {
		t.Fatalf("%v, %v", b.Phase(20*sec, 7), b.Wait(25*sec, 7))
	}
	if !b.Allow(30*sec, 7) || b.Allow(30*sec, 7) || !b.Trying(7) {
		t.Error("half open lets one through")
	}
	if b.Fared(30*sec+sec/2, 7, false); b.Allow(40*sec, 7) || !b.Allow(40*sec+sec/2, 7) {
		t.Error("a trial that fails opens it for another ten seconds")
	}
	b.Fared(41*sec, 7, true)
	var fx core.Effects
	b.Tell(&fx)
	want := [][2]Phase{{Closed, Open}, {Open, HalfOpen}, {HalfOpen, Open}, {Open, HalfOpen}, {HalfOpen, Closed}}
	if len(fx.JobFacts) != len(want) {
		t.Fatalf("%d facts", len(fx.JobFacts))
	}
	for i, w := range want {
		if f := &fx.JobFacts[i]; f.Node != 7 || Phase(f.From) != w[0] || Phase(f.To) != w[1] {
			t.Errorf("%d: %+v", i, f)
		}
	}
	if b.Tell(&fx); len(fx.JobFacts) != len(want) {
		t.Error("told twice")
	}
}

// Once its time is over a breaker stays half open, whatever the clock says then, and lets one through.
func TestBreakersRipen(t *testing.T) {
	const sec = core.Instant(1e9)
	k := Default().Breaker
	var b Breakers
	b.Init(&k)
	for range k.Errors {
		b.Fared(0, 7, false)
	}
	if b.Ripen(10*sec-1, 7); b.Phase(10*sec-1, 7) != Open {
		t.Error("too soon")
	}
	b.Ripen(10*sec, 7)
	b.Ripen(10*sec, 8)
	if b.Phase(5*sec, 7) != HalfOpen || b.Trying(7) || !b.Allow(5*sec, 7) || b.Allow(5*sec, 7) {
		t.Errorf("%v", b.Phase(5*sec, 7))
	}
	var fx core.Effects
	if b.Tell(&fx); len(fx.JobFacts) != 2 || Phase(fx.JobFacts[1].To) != HalfOpen {
		t.Errorf("%d facts", len(fx.JobFacts))
	}
}

// Another process of the peer begins anew, and whoever asked for no breakers has none.
func TestBreakersReset(t *testing.T) {
	k := Default().Breaker
	var b, none Breakers
	b.Init(&k)
	for range 3 {
		b.Fared(1, 7, false)
		none.Fared(1, 7, false)
	}
	b.Reset(7)
	if b.Phase(1, 7) != Closed || !b.Allow(1, 7) || !none.Allow(1, 7) {
		t.Error("open")
	}
}
