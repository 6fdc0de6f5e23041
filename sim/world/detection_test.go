package world

import (
	"fmt"
	"math"
	"testing"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/trace"
)

// detector notes when a crashed node is first held SUSPECT and DEAD, and when everybody has it DEAD.
type detector struct {
	crashed              core.Instant
	victim               core.NodeID
	suspect, dead, every core.Instant
	deaths               int
	others               int // transitions of anybody else away from OK
}

func (d *detector) Record(r *trace.Record) {
	switch {
	case r.Kind == trace.KindCrash:
		d.crashed, d.victim = r.At, r.Node
	case r.Kind == trace.KindFact && r.Fact.Kind == core.FactTransition && r.Fact.From != r.Fact.To:
		if d.crashed == 0 || r.Fact.Subject != d.victim {
			d.others++
			return
		}
		switch r.Fact.To {
		case core.StateSuspect:
			if d.suspect == 0 {
				d.suspect = r.At
			}
		case core.StateDead:
			if d.dead == 0 {
				d.dead = r.At
			}
			d.deaths++
			d.every = r.At
		default:
		}
	}
}

// Spec 10 §15.1, certainty B: mean crash → first SUSPECT = m/(m+1) periods + T_d + T_i with m = n − 1, and
// first DEAD = that + Min as long as K accusers come before Min.
func TestDetectionFollowsTheory(t *testing.T) {
	runs := 40
	if testing.Short() {
		runs = 10
	}
	for _, n := range []int{5, 10, 30, 100} {
		var suspect, dead []float64
		for seed := range uint64(runs) {
			d := crashOne(t, n, seed+1)
			if d.deaths != n-1 {
				t.Fatalf("n=%d seed=%d: %d of %d hold the victim DEAD", n, seed+1, d.deaths, n-1)
			}
			if d.others != 0 {
				t.Errorf("n=%d seed=%d: %d changes of state of healthy members", n, seed+1, d.others)
			}
			suspect = append(suspect, d.suspect.Sub(d.crashed).Seconds())
			dead = append(dead, d.dead.Sub(d.crashed).Seconds())
		}
		m := float64(n - 1)
		least := math.Max(5, 4*math.Log10(float64(n)))
		for _, c := range []struct {
			what string
			have []float64
			want float64
		}{{"SUSPECT", suspect, m/(m+1) + 1}, {"DEAD", dead, m/(m+1) + 1 + least}} {
			mean, half := meanAndInterval(c.have)
			t.Logf("n=%d first %s: mean %.3f ± %.3f s, theory %.3f s", n, c.what, mean, half, c.want)
			if math.Abs(mean-c.want) > half+0.08*c.want {
				t.Errorf("n=%d: first %s after %.3f ± %.3f s, theory says %.3f s", n, c.what, mean, half, c.want)
			}
		}
	}
}

func crashOne(tb testing.TB, n int, seed uint64) *detector {
	sc, err := scenarios.Parse(lan+`
[[fault]]
id = "crash"
kind = "crash"
at = "60s"
force = true
target = { any = true, count = 1 }
`, "lan.toml", []string{fmt.Sprintf("cluster.size=%d", n), "scenario.duration=120s"}, scenarios.Options{Seed: &seed})
	if err != nil {
		tb.Fatal(err)
	}
	d := new(detector)
	w := build(tb, sc, d)
	w.Run(w.End())
	return d
}

// meanAndInterval returns the mean and the half width of its 99 % interval.
func meanAndInterval(v []float64) (mean, half float64) {
	for _, x := range v {
		mean += x / float64(len(v))
	}
	ss := 0.0
	for _, x := range v {
		ss += (x - mean) * (x - mean)
	}
	return mean, 2.58 * math.Sqrt(ss/float64(len(v)-1)/float64(len(v)))
}

// Three managers are unwell at once. None of them serves a PING_REQ then, so that each ping of nineteen workers that is lost becomes an
// accusation; they are well again all the same, and one of them leads.
func TestAllUnwellRecover(t *testing.T) {
	seed := uint64(1)
	sc, err := scenarios.Parse(`
schema = 1
[scenario]
name = "unwell"
title = "All managers are unwell"
duration = "250s"
[topology]
use = "lan1"
[network]
loss = { p = 0.05 }
[cluster]
managers = 3
workers = 19
[[fault]]
id = "unwell"
kind = "loss"
at = "10s"
for = "40s"
p = 0.5
target = { role = "manager" }
`, "unwell.toml", nil, scenarios.Options{Seed: &seed})
	if err != nil {
		t.Fatal(err)
	}
	w := build(t, sc)
	w.Run(w.End())
	for i := range sc.Nodes {
		n := &sc.Nodes[i]
		if lhm := w.nodes[n.ID].m.Swim.LHM(); n.Role == core.RoleManager && lhm > 4 {
			t.Errorf("%s has a local health of %d, three minutes later", n.Name, lhm)
		}
	}
}
