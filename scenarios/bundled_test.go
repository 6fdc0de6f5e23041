package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hypersim/scenarios/claim"

	"github.com/BurntSushi/toml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"hypersim/core"
)

// wanted are the files that the catalogue names so far.
var wanted = []string{
	"partition.toml",
	"backpressure/deaf-to-data.toml", "backpressure/slow-manager.toml", "backpressure/stats-loop.toml", "backpressure/stats-storm.toml",
	"bench/bench-backpressure.toml", "bench/bench-churn.toml", "bench/bench-coordinates.toml", "bench/bench-detection.toml", "bench/bench-failover.toml", "bench/bench-healing.toml", "bench/bench-jobs.toml", "bench/bench-loss.toml", "bench/bench-pauses.toml", "bench/bench-routing.toml", "bench/bench-scale.toml", "bench/bench-spread.toml", "bench/bench-timeout.toml",
	"cancel/cancel-during-failover.toml", "cancel/cancel-propagation.toml",
	"coordinates/link-samples.toml",
	"coordinates/vivaldi-cold-start.toml",
	"coordinates/vivaldi-real-matrix.toml",
	"coordinates/vivaldi-route-shift.toml",
	"coordinates/vivaldi-ucb-calibration.toml",
	"failover/dispatch-crash-points.toml", "failover/gate-failover-quorum.toml", "failover/manager-leader-failover.toml", "gray/clock-offsets.toml",
	"gray/gray-failure.toml", "gray/gray-jobs.toml",
	"gray/lifeguard-anomaly-grid.toml",
	"gray/pause-sweep.toml", "gray/paused-at-work.toml",
	"jobs/first-job.toml", "jobs/job-storm.toml", "jobs/three-sites.toml", "jobs/wrong-door.toml", "leadership/kill-leader.toml", "leadership/leader-chaos.toml", "leadership/leader-crash.toml",
	"membership/churn-at-work.toml", "membership/crash-single-lan.toml",
	"membership/gossip-convergence-scaling.toml",
	"membership/idle-steady-state.toml",
	"membership/inherited-side-by-side.toml",
	"membership/join-storm.toml",
	"membership/loss-false-positive.toml",
	"membership/mass-crash.toml",
	"membership/rolling-restart.toml", "membership/rolling-upgrade.toml",
	"membership/unconfirmed-lifecycle.toml",
	"membership/wan-adaptive-timeout.toml",
	"membership/worker-churn.toml", "membership/worker-storm.toml",
	"outages/correlated-path-failure.toml",
	"outages/datagrams-blocked.toml",
	"outages/flapping-fast-lan.toml",
	"outages/gossip-storm.toml",
	"outages/half-detached-node.toml",
	"outages/held-messages.toml",
	"outages/long-cut.toml",
	"outages/paused-detector.toml",
	"outages/poisoned-coordinates.toml",
	"outages/zero-rtt.toml",
	"overload/control-plane-under-overload.toml", "overload/gate-load-shedding.toml", "overload/routing-dc-degraded.toml", "overload/routing-dc-lost.toml",
	"partition/correlated-dc-failures.toml",
	"partition/dc-isolation.toml",
	"partition/partition-asymmetric.toml",
	"partition/partition-flapping.toml", "partition/partition-leader-gates.toml",
	"partition/partition-partial-bridge.toml",
	"partition/partition-symmetric-gates.toml",
	"partition/split-brain-managers.toml",
	"routing/routing-bootstrap.toml", "routing/routing-dc-failure.toml", "routing/routing-herds.toml", "routing/routing-hysteresis-flap.toml", "routing/routing-latency-shift.toml",
	"routing/routing-load-shift.toml",
	"routing/routing-nearest-dc.toml", "routing/routing-policies.toml", "routing/routing-stumble.toml", "routing/routing-unknown-way.toml",
	"scale/chaos-mix.toml",
	"scale/scale-10k.toml",
	"scale/scale-1k.toml",
	"scale/scale-5k.toml",
	"timeout/job-timeout-multi-dc.toml",
	"timeout/job-timeout-single-dc.toml",
	"timeout/stuck-all-dcs.toml",
	"timeout/timeout-extensions.toml",
	"timeout/timeout-gate-unreachable.toml",
	"timeout/timeout-leader-transfer-fence.toml",
	"timeout/timeout-partitioned-dc.toml",
	"timeout/timeout-progress.toml",
}

func TestBundledFiles(t *testing.T) {
	if have := bundledPaths(); !slices.Equal(have, wanted) {
		t.Errorf("bundled files\nhave %q\nwant %q", have, wanted)
	}
	for _, e := range List() {
		if e.Title == "" || e.Nodes == 0 || len(e.Tags) == 0 {
			t.Errorf("%s: list entry %+v is incomplete", e.Path, e)
		}
	}
}

