package compare

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"hypersim/analysis"
)

// TextOptions says what the text shows.
type TextOptions struct {
	All   bool                                // every row; otherwise what differs, and the key metrics
	Paint func(v Verdict, word string) string // colours a verdict's word; nil: none
}

// wide is the widest line of a table.
const wide = 100

// Text writes the comparison for a person, tables at most 100 columns wide.
func (r *Result) Text(opt TextOptions) []byte {
	var out bytes.Buffer
	r.A.head(&out, "A")
	r.B.head(&out, "B")
	for _, w := range r.Warnings {
		fmt.Fprintf(&out, "warning: %s\n", w)
	}
	for _, list := range []struct {
		side  string
		names []string
	}{{"A", r.OnlyA}, {"B", r.OnlyB}} {
		if len(list.names) > 0 {
			fmt.Fprintf(&out, "only in %s: %s\n", list.side, some(list.names))
		}
	}
	hidden := 0
	for i := range r.Cells {
		hidden += r.cell(&out, &r.Cells[i], &opt)
	}
	r.foot(&out, hidden)
	return out.Bytes()
}

func (s *Side) head(out *bytes.Buffer, name string) {
	fmt.Fprintf(out, "%s  %s: %s, ", name, s.Dir, s.Scenario)
	switch {
	case s.IsRun:
		fmt.Fprintf(out, "one run, seed %d\n", s.Seeds[0])
	case len(s.cells) == 1:
		fmt.Fprintf(out, "1 cell, seeds %s\n", analysis.SeedRanges(s.Seeds))
	default:
		fmt.Fprintf(out, "%d cells, seeds %s\n", len(s.cells), analysis.SeedRanges(s.Seeds))
	}
}

// cell writes one table and returns how many rows it left out.
func (r *Result) cell(out *bytes.Buffer, c *CellResult, opt *TextOptions) (hidden int) {
	fmt.Fprintf(out, "\n%s\n", strings.Join(fold(r.title(c), wide), "\n  "))
	for _, x := range []struct {
		side string
		args []string
	}{{"A", c.ArgsA}, {"B", c.ArgsB}} {
		if len(x.args) > 0 {
			fmt.Fprintf(out, "%s\n", strings.Join(fold(fmt.Sprintf("%s: %s", x.side, strings.Join(x.args, " ")), wide), "\n  "))
		}
	}
	if c.ViolationsA+c.ViolationsB > 0 {
		fmt.Fprintf(out, "broken invariants: %d in A, %d in B\n", c.ViolationsA, c.ViolationsB)
	}
	if r.whole(c) {
		fmt.Fprintf(out, "the runs of A and B are the same: equal digests\n")
		return len(c.Rows)
	}
	line := func(cells ...string) {
		fmt.Fprintf(out, "%s %s %s %s %s %s %s\n", left(cells[0], 16), left(cells[1], 27), right(cells[2], 8), right(cells[3], 8),
			right(cells[4], 9), right(cells[5], 20), right(cells[6], 6))
	}
	if r.A.IsRun {
		line = func(cells ...string) {
			fmt.Fprintf(out, "%s %s %s %s %s\n", left(cells[0], 16), left(cells[1], 50), right(cells[2], 10), right(cells[3], 10), right(cells[4], 10))
		}
	}
	head := false
	for k := range c.Rows {
		row := &c.Rows[k]
		if !opt.All && !row.shown(r.A.IsRun) {
			hidden++
			continue
		}
		if !head {
			head = true
			line("verdict", "metric", "A", "B", "B − A", "B/A − 1, 95 % of it", "p")
		}
		verdict := string(row.Verdict)
		if opt.Paint != nil {
			verdict = opt.Paint(row.Verdict, verdict)
		}
		diff, relative := row.difference()
		name := strings.TrimSpace(row.Metric + " " + strings.ReplaceAll(row.Labels, ";", " "))
		if !row.Primary {
			name = "*" + name
		}
		line(verdict, name, amount(float64(row.A), row.Unit), amount(float64(row.B), row.Unit),
			diff, relative, pText(float64(row.Adjusted)))
		if !r.A.IsRun {
			for _, part := range fold(row.remarks(opt.All), wide-17) {
				fmt.Fprintf(out, "%s%s\n", strings.Repeat(" ", 17), part)
			}
		}
	}
	return hidden
}

