package runner

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"hypersim/scenarios"
)

// Measure is Run without a folder: the same digest, events and verdicts, also for runs that go on at once.
func TestMeasure(t *testing.T) {
	want, err := Run(t.Context(), Options{Scenario: load(t), Dir: filepath.Join(t.TempDir(), "out")})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan *Result, 4)
	for range 4 {
		go func() {
			r, err := Measure(t.Context(), Options{Scenario: load(t, "report.keep_trace=true")})
			if err != nil {
				t.Error(err)
				r = &Result{}
			}
			ended <- r
		}()
	}
	for range 4 {
		r := <-ended
		if r.Digest != want.Digest || r.Events != want.Events || len(r.Verdicts) != len(want.Verdicts) || r.Verdicts[0].Value != want.Verdicts[0].Value {
			t.Errorf("digest %s, %d events, verdicts %+v; want %s, %d, %+v", r.Digest, r.Events, r.Verdicts, want.Digest, want.Events, want.Verdicts)
		}
	}
}

func TestMeasureStops(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	r, err := Measure(ctx, Options{Scenario: load(t)})
	if err != nil || !r.Interrupted || r.Stopped == "" {
		t.Errorf("%+v, %v", r, err)
	}
}

// The identity of a run sees the configuration and the contents of its files, and neither the seed nor what
// changes no result.
func TestIdentity(t *testing.T) {
	want := Identity(load(t))
	for _, c := range []struct {
		set  string
		same bool
	}{
		{"scenario.seed=7", true},
		{"network.codec=wire", true},
		{"cluster.workers=5", false},
		{"protocol.probe.interval=2s", false},
	} {
		if have := Identity(load(t, c.set)); (have == want) != c.same {
			t.Errorf("%s: same = %v", c.set, have == want)
		}
	}
	sc := load(t)
	sc.Network.Links[0].Jitter.Quantiles = []float64{1, 2}
	if Identity(sc) == want {
		t.Error("other quantiles, same identity")
	}
}

// A comparison of cells is for a sweep to judge.
func TestVersusInARun(t *testing.T) {
	text := tiny + `
[[variant]]
name = "a"
[[variant]]
name = "b"
[[expect]]
id = "compared"
metric = "messages"
stat = "mean"
versus = { variant = "a", as = "ratio" }
max = 1.5
why = "a test"
`
	sc, err := scenarios.Parse(text, "tiny.toml", nil, scenarios.Options{Variant: "b"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Measure(t.Context(), Options{Scenario: sc})
	if err != nil {
		t.Fatal(err)
	}
	v := &r.Verdicts[len(r.Verdicts)-1]
	if v.Fails(true) || !strings.Contains(v.Why, "two cells") {
		t.Errorf("%+v", v)
	}
}
