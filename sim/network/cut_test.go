package network

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/sim/trace"
)

func TestOneWayCut(t *testing.T) {
	n := must(New(uniformSites(4, 2, 250e3, 50e6), 1))
	id := must(n.AddCut(Cut{A: nodeSet(4, 0), B: nodeSet(4, 1), OneWay: true}))
	if !n.Reachable(0, 1) {
		t.Error("a cut holds before it is set")
	}
	n.SetCut(id, true)
	for _, c := range []struct {
		from, to core.NodeID
		want     bool
	}{{0, 1, false}, {1, 0, true}, {0, 2, true}, {2, 1, true}} {
		f := send(n, 0, c.from, c.to, 10)
		if n.Reachable(c.from, c.to) != c.want || (f.Reason == trace.ReasonNone) != c.want {
			t.Errorf("%d→%d: reachable %v, fate %v, want %v", c.from, c.to, n.Reachable(c.from, c.to), f.Reason, c.want)
		}
		if !c.want && (f.Reason != trace.ReasonPartition || f.At != 0) {
			t.Errorf("%d→%d: %+v, want a partition and no arrival", c.from, c.to, f)
		}
	}
}

// TestPartialCut: A and B do not see each other, C sees both (scenario D3).
func TestPartialCut(t *testing.T) {
	n := must(New(uniformSites(3, 3, 250e3, 50e6), 1))
	n.SetCut(must(n.AddCut(Cut{A: nodeSet(3, 0), B: nodeSet(3, 1)})), true)
	for a := range core.NodeID(3) {
		for b := range core.NodeID(3) {
			if want := a+b != 1; n.Reachable(a, b) != want {
				t.Errorf("%d→%d reachable: %v, want %v", a, b, !want, want)
			}
		}
	}
}

func TestCutOfKinds(t *testing.T) {
	n := must(New(uniformSites(2, 2, 250e3, 50e6), 1))
	n.SetCut(must(n.AddCut(Cut{Kinds: []core.Kind{core.KindGossip}})), true)
	var f Fate
	n.Send(0, 0, 1, 10, core.KindGossip, 0, &f)
	if f.Reason != trace.ReasonPartition {
		t.Errorf("gossip: %v, want cut", f.Reason)
	}
	n.Send(0, 0, 1, 10, core.KindPing, 0, &f)
	if f.Reason != trace.ReasonNone || !n.Reachable(0, 1) {
		t.Errorf("ping: %v, want through", f.Reason)
	}
	n.SetCut(must(n.AddCut(Cut{Classes: []core.Class{core.ClassControl}})), true)
	if n.Reachable(0, 1) {
		t.Error("a cut of CONTROL leaves the control path open")
	}
}

func TestFlapByToggles(t *testing.T) {
	n := must(New(uniformSites(2, 2, 250e3, 50e6), 1))
	id := must(n.AddCut(Cut{A: nodeSet(2, 0), B: nodeSet(2, 1)}))
	const s = core.Instant(1e9)
	down, up := 5*s, 15*s
	through := 0
	for now := core.Instant(0); now < 200*s; now += s {
		n.SetCut(id, now%(down+up) < down)
		if f := send(n, now, 0, 1, 10); f.Reason == trace.ReasonNone {
			through++
		}
	}
	if through != 150 {
		t.Errorf("%d of 200 came through 5 s down, 15 s up; want 150", through)
	}
}

func TestCutLimit(t *testing.T) {
	n := must(New(uniformSites(2, 2, 250e3, 50e6), 1))
	for range 64 {
		must(n.AddCut(Cut{}))
	}
	if _, err := n.AddCut(Cut{}); err == nil {
		t.Error("a 65th cut was taken")
	}
	n.RemoveCut(17)
	if id := must(n.AddCut(Cut{OneWay: true, A: nodeSet(2, 1)})); id != 17 {
		t.Errorf("id %d, want the freed 17", id)
	}
	n.SetCut(17, true)
	if !n.Reachable(0, 1) || n.Reachable(1, 0) {
		t.Error("the new cut 17 has something of the old one")
	}
	if _, err := n.AddCut(Cut{A: make([]bool, 3)}); err == nil {
		t.Error("sides of another number of nodes were taken")
	}
}

// TestCutsAgainstNaive compares overlapping cuts with looking at each of them in turn.
func TestCutsAgainstNaive(t *testing.T) {
	const nodes = 6
	type naive struct {
		Cut
		on bool
	}
	rapid.Check(t, func(t *rapid.T) {
		n := must(New(uniformSites(nodes, 2, 250e3, 50e6), 1))
		all := map[int]*naive{}
		side := rapid.SliceOfN(rapid.Bool(), nodes, nodes)
		ids := func() []int {
			var out []int
			for id := range all {
				out = append(out, id)
			}
			slices.Sort(out)
			return out
		}
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				c := Cut{A: side.Draw(t, "a"), B: side.Draw(t, "b"), OneWay: rapid.Bool().Draw(t, "one-way")}
				if rapid.Bool().Draw(t, "some kinds") {
					c.Kinds = []core.Kind{core.KindAck}
				}
				all[must(n.AddCut(c))] = &naive{Cut: c}
			},
			"set": func(t *rapid.T) {
				if len(all) == 0 {
					t.Skip()
				}
				id := rapid.SampledFrom(ids()).Draw(t, "id")
				all[id].on = rapid.Bool().Draw(t, "on")
				n.SetCut(id, all[id].on)
			},
			"remove": func(t *rapid.T) {
				if len(all) == 0 {
					t.Skip()
				}
				id := rapid.SampledFrom(ids()).Draw(t, "id")
				n.RemoveCut(id)
				delete(all, id)
			},
			"": func(t *rapid.T) {
				for from := range core.NodeID(nodes) {
					for to := range core.NodeID(nodes) {
						for _, k := range []core.Kind{core.KindPing, core.KindAck} {
							want := false
							for _, c := range all {
								hit := c.A[from] && c.B[to] || !c.OneWay && c.B[from] && c.A[to]
								want = want || c.on && hit && (c.Kinds == nil || k == core.KindAck)
							}
							var f Fate
							n.Send(0, from, to, 1, k, 0, &f)
							if have := f.Reason == trace.ReasonPartition; have != want {
								t.Fatalf("%d→%d %v: cut %v, want %v", from, to, k, have, want)
							}
						}
					}
				}
			},
		})
	})
}