func (r *Result) whole(c *CellResult) bool {
	return c.Identical > 0 && c.Identical == c.RunsA && c.Identical == c.RunsB
}

func (r *Result) title(c *CellResult) string {
	name := c.Cell
	if len(c.ArgsA)+len(c.ArgsB) == 0 && c.A != c.B {
		name = c.A + " → " + c.B
	}
	switch {
	case r.A.IsRun && r.whole(c):
		return "one run on each side, of the same seed"
	case r.A.IsRun && c.Paired:
		return "one run on each side, of the same seed, with different digests"
	case r.A.IsRun:
		return "one run on each side, of different seeds"
	case c.Paired && c.Unpaired > 0:
		return fmt.Sprintf("%s: %d pairs of the same seed; %d runs without a partner are left out", name, (c.RunsA+c.RunsB-c.Unpaired)/2, c.Unpaired)
	case c.Paired:
		return fmt.Sprintf("%s: %d pairs of the same seed", name, c.RunsA)
	}
	return fmt.Sprintf("%s: %d runs against %d, different seeds", name, c.RunsA, c.RunsB)
}

// shown reports whether a row is worth a line when not all are asked for.
func (row *Row) shown(run bool) bool {
	switch row.Verdict {
	case Better, Worse, Differs:
		return true
	case TooFew:
		return run || row.Key
	case NoDifference, Equivalent, Identical, NotJudged:
	}
	return row.Key && !run
}

// difference writes the difference in the metric's unit, and relative to A with its interval; where A is 0 the
// interval is that of the difference.
func (row *Row) difference() (diff, relative string) {
	if math.IsNaN(float64(row.Difference)) {
		return "", ""
	}
	if diff = amountIn(9, float64(row.Difference), row.Unit); row.Difference > 0 {
		diff = "+" + amount(float64(row.Difference), row.Unit)
	}
	d, lo, hi := float64(row.Relative), float64(row.RelLow), float64(row.RelHigh)
	switch {
	case math.IsNaN(d) && math.IsNaN(float64(row.Low)):
		return diff, ""
	case math.IsNaN(d):
		return diff, "[" + signed(float64(row.Low)) + ", " + signed(float64(row.High)) + "]"
	case math.IsNaN(lo) || math.IsNaN(hi):
		return diff, percent(d) + " %"
	case max(d, hi) >= factorFrom:
		return diff, factor(d) + " [" + factor(lo) + ", " + factor(hi) + "]"
	}
	return diff, percent(d) + " % [" + percent(lo) + ", " + percent(hi) + "]"
}

// remarks are the note of a row, and what so many runs could have shown where they show nothing.
func (row *Row) remarks(all bool) string {
	text := row.Note
	if row.Verdict != NoDifference && row.Verdict != TooFew && !all || math.IsNaN(float64(row.Smallest)) {
		return text
	}
	if text != "" {
		text += "; "
	}
	text += "so many runs can show ±" + row.share(row.Smallest)
	if row.Needed > 0 {
		text += fmt.Sprintf("; ±%s takes %d", row.share(row.Precision), row.Needed)
	}
	return text
}

// share writes an amount relative to A, or where A is 0 in the metric's unit.
func (row *Row) share(v Number) string {
	if row.A > 0 {
		return fmt.Sprintf("%.2g\u00a0%%", 100*float64(v/row.A))
	}
	return amount(float64(v), row.Unit)
}

// factorFrom is the relative difference from which on a factor reads better than per cent.
const factorFrom = 9

func factor(v float64) string { return fmt.Sprintf("×%.3g", 1+v) }

func signed(v float64) string {
	if v == 0 {
		return "0"
	}
	return fmt.Sprintf("%+.3g", v)
}

func percent(v float64) string {
	switch a := math.Abs(v); {
	case v == 0:
		return "0"
	case a < 0.0995:
		return fmt.Sprintf("%+.1f", 100*v)
	}
	return fmt.Sprintf("%+.0f", 100*v)
}

