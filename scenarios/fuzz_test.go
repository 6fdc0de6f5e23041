package scenarios

import (
	"errors"
	"math"
	"testing"

	"github.com/BurntSushi/toml"
)

// The index names the same keys as the decoder, in its order, for every text that is TOML; and every place
// lies in the text.
func FuzzPositionIndex(f *testing.F) {
	for _, s := range []string{
		base, "a = 1", "[a.b]\nc.d = { x = [1, { y = 2 }], 'q.r' = 3 }", "[[a]]\n[[a.b]]\nc = 1\n[[a]]\n[a.d]\ne = 2",
		"s = \"\"\"\n[no] = # x\\\"\"\"\"\"\nt = '''\n'a' ''''\n\"k\\u0041\" = 1", "a = [ # c\n[1, 2], # ]\n [\"]\"] ]\r\nb = 1979-05-27 07:32:00Z",
		"\"\" = 1\n'' . b = 2", "a = \"\\\\\"\nb = '\\'", "a.b = 1\na.c = 2\n[x]\n[x.y.z]\n[x.y]", "ключ = 1", "a={}\nb=[]\nc=[{}]\nd=[[]]",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ix, deep := scan(text)
		for _, e := range ix.entries {
			for _, p := range []place{e.key, e.value} {
				if p.line < 1 || p.col < 1 || p.col > len(text)+1 {
					t.Fatalf("%q: %+v has no place in the text", text, e)
				}
			}
		}
		if deep || len(text) > 1<<12 {
			return
		}
		var tree map[string]any
		md, err := toml.Decode(text, &tree)
		if err != nil {
			return
		}
		if err := ix.check(md.Keys()); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

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
			var p Problems
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
		if f := &s.Faults[i]; f.At < 0 || f.At >= s.Duration || faultRules[f.Kind].need == nil && !faultRules[f.Kind].lasts {
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
