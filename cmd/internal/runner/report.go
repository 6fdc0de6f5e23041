package runner

import (
	"bytes"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"hypersim/analysis/judge"
	"hypersim/analysis/plot"
)

// ReportName and AccountName are the run in words, for a person and for a program.
const (
	ReportName  = "report.md"
	AccountName = "account.json"
)

// report writes what happened: the sentences, the verdicts, what broke, and the pictures.
func (r *run) report() error {
	if err := writeFile(r.folder.path(AccountName), indented(r.res.Account)); err != nil {
		return err
	}
	pictures, err := filepath.Glob(r.folder.path("plots/*.png"))
	if err != nil {
		return err
	}
	return writeFile(r.folder.path(ReportName), reportText(&r.res, pictures))
}

func reportText(res *Result, pictures []string) []byte {
	var b bytes.Buffer
	sc := res.Scenario
	fmt.Fprintf(&b, "# %s, seed %d\n\n%s\n", sc.Name, sc.Seed, escaped(sc.Title))
	if res.Stopped != "" {
		fmt.Fprintf(&b, "\n**Incomplete: %s.**\n", res.Stopped)
	}
	b.WriteString("\n## What happened\n\n")
	for i := range res.Account {
		fmt.Fprintf(&b, "- %s\n", escaped(res.Account[i].Text))
	}
	expectationsText(&b, res.Verdicts)
	b.WriteString("\n## Invariants\n\n")
	if len(res.Violations) == 0 {
		b.WriteString("None was broken.\n")
	}
	for i := range res.Violations {
		v := &res.Violations[i]
		fmt.Fprintf(&b, "- %s at %.3f s: %s\n", v.Invariant, v.At.Seconds(), escaped(v.What))
	}
	if len(pictures) > 0 {
		b.WriteString("\n## Pictures\n")
	}
	slices.Sort(pictures)
	for _, p := range pictures {
		name := filepath.Base(p)
		fmt.Fprintf(&b, "\n%s\n\n![%s](plots/%s)\n", plot.About(name), strings.TrimSuffix(name, filepath.Ext(name)), name)
	}
	fmt.Fprintf(&b, "\nDigest %s.\n", res.Digest)
	return b.Bytes()
}

func expectationsText(b *bytes.Buffer, list []judge.Verdict) {
	if len(list) == 0 {
		return
	}
	b.WriteString("\n## Expectations\n\n| verdict | expectation | level | value | bound | why |\n|---|---|---|---|---|---|\n")
	for i := range list {
		v := &list[i]
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", v.Outcome, escaped(v.ID), v.Level, valueText(v), escaped(v.Bound), escaped(v.Why))
	}
}

func valueText(v *judge.Verdict) string {
	if math.IsNaN(v.Value) {
		return ""
	}
	text := fmt.Sprintf("%.6g", v.Value)
	if v.Least {
		text = "≥ " + text
	}
	if v.Unit != "" && v.Unit != "1" && v.Unit != "count" {
		text += " " + v.Unit
	}
	return text
}

var markdown = strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "<", "&lt;", "`", "\\`", "\n", " ")

// escaped keeps text from being read as Markdown.
func escaped(s string) string { return markdown.Replace(s) }
