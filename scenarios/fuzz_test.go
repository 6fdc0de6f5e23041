package scenarios

import (
	"errors"
	"math"
	"testing"

	"hypersim/scenarios/form"
)

// No text and no set panics, and what is accepted is complete.
func FuzzLoad(f *testing.F) {
	f.Add(base, "cluster.gates=3")
	for _, file := range bundledPaths() {
		text, _ := bundle.ReadFile(file)
		f.Add(string(text), "")
	}
	for _, set := range []string{"fault.cut.at=cut.end", "expect.dead.max==1/0", "cluster.size=1000000", "network.jitter={dist=\"gamma\",shape=1,scale=\"1ms\"}"} {
		f.Add(base, set)
	}
	f.Fuzz(func(t *testing.T, text, set string) {
		var sets []string
		if set != "" {
			sets = []string{set}
		}
		s, err := Parse(text, "x.toml", sets, Options{})
		if err != nil {
			var p form.Problems
			if !errors.As(err, &p) || len(p) == 0 {
				t.Fatalf("an error without problems: %v", err)
			}
			return
		}
		complete(t, s)
	})
}

// complete checks what a validated scenario promises.
func complete(t *testing.T, s *Scenario) {
	t.Helper()
	if s.Duration <= 0 || s.Topology == nil || len(s.Nodes) == 0 || len(s.Protocol.Configs) == 0 || len(s.ConfigHash) != 64 {
		t.Fatalf("%s is not complete", s.Name)
	}
	for i := range s.Nodes {
		n := &s.Nodes[i]
		if int(n.ID) != i || n.Site >= len(s.Topology.Sites) || n.Row >= s.Topology.N() || n.Config >= len(s.Protocol.Configs) {
			t.Fatalf("node %+v", n)
		}
	}
	for _, l := range s.Network.Links {
		for _, d := range []Dist{l.Jitter, l.Reorder.Extra} {
			if _, err := d.Build(); err != nil {
				t.Fatal(err)
			}
		}
		if l.Loss.P < 0 || l.Loss.P > 1 || l.Bandwidth <= 0 || l.MTU <= 0 {
			t.Fatalf("link %+v", l)
		}
	}
	for i := range s.Faults {
		if f := &s.Faults[i]; f.At < 0 || f.At >= s.Duration || f.Kind.Row().Doc == "" {
			t.Fatalf("fault %+v", f)
		}
	}
	for _, e := range s.Expects {
		for _, v := range []*float64{e.Min, e.Max, e.Equals} {
			if v != nil && (math.IsNaN(*v) || math.IsInf(*v, 0)) {
				t.Fatalf("expectation %s has the bound %v", e.ID, *v)
			}
		}
	}
	if p := Describe(s); p.Memory <= 0 || math.IsNaN(p.Events) || p.Events < 0 {
		t.Fatalf("plan %+v", p)
	}
}
