package world

import (
	"fmt"
	"strings"
	"testing"

	"hypersim/scenarios"
)

// As many cuts and worsened links as the network tells apart run; one more is refused at load.
func TestLinkFaultsAtOnce(t *testing.T) {
	many := func(n int, kind, rest string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(aFault(fmt.Sprintf("f%d", i), kind, fmt.Sprintf("at = \"%ds\"\nfor = \"100s\"\n", 1+i%20)+rest))
		}
		return b.String()
	}
	const sides = "a = { id = \"a/worker/1\" }\nb = { not = { id = \"a/worker/1\" } }\n"
	for _, c := range []struct {
		name, faults string
		refused      bool
	}{
		{"losses", many(scenarios.LinkFaultsMax, "loss", "p = 0.01\ntarget = { any = true }\n"), false},
		{"one loss more", many(scenarios.LinkFaultsMax+1, "loss", "p = 0.01\ntarget = { any = true }\n"), true},
		{"cuts", many(scenarios.LinkFaultsMax, "partition", sides), false},
		{"one cut more", many(scenarios.LinkFaultsMax+1, "partition", sides), true},
		{"cuts and losses, as many of each", many(scenarios.LinkFaultsMax, "partition", sides) +
			strings.ReplaceAll(many(scenarios.LinkFaultsMax, "loss", "p = 0.01\ntarget = { any = true }\n"), `id = "f`, `id = "l`), false},
		{"one that overlaps itself", aFault("f", "delay", "at = \"1s\"\nfor = \"50s\"\nadd = \"1ms\"\nrepeat = { every = \"500ms\", count = 90 }\ntarget = { any = true }\n"), true},
		{"one that does not", aFault("f", "delay", "at = \"1s\"\nfor = \"400ms\"\nadd = \"1ms\"\nrepeat = { every = \"500ms\", count = 90 }\ntarget = { any = true }\n"), false},
		{"slow hosts", many(scenarios.LinkFaultsMax, "slow", "factor = 1.1\ntarget = { any = true }\n"), false},
		{"slow hosts and poison, one more together", many(scenarios.LinkFaultsMax, "slow", "factor = 1.1\ntarget = { any = true }\n") +
			aFault("poison", "poison", "at = \"50s\"\nfor = \"10s\"\nvalues = \"nan\"\ntarget = { any = true }\n"), true},
	} {
		sc, err := scenarios.Parse(lan+c.faults, "", []string{"cluster.size=5", "scenario.duration=120s"}, scenarios.Options{})
		if c.refused != (err != nil && strings.Contains(err.Error(), "may hold at once from here on; there may be 64")) {
			t.Errorf("%s: %v", c.name, err)
		}
		if err != nil {
			continue
		}
		w := build(t, sc)
		w.Run(w.End())
		if w.Err() != nil {
			t.Errorf("%s: %v", c.name, w.Err())
		}
	}
}

// Of a fault that happens a thousand times the world remembers those that hold, not those that are over.
func TestWhatIsOverIsForgotten(t *testing.T) {
	sc, err := scenarios.Parse(lan+aFault("f", "pause", "at = \"1s\"\nfor = \"100us\"\nrepeat = { every = \"10ms\", count = 1000 }\ntarget = { id = \"a/worker/1\" }\n")+
		aFault("g", "raise", "at = \"1s\"\nrepeat = { every = \"1s\", count = 5 }\ntarget = { id = \"a/worker/1\" }\n"), "", []string{"cluster.size=5", "scenario.duration=80s"}, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := build(t, sc)
	for w.Now() < w.End() {
		w.Run(w.Now().Add(1e8))
		if len(w.active) > 1 {
			t.Fatalf("%d occurrences are remembered at %v", len(w.active), w.Now())
		}
	}
	if len(w.active) != 0 {
		t.Errorf("%d occurrences are remembered at the end", len(w.active))
	}
}
