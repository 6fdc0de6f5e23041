package scenarios

import (
	"encoding/json"
	"strings"
	"testing"

	"hypersim/scenarios/form"
	"hypersim/sim/metrics/words"
)

// Whatever has a name in a file has an explanation.
func TestEveryNameIsExplained(t *testing.T) {
	var names []string
	for _, key := range Keys() {
		names = append(names, "protocol."+key)
	}
	names = append(names, FaultKinds()...)
	names = append(names, words.Names()...)
	names = append(names, "fault.at", "expect.why", "report.plot.kind", "topology.links.rtt", "network.inter.jitter", "node.gate.inbox",
		"protocol.role.worker.suspicion.min", "fault[2].target", "stratify", "sweep.max_runs", "scenario.budget.wall", "10/D33")
	for _, name := range names {
		list := Explain(name)
		if len(list) == 0 {
			t.Errorf("%s has no explanation", name)
		}
		for _, e := range list {
			if e.Doc == "" {
				t.Errorf("%s: %s %s says nothing", name, e.Kind, e.Name)
			}
		}
	}
	if list := Explain("min"); len(list) < 3 {
		t.Errorf("min is the end of %d keys only", len(list))
	}
	if list := Explain("no-such-thing"); len(list) != 0 {
		t.Error(list)
	}
}

// What is explained is what loads: the default is that of a run, the range the one that is checked.
func TestAnExplanationSaysWhatLoads(t *testing.T) {
	e := Explain("suspicion.min")[0]
	c := defaultConfig()
	if e.Name != "protocol.suspicion.min" || e.Default != form.JSON(form.FormatDuration(c.Swim.Suspicion.Min)) || e.Range == "" {
		t.Errorf("%+v", e)
	}
	if e := Explain("network.mtu")[0]; e.Default != `"1400B"` || e.Range != "≥ 576B and ≤ 65535B" || !strings.Contains(e.Form, "1400B") {
		t.Errorf("%+v", e)
	}
	if e := Explain("network.inter.jitter")[0]; e.Name != "network.jitter" || !strings.Contains(e.Default, `"5%"`) {
		t.Errorf("%+v", e)
	}
	if e := Explain("scenario.name")[0]; !e.Required || e.Default != "" {
		t.Errorf("%+v", e)
	}
	if e := Explain("partition")[0]; e.Kind != "fault" || len(e.Takes) == 0 {
		t.Errorf("%+v", e)
	}
	if e := Explain("false_positives")[0]; e.Kind != "metric" || e.Unit != "count (the statistic rate: per node-hour)" {
		t.Errorf("%+v", e)
	}
}

func TestTheSchemaCarriesDefaultsAndNames(t *testing.T) {
	var schema map[string]any
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	at := func(path ...string) map[string]any {
		m := schema
		for _, key := range path {
			m, _ = m[key].(map[string]any)
		}
		return m
	}
	for want, path := range map[string][]string{
		`"formed"`:    {"cluster", "start", "mode"},
		`"60s"`:       {"scenario", "settle"},
		`"1400B"`:     {"network", "mtu"},
		`"specified"`: {"protocol", "profile"},
		`10000`:       {"node", "inbox"},
	} {
		full := []string{}
		for _, p := range path {
			full = append(full, "properties", p)
		}
		if have := form.JSON(at(full...)["default"]); have != want {
			t.Errorf("%v has the default %s, want %s", path, have, want)
		}
	}
	for name, value := range at("$defs", "selector", "properties") {
		if value.(map[string]any)["description"] == "" {
			t.Errorf("selector key %s is not described", name)
		}
	}
	metrics, _ := at("$defs", "metric")["anyOf"].([]any)
	if len(metrics) != words.Count() {
		t.Errorf("%d metrics in the schema, %d are measured", len(metrics), words.Count())
	}
	expect := at("properties", "expect", "items", "properties", "metric")
	if expect["$ref"] != "#/$defs/metric" {
		t.Errorf("expect.metric is %v", expect)
	}
}

func TestTheStarterLoads(t *testing.T) {
	text := Starter("my-first")
	s, err := Parse(text, "my-first.toml", nil, Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if s.Name != "my-first" || len(s.Faults) != 1 || len(s.Expects) != 2 || len(s.Warnings) != 0 {
		t.Errorf("%+v", s)
	}
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if line != "" && !strings.Contains(line, "# ") && line != "#" && line != "schema = 1" {
			t.Errorf("line %d has no comment: %s", i+1, line)
		}
	}
}

func TestDifferencesAreThoseFromTheDefaults(t *testing.T) {
	const text = "schema = 1\n[scenario]\nname = \"d\"\ntitle = \"d\"\nduration = \"60s\"\nsettle = \"60s\"\n[topology]\nuse = \"lan1\"\n[cluster]\nmanagers = 5\n" +
		"[network]\nmtu = \"1200B\"\n[network.intra]\njitter = \"1ms\"\n[protocol.suspicion]\nmin = \"6s\"\n[protocol.role.worker.suspicion]\nmin = \"7s\"\n"
	s, err := Parse(text, "d.toml", nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]Difference{}
	for _, d := range Differences(s) {
		have[d.Key] = d
	}
	min := form.JSON(form.FormatDuration(defaultConfig().Swim.Suspicion.Min))
	for _, want := range []Difference{
		{"cluster.managers", "5", "0"},
		{"network.mtu", `"1200B"`, `"1400B"`},
		{"network.intra.jitter", `"1ms"`, `{"dist":"normal","mean":"0%","std":"5%"}`},
		{"protocol.suspicion.min", `"6s"`, min},
		{"protocol.role.worker.suspicion.min", `"7s"`, min},
		{"scenario.duration", `"60s"`, ""},
		{"topology.use", `"lan1"`, ""},
	} {
		if have[want.Key] != want {
			t.Errorf("have %+v, want %+v", have[want.Key], want)
		}
		delete(have, want.Key)
	}
	if len(have) > 0 {
		t.Errorf("too many: %+v", have)
	}
}

// A plot may mark faults of other variants; the resolved configuration holds those of this one.
func TestAResolvedPlotMarksTheFaultsOfItsVariant(t *testing.T) {
	const text = "schema = 1\n[scenario]\nname = \"v\"\ntitle = \"v\"\nduration = \"90s\"\n[topology]\nuse = \"lan1\"\n[cluster]\nmanagers = 5\n" +
		"[[fault]]\nid = \"one\"\nkind = \"pause\"\nat = \"10s\"\nfor = \"1s\"\ntarget = { any = true }\n" +
		"[[fault]]\nid = \"two\"\nkind = \"pause\"\nat = \"10s\"\nfor = \"1s\"\ntarget = { any = true }\n" +
		"[[variant]]\nname = \"a\"\ndisable = [\"two\"]\n[[variant]]\nname = \"b\"\ndisable = [\"one\"]\n" +
		"[[report.plot]]\nkind = \"line\"\nmetric = \"view_error\"\nmark = [\"one\", \"two\"]\n"
	for variant, want := range map[string]string{"a": `["one"]`, "b": `["two"]`} {
		s, err := Parse(text, "v.toml", nil, Options{Variant: variant})
		if err != nil {
			t.Fatal(err)
		}
		var config struct {
			Report struct{ Plot []struct{ Mark []string } }
		}
		if err := json.Unmarshal(s.Config, &config); err != nil {
			t.Fatal(err)
		}
		if have := form.JSON(config.Report.Plot[0].Mark); have != want {
			t.Errorf("variant %s marks %s, want %s", variant, have, want)
		}
	}
}
