//go:build validate

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
)

// compared runs hypersim compare --json and returns its rows by verdict, and how B's first DEAD differs.
func compared(t *testing.T, a, b string) (verdicts map[string]int, dead float64, verdict string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := execute(t.Context(), []string{"compare", a, b, "--json"}, &stdout, &stderr); code > 1 {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	var r struct {
		Cells []struct {
			Rows []struct {
				Metric, Labels, Verdict string
				Relative                *float64
				P                       *float64
				Adjusted                *float64 `json:"p_adjusted"`
			}
		}
	}
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	verdicts = map[string]int{}
	least := 1.0
	for _, row := range r.Cells[0].Rows {
		verdicts[row.Verdict]++
		if row.Metric == "detection_first" && row.Labels == "to=DEAD" && row.Relative != nil {
			dead, verdict = *row.Relative, row.Verdict
		}
		if row.Adjusted != nil {
			least = min(least, *row.Adjusted)
		}
	}
	t.Logf("%s %s: %v; first DEAD %+.2f %% (%s); least adjusted p %.3f", filepath.Base(a), filepath.Base(b), verdicts, 100*dead, verdict, least)
	return verdicts, dead, verdict
}

func swept(t *testing.T, dir string, from, to int, more ...string) string {
	t.Helper()
	args := append([]string{
		"sweep", "crash-single-lan", "--variant", "flat", "--vary", "cluster.size=5", "--quiet",
		"--seeds", fmt.Sprintf("%d..%d", from, to), "--out", dir,
	}, more...)
	var stdout, stderr bytes.Buffer
	if code := execute(t.Context(), args, &stdout, &stderr); code > 1 {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	return dir
}

// TestValidateCompareSame: of twenty comparisons of one variant with itself, 40 seeds against 40 others, at
// most one reports a difference in any of its rows: the chance of a false alarm in a comparison is 5 % at most.
func TestValidateCompareSame(t *testing.T) {
	top, alarms := t.TempDir(), 0
	for k := range 20 {
		a := swept(t, filepath.Join(top, fmt.Sprintf("a%d", k)), 80*k+1, 80*k+40)
		b := swept(t, filepath.Join(top, fmt.Sprintf("b%d", k)), 80*k+41, 80*k+80)
		if v, _, _ := compared(t, a, b); v["better"]+v["worse"]+v["differs"] > 0 {
			alarms++
		}
	}
	t.Logf("%d of 20 comparisons reported a difference", alarms)
	if alarms > 1 {
		t.Errorf("%d of 20 comparisons reported a difference where there is none", alarms)
	}
}

// TestValidateCompareSlower: suspicion.min raised so that a death is declared 5 % later is found at 40 seeds
// that both sides share, in each of five disjoint sets of seeds. At 5 nodes DEAD comes after 6.8 s, of which
// suspicion.min is 5 s: 0.34 s more are 5 %.
func TestValidateCompareSlower(t *testing.T) {
	top := t.TempDir()
	for k := range 5 {
		from, to := 40*k+1, 40*k+40
		a := swept(t, filepath.Join(top, fmt.Sprintf("a%d", k)), from, to)
		b := swept(t, filepath.Join(top, fmt.Sprintf("b%d", k)), from, to, "--set", "protocol.suspicion.min=5.34s")
		if _, d, verdict := compared(t, a, b); verdict != "worse" || d < 0.045 || d > 0.055 {
			t.Errorf("seeds %d..%d: %s by %.2f %%, want worse by 5 %%", from, to, verdict, 100*d)
		}
	}
}
