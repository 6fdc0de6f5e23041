package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"hypersim/scenarios/form"

	"pgregory.net/rapid"

	"hypersim/core/vivaldi"
)

// edits are keys of base with the line that gives each, and other values as a file writes them.
var edits = []struct {
	key, line string
	values    []string
}{
	{"scenario.duration", `duration = "300s"`, []string{`"400s"`, `"10m"`}},
	{"scenario.title", `title = "a base to break"`, []string{`"other"`, `"12"`, `"true"`}},
	{"topology.use", `use = "wan3"`, []string{`"wan5"`}},
	{"network.inter.loss", `loss = { model = "bernoulli", p = 0.01 }`, []string{`{ model = "none" }`, `{ p = 0.5 }`}},
	{"cluster.gates", `gates = 2`, []string{`1`, `7`}},
	{"cluster.workers", `workers = 10`, []string{`0`, `100`}},
	{"protocol.probe.interval", `interval = "1s"`, []string{`"2s"`, `"1500ms"`}},
	{"fault.cut.for", `for = "90s"`, []string{`"10s"`, `"1m"`}},
	{"fault[0].a", `a = { site = "euw1" }`, []string{`{ site = "euw1", role = "gate" }`, `{ id = "euw1/manager/0" }`}},
	{"fault.crash.at", `at = "cut.end + 10s"`, []string{`"70s"`, `"cut.start"`}},
	{"expect.dead.stat", `stat = "p95"`, []string{`"mean"`, `"all"`}},
	{"expect.dead.max", `max = "=2*cfg.probe.timeout + dur(\"10s\")"`, []string{`"12s"`, `"=cfg.suspicion.max"`}},
}

// A set gives what editing the file gives: the same configuration, quoted or not.
func TestSetEqualsEdit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, sets := base, []string(nil)
		for _, e := range edits {
			v := rapid.SampledFrom(append([]string{""}, e.values...)).Draw(t, e.key)
			if v == "" {
				continue
			}
			name, _, _ := strings.Cut(e.line, " = ")
			text = strings.Replace(text, e.line, name+" = "+v, 1)
			if rapid.Bool().Draw(t, "bare") && strings.HasPrefix(v, `"`) {
				v = strings.Trim(v, `"`)
			}
			sets = append(sets, e.key+"="+v)
		}
		edited, err := Parse(text, "x.toml", nil, Options{})
		if err != nil {
			t.Fatalf("the edited file: %v", err)
		}
		set, err := Parse(base, "x.toml", sets, Options{})
		if err != nil {
			t.Fatalf("%q: %v", sets, err)
		}
		if !bytes.Equal(set.Config, edited.Config) || set.ConfigHash != edited.ConfigHash {
			t.Fatalf("%q: %s", sets, firstDifference(set.Config, edited.Config))
		}
	})
}

// A set makes tables that the file does not have.
func TestSetCreatesTables(t *testing.T) {
	s, err := Parse(base, "x.toml", []string{
		"node.worker.clock.offset=1s", "protocol.role.manager.probe.interval=3s", "network.codec=wire",
		"scenario.covers=[\"AD-1\"]", "protocol.gossip.lambda=2", "protocol.lag.enabled=false",
	}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	manager := s.ConfigOf(s.Groups[1].First)
	if s.Node[0].Offset.Value != 1 || manager.Swim.Probe.Interval != 3*time.Second || s.Network.Codec != "wire" ||
		manager.Swim.Gossip.Lambda != 2 || manager.Swim.Lag.Enabled || s.Protocol.Default().Swim.Probe.Interval != time.Second {
		t.Errorf("offset %+v, manager %+v, codec %s", s.Node[0].Offset, manager.Swim.Probe, s.Network.Codec)
	}
}

func TestBrokenSets(t *testing.T) {
	for _, c := range []struct{ set, want string }{
		{"cluster.gates", `--set: "cluster.gates": must be dotted.key=value`},
		{"=3", `--set: "=3": must be dotted.key=value`},
		{"cluster.gatez=3", `--set: cluster.gatez: unknown key (did you mean "gates"?)`},
		{"cluster.gates=many", `--set: cluster.gates = "many": must be a whole number`},
		{"cluster.gates.x=1", `--set: cluster.gates.x: "cluster.gates" is no table`},
		{"fault.cat.for=1s", `--set: fault.cat.for: no entry "cat" (has cut, crash)`},
		{"fault[9].for=1s", `--set: fault[9].for: no entry "9" (has cut, crash)`},
		{"fault.cut.for=90", `--set: fault[0].for = "90": must be a duration with a unit, such as "250ms", "30s" or "2h"`},
		{"scenario.duration=1", `--set: scenario.duration = "1": must be a duration with a unit, such as "250ms", "30s" or "2h"`},
		{"network.loss={ model = ", `--set: network.loss: "{ model =" is not TOML`},
		{"network.jitter=lots", `--set: network.jitter = "lots": must be a duration with a unit, such as "250ms", "30s" or "2h", or a share of the base such as "5%"`},
		{"sweep.seeds=1..0", `--set: sweep.seeds = "1..0": must be a range such as "1..30" or a list of whole numbers`},
	} {
		_, err := Parse(base, "x.toml", []string{c.set}, Options{})
		var p form.Problems
		if !errors.As(err, &p) {
			t.Errorf("%s: accepted: %v", c.set, err)
			continue
		}
		if p[0].String() != c.want {
			t.Errorf("%s\nhave %s\nwant %s", c.set, p[0], c.want)
		}
	}
}

func TestSeedAndDurationFromOutside(t *testing.T) {
	seed, long, short := uint64(7), 500*time.Second, 100*time.Second
	s, err := Parse(base, "x.toml", nil, Options{Seed: &seed, Duration: &long})
	if err != nil || s.Seed != 7 || s.Duration != long {
		t.Fatalf("%v %v: %v", s.Seed, s.Duration, err)
	}
	plain, _ := Parse(base, "x.toml", []string{"scenario.duration=500s"}, Options{})
	if plain.ConfigHash != s.ConfigHash {
		t.Error("the seed is part of the configuration's hash")
	}
	if _, err := Parse(base, "x.toml", nil, Options{Duration: &short}); err == nil {
		t.Error("a run that ends before its faults do is accepted")
	}
}

// What a variant sets, --set may set again.
func TestSetWinsOverVariant(t *testing.T) {
	const set = "protocol.vivaldi.engine=hyperscale"
	for variant, want := range map[string]vivaldi.EngineName{"": vivaldi.EngineHyperscale, "basic": vivaldi.EngineHyperscale} {
		s := mustLoad(t, "vivaldi-cold-start", Options{Variant: variant}, set)
		if have := s.Protocol.Default().Vivaldi.Engine; have != want {
			t.Errorf("variant %q: engine %s, want %s", variant, have, want)
		}
	}
	if have := mustLoad(t, "vivaldi-cold-start", Options{Variant: "basic"}).Protocol.Default().Vivaldi.Engine; have != "basic" {
		t.Errorf("variant basic has the engine %s", have)
	}
}

func TestMissingFiles(t *testing.T) {
	for name, want := range map[string]string{
		"partitoin":          `no bundled scenario "partitoin" (did you mean "partition"?)`,
		"nowhere/x.toml":     `nowhere/x.toml: no such file or directory`,
		"../scenarios/":      `../scenarios/: is a folder, not a file`,
		"membership/nothing": `membership/nothing: no such file or directory`,
	} {
		if _, err := Load(name, nil, Options{}); fmt.Sprint(err) != want {
			t.Errorf("%s\nhave %v\nwant %s", name, err, want)
		}
	}
}