func (r *Result) foot(out *bytes.Buffer, hidden int) {
	n := r.Counts
	fmt.Fprintln(out)
	if r.A.IsRun {
		if hidden > 0 {
			fmt.Fprintf(out, "%s not shown, which are equal or empty: --all\n", rows(hidden))
		}
		if n.TooFew > 0 {
			fmt.Fprintf(out, "%s %s: one run on each side proves nothing, chance alone moves what differs.\nSweep both over 20 seeds or more and compare the sweeps.\n", rows(n.TooFew), TooFew)
		}
		return
	}
	if hidden > 0 {
		fmt.Fprintf(out, "%d more rows: --all\n", hidden)
	}
	fmt.Fprintf(out, "%s\n", strings.Join(fold(r.family(), wide), "\n"))
	parts := []string{
		fmt.Sprintf("%d worse", n.Worse), fmt.Sprintf("%d better", n.Better), fmt.Sprintf("%d differ", n.Differs),
		fmt.Sprintf("%d equivalent within tolerance", n.Equivalent), fmt.Sprintf("%d no difference shown", n.NoDifference),
	}
	if n.Identical > 0 {
		parts = append(parts, fmt.Sprintf("%d identical", n.Identical))
	}
	if n.NotJudged > 0 {
		parts = append(parts, fmt.Sprintf("%d not judged", n.NotJudged))
	}
	fmt.Fprintf(out, "%s\n", strings.Join(fold(strings.Join(parts, ", "), wide), "\n"))
	switch {
	case n.TooFew > 0 && r.Needs > 0:
		fmt.Fprintf(out, "%d %s: n >= %d seeds needed\n", n.TooFew, TooFew, r.Needs)
	case n.TooFew > 0:
		fmt.Fprintf(out, "%d %s: too few of the runs have it\n", n.TooFew, TooFew)
	}
}

func rows(n int) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}

// family says what p is adjusted for.
func (r *Result) family() string {
	if len(r.Primary) == 0 {
		return fmt.Sprintf("p adjusted for %d rows that depend on each other (max-T)", r.Tests)
	}
	return fmt.Sprintf("%s decide: p adjusted for their %d rows (max-T); the other %d, marked *, are adjusted among themselves and do not change the exit status",
		strings.Join(r.Primary, ", "), r.Tests, r.Secondary)
}

// amount writes a value with its unit in eight columns.
func amount(v float64, unit string) string { return amountIn(8, v, unit) }

func amountIn(width int, v float64, unit string) string {
	if math.IsNaN(v) {
		return "-"
	}
	suffix := map[string]string{"s": " s", "ms": "ms", perNodeHour: "/h", "1/s per node": "/s", "B/s per node": "B/s", "B": " B"}[unit]
	s := fmt.Sprintf("%.3g", v)
	if a := math.Abs(v); a >= 1000 && a < 1e7 {
		s = fmt.Sprintf("%.0f", v)
	}
	if unit == "B/s per node" && math.Abs(v) >= 1e5 {
		s, suffix = fmt.Sprintf("%.4g", v/1e3), "kB/s"
	}
	if columns(s+suffix) > width {
		s = fmt.Sprintf("%.1g", v)
	}
	return s + suffix
}

func pText(v float64) string {
	switch {
	case math.IsNaN(v):
		return ""
	case v < 0.001:
		return "<0.001"
	}
	return fmt.Sprintf("%.3f", v)
}

// left and right pad to a number of columns; longer texts end in "…".
func left(s string, n int) string {
	s = cut(s, n)
	return s + strings.Repeat(" ", max(0, n-columns(s)))
}

func right(s string, n int) string {
	s = cut(s, n)
	return strings.Repeat(" ", max(0, n-columns(s))) + s
}

func cut(s string, n int) string {
	if columns(s) <= n {
		return s
	}
	runes := []rune(s)
	return string(runes[:n-1]) + "…"
}

// columns counts characters, without colours.
func columns(s string) int {
	n := utf8.RuneCountInString(s)
	for rest := s; ; {
		_, after, ok := strings.Cut(rest, "\x1b[")
		if !ok {
			return n
		}
		code, _, _ := strings.Cut(after, "m")
		n -= 3 + len(code)
		rest = after
	}
}

func fold(s string, room int) []string {
	if s == "" {
		return nil
	}
	var lines []string
	for word := range strings.SplitSeq(s, " ") { // a no-break space keeps numbers and their units together
		if n := len(lines); n > 0 && columns(lines[n-1])+1+columns(word) <= room {
			lines[n-1] += " " + word
			continue
		}
		lines = append(lines, word)
	}
	return lines
}
