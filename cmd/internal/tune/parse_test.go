package tune

import (
	"math"
	"strings"
	"testing"

	"hypersim/core/rng"
	"hypersim/scenarios"
)

func TestParams(t *testing.T) {
	sc, err := scenarios.Load("bench-detection", nil, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		spec          string
		low, mid, top string // at 0, 0.5 and 1
	}{
		{"protocol.suspicion.min=2s..8s", "2s", "5s", "8s"},
		{"protocol.suspicion.min=2s..8s:log", "2s", "4s", "8s"},
		{"protocol.gossip.fanout=1..4", "1", "3", "4"},
		{"protocol.suspicion.alpha=2.0..6.5", "2.0", "4.25", "6.5"},
		{"protocol.job_timeout.local_rule", "majority", "any", "all"},
		{"protocol.probe.interval=500ms,1s,2s", "500ms", "1s", "2s"},
		{"protocol.probe.pause_guard", "false", "true", "true"},
		{"cluster.size=10..1000:log", "10", "100", "1000"},
	} {
		s, err := ParseSpec(c.spec)
		if err != nil {
			t.Fatal(err)
		}
		list, err := Resolve(sc, []Spec{s})
		if err != nil {
			t.Errorf("%s: %v", c.spec, err)
			continue
		}
		p := &list[0]
		if have := [3]string{p.At(0), p.At(0.5), p.At(1)}; have != [3]string{c.low, c.mid, c.top} {
			t.Errorf("%s: %v", c.spec, have)
		}
		draw := rng.New(1, "test")
		for range 100 { // a value lies where it was taken from, as far as it is rounded
			u := draw.Float64()
			v := p.At(u)
			back, ok := p.Of(v)
			if width := 0.01 + 1/float64(max(1, p.Cells())); !ok || p.Cells() > 0 && math.Abs(back-u) > width || p.At(back) != v {
				t.Errorf("%s: %v gives %s, which lies at %v", c.spec, u, v, back)
			}
		}
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		text  string
		value float64
		over  bool // beyond it, the default being 10
	}{
		{"bytes <= default", 10, false}, {"bytes <= default", 10.1, true}, {"bytes <= default*1.2", 11.9, false}, {"bytes ≤ default + 10%", 11.1, true},
		{"bytes <= default-50%", 5.1, true}, {"job_latency@p99 <= 1500ms", 1.6, true}, {"false_positives <= 0", 0, false},
		{"expect:x >= 0.9", 0.8, true}, {"bytes >= default", 9, true}, {"bytes <= 5", math.NaN(), true},
	} {
		l, err := ParseLimit(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if have := l.over(c.value, 10) > 0; have != c.over {
			t.Errorf("%s of %v: %v", c.text, c.value, have)
		}
	}
}

// Nothing that somebody may type panics, what is read names what was written, and what it makes is within its bounds.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"protocol.suspicion.min=2s..8s:log", "a=1..2", "a=b,c", "k", "k=..", "bytes <= default*1.1", "bytes:direction=sent@p99 >= 3", "expect:x <= default+10%",
		"min:bytes", "max:expect:y", "detection_first:to=DEAD", "x,a.b=[1,2],c='d,e'", "=", "a=1..2..3", "bytes <= default*-1", "cluster.size=1..9e99",
		"protocol.gossip.fanout=-1..64", "protocol.suspicion.alpha=nan..inf",
	} {
		f.Add(seed)
	}
	sc, err := scenarios.Load("bench-detection", nil, scenarios.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := ParseSpec(text); err == nil {
			if !strings.Contains(text, s.Key) || s.Key == "" {
				t.Errorf("%q has the key %q", text, s.Key)
			}
			if list, err := Resolve(sc, []Spec{s}); err == nil {
				p := &list[0]
				for _, u := range []float64{0, 0.3, 1} {
					v := p.At(u)
					if _, ok := p.Of(v); !ok {
						t.Errorf("%q at %v is %q, which is out of bounds", text, u, v)
					}
				}
			}
		}
		if l, err := ParseLimit(text); err == nil {
			if again, err := ParseLimit(l.Text); err != nil || again != l {
				t.Errorf("%q is read as %+v, that as %+v (%v)", text, l, again, err)
			}
		}
		if g, err := ParseGoal(text); err == nil && g.Row.Expect == "" {
			if again, err := ParseGoal(map[bool]string{true: "max:", false: "min:"}[g.More] + g.Row.String()); err != nil || again.Row != g.Row || again.More != g.More {
				t.Errorf("%q is read as %+v, that as %+v (%v)", text, g, again, err)
			}
		}
		splitTop(text)
	})
}