func TestEveryBundledFileLoadsInEveryVariant(t *testing.T) {
	for _, file := range bundledPaths() {
		s := mustLoad(t, strings.TrimSuffix(file, ".toml"), Options{})
		if !strings.Contains(s.Question, "?") {
			t.Errorf("%s: the header %q asks no question", file, s.Question)
		}
		ids := map[string]bool{}
		for _, e := range s.Expects {
			ids[e.ID] = true
			if e.Level == claim.Must && e.Why == "" {
				t.Errorf("%s: %s has no reason", file, e.ID)
			}
		}
		for _, w := range s.Warnings {
			if strings.Contains(w, "is not drawn") {
				t.Errorf("%s: %s", file, w)
			}
		}
		crossed := len(s.Sweep.Grid)+len(s.Sweep.Zip) > 1 // then each value is tried beside those of the other axes
		judged := map[string]bool{}
		for _, v := range append([]Variant{{}}, s.Variants...) {
			sets := [][]string{nil}
			for _, axis := range s.Sweep.Grid {
				for _, x := range axis.Values {
					sets = append(sets, []string{fmt.Sprintf("%s=%v", axis.Key, x)})
				}
			}
			for i := range s.Sweep.zipped() {
				var set []string
				for _, axis := range s.Sweep.Zip {
					set = append(set, fmt.Sprintf("%s=%v", axis.Key, axis.Values[i]))
				}
				sets = append(sets, set)
			}
			for _, set := range sets {
				for _, e := range mustLoad(t, s.Name, Options{Variant: v.Name, Alone: !crossed}, set...).Expects {
					judged[e.ID] = judged[e.ID] || e.Applies
				}
			}
		}
		for id := range ids {
			if !judged[id] {
				t.Errorf("%s: expectation %s applies to no cell", file, id)
			}
		}
	}
}

// zipped is how many cells the lists that advance together make.
func (s *Sweep) zipped() int {
	if len(s.Zip) == 0 {
		return 0
	}
	return len(s.Zip[0].Values)
}

func mustLoad(t *testing.T, name string, opt Options, sets ...string) *Scenario {
	t.Helper()
	s, err := Load(name, sets, opt)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return s
}

// The resolved configuration is a scenario file in other clothes: loading it gives itself.
func TestConfigRoundTrips(t *testing.T) {
	for _, file := range bundledPaths() {
		name := strings.TrimSuffix(file, ".toml")
		all := mustLoad(t, name, Options{})
		for _, v := range append([]Variant{{}}, all.Variants...) {
			s := mustLoad(t, name, Options{Variant: v.Name, Alone: true})
			if v.Name == "" && !bytes.Equal(all.Config, s.Config) {
				t.Errorf("%s: that other variants are looked at changes it:\n%s", file, firstDifference(all.Config, s.Config))
			}
			again, err := Parse(asTOML(t, s.Config), s.File, nil, Options{Alone: true})
			if err != nil {
				t.Errorf("%s: variant %q: the resolved configuration does not load:\n%v", file, v.Name, err)
				continue
			}
			if !bytes.Equal(again.Config, s.Config) {
				t.Errorf("%s: variant %q: loading the resolved configuration changes it:\n%s", file, v.Name, firstDifference(again.Config, s.Config))
			}
			if len(again.Nodes) != len(s.Nodes) || len(again.Faults) != len(s.Faults) {
				t.Errorf("%s: variant %q: %d nodes and %d faults, had %d and %d", file, v.Name, len(again.Nodes), len(again.Faults), len(s.Nodes), len(s.Faults))
			}
		}
	}
}

func firstDifference(a, b []byte) string {
	x, y := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return "have " + strings.Join(x[max(0, i-3):i+1], "\n") + "\nwant " + y[i]
		}
	}
	return "one is longer"
}

// asTOML turns the canonical JSON into a TOML text.
func asTOML(t *testing.T, config []byte) string {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(config))
	d.UseNumber()
	var m map[string]any
	if err := d.Decode(&m); err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := toml.NewEncoder(&buf).Encode(plainNumbers(m)); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func plainNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i
		}
		f, _ := v.Float64()
		return f
	case map[string]any:
		for k := range v {
			v[k] = plainNumbers(v[k])
		}
	case []any:
		for i := range v {
			v[i] = plainNumbers(v[i])
		}
	}
	return v
}

