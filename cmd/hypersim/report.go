package main

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"hypersim/analysis/judge"
	"hypersim/cmd/internal/runner"
	"hypersim/scenarios"
)

// report prints a finished run for a person: what was expected, what was measured, what broke, where the
// rest is.
type report struct {
	w      *bufio.Writer
	res    *runner.Result
	flags  *runFlags
	colour bool
}

func newReport(w io.Writer, res *runner.Result, f *runFlags) *report {
	return &report{w: bufio.NewWriter(w), res: res, flags: f, colour: colours(w)}
}

func (p *report) print() error {
	if !p.flags.quiet {
		p.head()
	}
	p.expectations()
	if !p.flags.quiet {
		p.metrics()
		p.jobs()
	}
	p.violations()
	if !p.flags.quiet {
		p.account()
		p.foot()
	}
	return p.w.Flush()
}

func (p *report) printf(format string, args ...any) { fmt.Fprintf(p.w, format, args...) }

func (p *report) head() {
	sc := p.res.Scenario
	p.printf("%s, seed %d: %s\n", sc.Name, sc.Seed, sc.Title)
	if b := sc.Protocol.Behaviour(); b != scenarios.ProfileSpecified {
		p.printf("protocol as %s\n", b)
	}
	if p.res.Stopped != "" {
		p.printf("%s: the run is incomplete\n", p.paint(red, p.res.Stopped))
	}
}

func (p *report) expectations() {
	var text bytes.Buffer
	t := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "verdict\texpectation\tlevel\tvalue\tbound\n")
	whys := []string{""} // below each line
	for i := range p.res.Verdicts {
		v := &p.res.Verdicts[i]
		if p.flags.quiet && !v.Fails(p.flags.strict) {
			continue
		}
		have := value(v.Value, v.Unit)
		if v.Least {
			have = "≥ " + have
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", p.verdict(v), v.ID, v.Level, have, cmp.Or(v.Bound, "-"))
		why := v.Why
		if v.Outcome == judge.Pass && !p.flags.verbose {
			why = ""
		}
		whys = append(whys, why)
	}
	if len(whys) == 1 {
		return
	}
	_ = t.Flush() // a buffer takes everything
	p.printf("\n")
	for i := range whys {
		line, _ := text.ReadString('\n')
		p.printf("%s", line)
		if whys[i] != "" {
			p.printf("            %s\n", whys[i])
		}
	}
}

func (p *report) verdict(v *judge.Verdict) string {
	return p.paint(tint(v.Outcome.String(), v.Fails(p.flags.strict)), v.Outcome.String())
}

// tint is the colour of a verdict: red fails the run, yellow would if it were stricter or knew more, green holds, and
// where there was nothing to judge the word has no colour.
func tint(verdict string, fails bool) string {
	switch {
	case fails:
		return red
	case verdict == judge.Pass.String():
		return green
	case verdict == judge.NotJudged.String():
		return plain
	}
	return yellow
}

// account tells what happened.
func (p *report) account() {
	p.printf("\nwhat happened\n")
	for i := range p.res.Account {
		for k, line := range folded(p.res.Account[i].Text, accountWidth) {
			p.printf("%s%s\n", [...]string{"  - ", "    "}[min(k, 1)], line)
		}
	}
	p.printf("\n")
}

const accountWidth = 110

// folded breaks text into lines of at most so many characters, between words.
func folded(s string, width int) (lines []string) {
	line := ""
	for word := range strings.SplitSeq(s, " ") { // a no-break space keeps numbers and their units together
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

const violationsMax = 10

func (p *report) violations() {
	list := p.res.Violations
	switch {
	case len(list) > 0:
		p.printf("\n%s %d\n", p.paint(red, "invariant violations:"), len(list))
	case !p.flags.quiet:
		p.printf("\ninvariant violations: none\n")
	}
	for i := range min(len(list), violationsMax) {
		v := &list[i]
		p.printf("  %s at %.3f s: %s", v.Invariant, v.At.Seconds(), v.What)
		if v.Count > 1 {
			p.printf(" (the first of %d)", v.Count)
		}
		p.printf("\n")
		if p.flags.verbose {
			for _, c := range v.Causes {
				p.printf("    %s\n", c)
			}
		}
	}
	if len(list) > violationsMax {
		p.printf("  … and %d more in violations.csv\n", len(list)-violationsMax)
	}
}

func (p *report) foot() {
	r := p.res
	for _, w := range r.Warnings[min(len(r.Scenario.Warnings), len(r.Warnings)):] { // those of the file were told before
		p.printf("warning: %s\n", w)
	}
	p.printf("%s events in %.1f s: %s events/s, %.3g virtual seconds per second; peak memory %s\n", si(float64(r.Events)),
		r.Performance.WallS, si(r.Performance.EventsPerS), r.Performance.VirtualWall, memory(r.Performance.PeakMemory))
	p.printf("digest %s\n", r.Digest)
	p.printf("results in %s", r.Dir)
	if i := slices.IndexFunc(r.Plots, func(s string) bool { return filepath.Ext(s) == ".png" }); i >= 0 {
		p.printf(", pictures in %s", filepath.Join(r.Dir, filepath.Dir(r.Plots[i])))
	}
	p.printf("\n")
}

func memory(v uint64) string {
	if v >= 1<<30 {
		return fmt.Sprintf("%.2f GiB", float64(v)/(1<<30))
	}
	return fmt.Sprintf("%.0f MiB", float64(v)/(1<<20))
}

func value(v float64, unit string) string {
	if math.IsNaN(v) {
		return "-"
	}
	if unit == "" || unit == "1" || unit == "count" {
		return fmt.Sprintf("%.6g", v)
	}
	return fmt.Sprintf("%.6g %s", v, unit)
}

// Colours. All have the same length, so that columns stay aligned.
const (
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	plain  = "\x1b[39m"
)

func (p *report) paint(colour, s string) string {
	if !p.colour {
		return s
	}
	return colour + s + "\x1b[39m"
}
