package explore

import (
	"os"
	"slices"
	"strings"
	"testing"

	"hypersim/scenarios"
)

// Faults go into every bundled scenario, or it is said before any run why not, and what they make of it is a file that runs by itself: of a
// flat group, with a warm-up longer than a twentieth, with variants, a grid or expectations that the faults would make invalid.
func TestFaultsOfBundledScenarios(t *testing.T) {
	some := []string{"bench-healing", "bench-routing", "chaos-mix", "dispatch-crash-points", "rolling-upgrade", "vivaldi-route-shift", "zero-rtt"}
	taken, least := 0, len(some)
	if os.Getenv("HYPERSIM_LONG") != "" {
		some, least = nil, 70
	}
	for _, e := range scenarios.List() {
		if some != nil && !slices.Contains(some, e.Name) {
			continue
		}
		text, file, err := scenarios.Text(e.Name)
		if err != nil {
			t.Fatal(err)
		}
		b, err := NewBase(text, file)
		if err != nil {
			t.Logf("%s: %v", e.Name, err)
			continue
		}
		taken++
		for i := range uint64(6) {
			if _, err := scenarios.Parse(b.Text(Name{Faults: i, Seed: i}), file, nil, scenarios.Options{}); err != nil {
				t.Errorf("%s with the faults %d: %v", e.Name, i, err)
			}
		}
	}
	if taken < least {
		t.Errorf("faults go into %d scenarios", taken)
	}
}

// What no fault fits into is said in words of the scenario, and of what to change.
func TestScenariosWithoutRoomForFaults(t *testing.T) {
	text := func(duration, warmup, cluster string) string {
		return "schema = 1\n[scenario]\nname = \"x\"\ntitle = \"t\"\nduration = \"" + duration + "\"\nwarmup = \"" + warmup + "\"\nsettle = \"60s\"\n[topology]\nuse = \"lan1\"\n[cluster]\n" + cluster
	}
	for _, x := range []struct{ text, says string }{
		{text("200s", "10s", "managers = 1\n"), "a single node"},
		{text("200s", "10s", "size = 3\n"), "no site has managers"},
		{text("140s", "60s", "managers = 3\n"), "between 60 s, when its warm-up and its first twentieth are over, and 80 s"},
		{"schema = 1\nscenario.name = \"x\"\n" + strings.ReplaceAll(text("200s", "10s", "managers = 3\n"), "schema = 1\n[scenario]\nname = \"x\"\n", ""), "scenario"},
	} {
		if _, err := NewBase(x.text, "x.toml"); err == nil || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%q: %v", x.says, err)
		}
	}
}

// What faults do is over after 720 s (spec 20 §12, and a minute), as in drawn worlds: a scenario that settles for less is longer, and its work
// ends where that begins.
func TestScenariosSettle(t *testing.T) {
	const work = "[[workload]] # work\nid = \"w\"\nkind = \"jobs\"\narrival = { process = \"constant\", rate = \"0.2/s\" }\njob = { duration = \"1s\" }\n"
	text := func(before, settle, more string) string {
		return "schema = 1\n" + before + "[scenario]\nname = \"x\"\ntitle = \"t\"\nduration = \"1000s\" # long\nsettle = \"" + settle + "\"\n[topology]\nuse = \"lan1\"\n[cluster]\nmanagers = 3\nworkers = 2\nclients = 1\n" + more
	}
	for name, c := range map[string]struct {
		text          string
		duration, end float64
	}{
		"no work":                {strings.Replace(text("", "60s", ""), "clients = 1\n", "", 1), 1660, 0},
		"work without an end":    {text("", "60s", work), 1660, 940},
		"work before its head":   {text(work, "60s", ""), 1660, 940},
		"work that has an end":   {text("", "60s", work+"to = \"100s\"\n"), 1660, 100},
		"it settles long enough": {text("", "720s", work), 1000, 1000},
		"work beyond that":       {text("", "60s", work+"to = \"999s\"\n"), 1000, 999},
	} {
		b, err := NewBase(c.text, "x.toml")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		sc, err := scenarios.Parse(b.Text(Name{Faults: 3, Seed: 5}), "x.toml", nil, scenarios.Options{})
		if err != nil || sc.Seed != 5 || sc.Duration.Seconds() != c.duration || c.end > 0 && sc.Workloads[0].To.Seconds() != c.end {
			t.Errorf("%s: %v, %+v", name, err, sc)
		}
	}
}

// What is about other runs is left out of a run's text, and nothing else.
func TestAlone(t *testing.T) {
	kept := "a = 1\n[scenario] # here\nrows = [\n  [1, 2],\n  [\"variant\"]\n]\n[[fault]]\nid = \"variant\"\n"
	text := "a = 1\n[scenario] # here\nrows = [\n  [1, 2],\n  [\"variant\"]\n]\n[[variant]]\nname = \"x\"\n[variant.set]\ny = 2\n [ sweep ]\r\nz = 3\r\n[sweep.grid]\n[[fault]]\nid = \"variant\"\n[compare]\n[[expect]] # last\nid = \"e\""
	if have := alone(text); have != kept {
		t.Errorf("%q", have)
	}
}