func TestBundledFilesSatisfyTheSchema(t *testing.T) {
	schema := compileSchema(t)
	for _, file := range bundledPaths() {
		text, err := bundle.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(document(t, string(text))); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestSchemaRefusesWhatTheLoaderRefuses(t *testing.T) {
	schema := compileSchema(t)
	text, _ := bundle.ReadFile("partition.toml")
	for name, change := range map[string][2]string{
		"unknown key":        {"[cluster]", "[cluster]\ngatez = 3"},
		"number for text":    {`duration    = "300s"`, "duration = 300"},
		"word not listed":    {`mode = "formed"`, `mode = "warm"`},
		"kind not known":     {`kind = "partition"`, `kind = "wall"`},
		"negative count":     {"gates    = 4", "gates = -1"},
		"protocol key":       {"[cluster]", "[protocol.probe]\ntimeoutt = \"1s\"\n[cluster]"},
		"protocol range":     {"[cluster]", "[protocol.probe]\nindirect_k = 11\n[cluster]"},
		"no schema":          {"schema = 1", ""},
		"selector key":       {`a    = { site = "euw1" }`, `a = { place = "euw1" }`},
		"section of nothing": {"[cluster]", "[clutser]"},
	} {
		broken := strings.Replace(string(text), change[0], change[1], 1)
		if broken == string(text) {
			t.Fatalf("%s: %q is not in the file", name, change[0])
		}
		if schema.Validate(document(t, broken)) == nil {
			t.Errorf("%s: the schema accepts it", name)
		}
		if _, err := Parse(broken, "partition.toml", nil, Options{}); err == nil {
			t.Errorf("%s: the loader accepts it", name)
		}
	}
}

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("scenario.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("scenario.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// document turns TOML into what a JSON Schema validates.
func document(t *testing.T, text string) any {
	t.Helper()
	var m map[string]any
	if _, err := toml.Decode(text, &m); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// The flagship's numbers are those that the README promises.
func TestPartitionIsTheFlagship(t *testing.T) {
	s := mustLoad(t, "partition", Options{})
	if len(s.Nodes) != 1000 || s.Groups[0].Count != 20 || s.Duration.Seconds() != 300 {
		t.Errorf("%d nodes, %d gates, %v", len(s.Nodes), s.Groups[0].Count, s.Duration)
	}
	cut, split := s.Faults[0], s.Faults[1]
	if len(cut.A.Fixed) != 200 || len(cut.B.Fixed) != 800 || cut.For.Seconds() != 90 {
		t.Errorf("cut: %d | %d for %v", len(cut.A.Fixed), len(cut.B.Fixed), cut.For)
	}
	roles := map[core.Role]int{}
	for _, id := range split.A.Fixed {
		roles[s.Nodes[id].Role]++
	}
	if roles[core.RoleManager] != 1 || roles[core.RoleWorker] != 55 || len(split.B.Fixed) != 144 || split.For.Seconds() != 60 {
		t.Errorf("split: %v against %d for %v", roles, len(split.B.Fixed), split.For)
	}
	for _, e := range s.Expects {
		if e.ID == "region-noticed" && *e.Min != 64 {
			t.Errorf("region-noticed: %v, 4 gates at 16 observers are 64", *e.Min)
		}
	}
}

// A host matrix of another size gives as many nodes as rows (spec 40 C3).
func TestRealMatrixByPath(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "square.txt")
	if err := os.WriteFile(path, []byte("0 10 20\n10 0 30\n20 30 0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, set := range []string{"topology.matrix=" + path, "topology.matrix=square.txt"} {
		s := mustLoad(t, "vivaldi-real-matrix", Options{Dir: dir}, set)
		if len(s.Nodes) != 3 || s.Topology.RTT(1, 2).Milliseconds() != 30 || s.Nodes[2].Row != 2 {
			t.Errorf("%s: %d nodes, RTT %v", set, len(s.Nodes), s.Topology.RTT(1, 2))
		}
	}
}

// The measured host matrices load by their path in every form they come in.
func TestMeasuredHostMatrix(t *testing.T) {
	dir := os.Getenv("HYPERSIM_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data", "latency")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*lanet*"))
	more, _ := filepath.Glob(filepath.Join(dir, "*", "*lanet*"))
	files = append(files, more...)
	files = slices.DeleteFunc(files, func(f string) bool { i, err := os.Stat(f); return err != nil || i.IsDir() })
	if len(files) == 0 {
		t.Skip("no PlanetLab matrix: set HYPERSIM_DATA to a folder with the measured latency sets")
	}
	for _, f := range files {
		s, err := Load("vivaldi-real-matrix", []string{"topology.matrix=" + f}, Options{})
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		t.Logf("%s: %d nodes", filepath.Base(f), len(s.Nodes))
	}
}
