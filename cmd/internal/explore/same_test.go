package explore

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"hypersim/cmd/internal/runner"
	"hypersim/scenarios"
)

// ranAsFile runs the scenario of a finding as hypersim run does, measured and with a trace, and returns what a search would note of it.
func ranAsFile(t *testing.T, text string) (*runner.Result, []Bad) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "found.toml")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	sc, err := scenarios.Load(file, nil, scenarios.Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	res, err := runner.Run(t.Context(), runner.Options{Scenario: sc, Dir: filepath.Join(filepath.Dir(file), "run"), Trace: true})
	if err != nil {
		t.Fatal(err)
	}
	var bad []Bad
	for i := range res.Violations {
		bad = append(bad, badOf(&res.Violations[i]))
	}
	return res, bad
}

// What a search saw in a run is what its scenario file shows: the same digest, and so the same end, and the same breaches. Names of
// whole runs and of those that end at rest are among them, and those of a scenario of somebody's.
func TestFileIsSearch(t *testing.T) {
	text, file, err := scenarios.Text("first-job")
	if err != nil {
		t.Fatal(err)
	}
	base, err := NewBase(text, file)
	if err != nil {
		t.Fatal(err)
	}
	rested := 0
	for i, b := range []*Base{nil, nil, nil, nil, nil, base, base} {
		n := Name{World: uint64(i) + 40, Faults: uint64(i) * 3, Seed: uint64(i) * 5} // the first one goes on to its end
		o := carryOut(t.Context(), b, n, false, nil)
		if o.Failed != "" || o.Digest == "" {
			t.Fatalf("%v: %+v", n, o)
		}
		f := &Finding{Invariant: "I-X", First: o, Bad: &Bad{}}
		res, bad := ranAsFile(t, f.text(b.Text(n), b.origin()))
		if res.Digest != o.Digest || !reflect.DeepEqual(bad, o.Bad) {
			t.Errorf("%v: the search saw %s and %+v, its file shows %s and %+v", n, o.Digest, o.Bad, res.Digest, bad)
		}
		if time.Duration(res.Virtual) < res.Scenario.Duration {
			rested++
		}
	}
	if rested < 2 {
		t.Errorf("%d of the runs ended at rest", rested)
	}
}
