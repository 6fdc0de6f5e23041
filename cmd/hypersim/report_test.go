package main

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"hypersim/scenarios/claim"

	"hypersim/analysis/judge"
	"hypersim/cmd/internal/batch"
	"hypersim/cmd/internal/runner"
)

// What is harmless and what fails have different words and different colours, and say why without being asked.
func TestNotJudgedAndCannotBeJudged(t *testing.T) {
	list := []judge.Verdict{
		{ID: "holds", Outcome: judge.Pass, Why: "of the bound"},
		{ID: "breaks", Outcome: judge.Fail, Why: "as it does"},
		{ID: "lacks", Outcome: judge.CannotJudge, Why: "0 observations, needs 1"},
		{ID: "lacks-goal", Outcome: judge.CannotJudge, Level: claim.Should, Why: "1 observation, needs 2"},
		{ID: "recorded", Outcome: judge.NotJudged, Level: claim.Record, Why: "recorded, never judged"},
		{ID: "elsewhere", Outcome: judge.NotJudged, Why: "another variant"},
	}
	for i := range list {
		list[i].Value = math.NaN()
	}
	var out bytes.Buffer
	p := newReport(&out, &runner.Result{Verdicts: list}, &runFlags{})
	p.colour = true
	p.expectations()
	if err := p.w.Flush(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		green + "pass" + plain, red + "fail" + plain, red + "cannot-be-judged" + plain, yellow + "cannot-be-judged" + plain, plain + "not-judged" + plain,
		"as it does\n", "0 observations, needs 1\n", "1 observation, needs 2\n", "recorded, never judged\n", "another variant\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "of the bound") {
		t.Errorf("the reason of a bound that holds is shown without --verbose:\n%s", out.String())
	}
}

// A sweep counts the two apart, and shows what cannot be judged even where it fails nothing.
func TestSweepTellsThemApart(t *testing.T) {
	c := batch.CellReport{Cell: "all", Verdicts: []batch.Verdict{
		{ID: "few", Verdict: judge.CannotJudge.String(), Open: true, Why: "3 seeds: n >= 5 needed"},
		{ID: "goal", Verdict: judge.CannotJudge.String(), Why: "0 observations, needs 1"},
		{ID: "recorded", Verdict: judge.NotJudged.String(), Why: "recorded, never judged"},
	}}
	text := string(sweepText("d", &batch.Report{Cells: []batch.CellReport{c}}, &sweepFlags{}, true))
	for _, want := range []string{yellow + "cannot-be-judged", "few", "n >= 5 needed", "goal", "needs 1"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	var counts []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "all ") {
			counts = strings.Fields(line)
			break
		}
	}
	if strings.Contains(text, "recorded") || len(counts) != 9 || counts[6] != "2" || counts[7] != "1" {
		t.Errorf("counts %q of\n%s", counts, text)
	}
}
