package batch

import (
	"bytes"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestParseUntil(t *testing.T) {
	for text, want := range map[string]Until{
		"detection_first:to=DEAD=±2%":    {Metric: "detection_first", Labels: "to=DEAD", Share: 0.02},
		"detection_first=+-200ms":        {Metric: "detection_first", Absolute: 0.2},
		"false_positives = 0.5":          {},
		"false_positives=0.5":            {Metric: "false_positives", Absolute: 0.5},
		"bytes:direction=sent=± 1.5 %":   {Metric: "bytes", Labels: "direction=sent", Share: 0.015},
		"bytes=±0%":                      {},
		"bytes=±-1":                      {},
		"bytes=200ms":                    {},
		"byts=±1%":                       {},
		"bytes":                          {},
		"detection_first:to=DEAD=±Inf":   {},
		"detection_first:to=DEAD=±NaN%":  {},
		"detection_first:to=DEAD=2%more": {},
	} {
		have, err := ParseUntil(text)
		if want.Metric == "" {
			if err == nil || !strings.Contains(err.Error(), "--until") {
				t.Errorf("%s: have %+v, %v, want an error", text, have, err)
			}
			continue
		}
		if err != nil || have.Metric != want.Metric || have.Labels != want.Labels || math.Abs(float64(have.Share-want.Share)) > 1e-12 || have.Absolute != want.Absolute {
			t.Errorf("%s: have %+v, %v", text, have, err)
		}
	}
}

// until carries out a request of at most twelve seeds.
func until(t *testing.T, dir string, targets ...string) (*Report, *Outcome, []int) {
	t.Helper()
	req := scenario(t)
	req.Variants, req.Vary = []string{"fast"}, []string{"fault.loss.p=0.01"}
	for s := range uint64(12) {
		req.Seeds = append(req.Seeds, s+1)
	}
	p := expand(t, req)
	var list []*Until
	for _, text := range targets {
		u, err := ParseUntil(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, u)
	}
	if err := p.SetUntil(list); err != nil {
		t.Fatal(err)
	}
	var looks []int
	r, out, err := p.RunUntil(t.Context(), req, Options{Dir: dir, Jobs: 2}, false, func(_ int, r *Report) { looks = append(looks, len(r.Seeds)) })
	if err != nil {
		t.Fatal(err)
	}
	return r, out, looks
}

func TestUntil(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	r, out, looks := until(t, dir, "detection_first:to=SUSPECT=±300%")
	if !slices.Equal(looks, []int{5}) || r.Runs != 5 || out.Done != 5 || !r.Until[0].Reached || r.Exit != 0 {
		t.Errorf("a loose target: looks %v, %d runs, %+v, exit %d", looks, r.Runs, r.Until, r.Exit)
	}
	// The next target finds those five, looks twice more, and does not get there.
	r, out, looks = until(t, dir, "detection_first:to=SUSPECT=±300%", "detection_first:to=SUSPECT=±0.01%")
	if !slices.Equal(looks, []int{5, 8, 12}) || r.Runs != 12 || out.Done != 7 || out.Kept != 5 || !r.Until[0].Reached || r.Until[1].Reached || r.Exit != exitOpen {
		t.Errorf("a target out of reach: looks %v, %d runs, %+v, %+v, exit %d", looks, r.Runs, out, r.Until, r.Exit)
	}
	if x := r.Until[1].Rows[0]; math.Abs(float64(r.Until[1].Level)-(1-0.05/3)) > 1e-12 || !(x.Low < x.Value && x.Value < x.High) {
		t.Errorf("%+v", x)
	}
	fresh := filepath.Join(t.TempDir(), "fresh")
	again, _, _ := until(t, fresh, "detection_first:to=SUSPECT=±300%", "detection_first:to=SUSPECT=±0.01%")
	if !bytes.Equal(indented(again), indented(r)) {
		t.Error("another report from fresh runs")
	}
	equal(t, "looked at twice and once", fresh, dir)
	// Without labels a target is about every row of the metric, roles of subjects aside.
	r, _, _ = until(t, dir, "detection_first=±300%")
	if x := r.Until[0]; len(x.Rows) != 2 || x.Rows[0].Labels != "to=DEAD" || x.Rows[1].Labels != "to=SUSPECT" {
		t.Errorf("%+v", x)
	}
}

func TestUntilRefused(t *testing.T) {
	req := scenario(t)
	req.Seeds = []uint64{1, 2, 3, 4}
	if err := expand(t, req).SetUntil([]*Until{{}}); err == nil || !strings.Contains(err.Error(), "--seeds") {
		t.Errorf("four seeds: %v", err)
	}
	req.Seeds, req.Variants = []uint64{1, 2, 3, 4, 5}, []string{"slow"}
	u, err := ParseUntil("detection_first:to=DEAF=±1%")
	if err != nil {
		t.Fatal(err)
	}
	req.Seeds = append(req.Seeds, 6, 7, 8)
	p := expand(t, req)
	if p.SetUntil([]*Until{u}) != nil {
		t.Fatal("eight seeds refused")
	}
	_, _, err = p.RunUntil(t.Context(), req, Options{Dir: filepath.Join(t.TempDir(), "out"), Jobs: 2}, false, func(int, *Report) {})
	if err == nil || !strings.Contains(err.Error(), "no cell has such a row") {
		t.Errorf("a label that nothing has: %v", err)
	}
}
