package bench

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

func number(v *float64) string {
	if v == nil {
		return "-"
	}
	return strconv.FormatFloat(*v, 'g', 5, 64)
}

// Text writes what differs as a table, and what to look at. Paint, if there is one, colours the word of a verdict.
func (r *Report) Text(w io.Writer, paint func(v Verdict, word string) string) error {
	var s strings.Builder
	r.table(&s)
	moved := 0
	for i := range r.Rows {
		x := &r.Rows[i]
		switch {
		case x.Verdict == Moved && x.Value == "digest":
			moved++
		case x.Verdict.Fails():
			word := string(x.Verdict)
			if paint != nil {
				word = paint(x.Verdict, word)
			}
			fmt.Fprintf(&s, "\n%s  %s, %s%s: %s\n", word, x.Bench, x.Value, x.seeds(), x.Why)
			if x.Repeat != "" {
				fmt.Fprintf(&s, "  %s\n", x.Repeat)
			}
		}
	}
	if i := slices.IndexFunc(r.Rows, untimed); i >= 0 {
		fmt.Fprintf(&s, "\n%s\n", r.Rows[i].Why)
	}
	if moved > 0 {
		fmt.Fprintf(&s, "\n%d of the scenarios run otherwise than they did; hypersim bench --update, if that is meant\n", moved)
	}
	fmt.Fprintf(&s, "\n%s\n", r.Summary())
	_, err := io.WriteString(w, s.String())
	return err
}

// untimed reports whether x is a speed that was compared with nothing.
func untimed(x Row) bool { return x.Verdict == New && x.Value == timeOfEvent }

// table writes the rows that are not the same, and those of speed.
func (r *Report) table(s *strings.Builder) {
	t := tabwriter.NewWriter(s, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "verdict\tbench\tvalue\twas\tis\tchange\tunit") // a Builder takes everything
	for i := range r.Rows {
		if x := &r.Rows[i]; x.Verdict != Same || strings.HasPrefix(x.Bench, "speed-") {
			_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", x.Verdict, x.Bench, x.Value, number(x.Was), number(x.Is), x.change(), x.Unit)
		}
	}
	_ = t.Flush()
}

// Summary is the report in a line.
func (r *Report) Summary() string {
	count := map[Verdict]int{}
	for i := range r.Rows {
		count[r.Rows[i].Verdict]++
	}
	var parts []string
	for _, v := range []Verdict{Same, Better, Faster, Unclear, New, Broken, Worse, Slower, Moved, Other, Gone} {
		if n := count[v]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	if len(parts) == 0 {
		return "nothing was compared"
	}
	return strings.Join(parts, ", ")
}

func (x *Row) change() string {
	if x.Low == nil || x.High == nil {
		if x.Was != nil && x.Is != nil && *x.Was != 0 {
			return fmt.Sprintf("%+.1f %%", 100*(*x.Is / *x.Was - 1))
		}
		return ""
	}
	return fmt.Sprintf("%+.3g [%+.3g, %+.3g]", x.Change.Estimate, *x.Low, *x.High)
}

func (x *Row) seeds() string {
	if len(x.Seeds) == 0 {
		return ""
	}
	var list []string
	for _, s := range x.Seeds {
		list = append(list, strconv.FormatUint(s, 10))
	}
	return ", seeds " + strings.Join(list, " ")
}

// values says what a row was and is, and how sure that is; "" of one that has no values.
func (x *Row) values() string {
	if x.Was == nil || x.Is == nil {
		return ""
	}
	out := fmt.Sprintf("%s → %s %s", number(x.Was), number(x.Is), x.Unit)
	if c := x.change(); c != "" {
		out += " (" + c + ")"
	}
	return strings.ReplaceAll(out, "  ", " ")
}

// told is what a row that fails says in one line: what it was and is, and why that fails.
func (x *Row) told() string {
	if v := x.values(); v != "" {
		return v + ": " + x.Why
	}
	return x.Why
}

// JSON writes the report as one object.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// Markdown writes the report for a page of CI: what failed first, the table folded.
func (r *Report) Markdown(w io.Writer) error {
	var s strings.Builder
	fmt.Fprintf(&s, "### hypersim bench: %s\n\n", r.Summary())
	for i := range r.Rows {
		if x := &r.Rows[i]; x.Verdict.Fails() {
			fmt.Fprintf(&s, "- **%s** %s, %s%s: %s", x.Verdict, x.Bench, x.Value, x.seeds(), x.told())
			if x.Repeat != "" {
				fmt.Fprintf(&s, " (`%s`)", x.Repeat)
			}
			s.WriteByte('\n')
		}
	}
	if i := slices.IndexFunc(r.Rows, untimed); i >= 0 {
		fmt.Fprintf(&s, "\n%s\n", r.Rows[i].Why)
	}
	s.WriteString("\n<details><summary>all values</summary>\n\n| verdict | bench | value | was | is | change | unit |\n|---|---|---|---|---|---|---|\n")
	for i := range r.Rows {
		x := &r.Rows[i]
		fmt.Fprintf(&s, "| %s | %s | %s | %s | %s | %s | %s |\n", x.Verdict, x.Bench, x.Value, number(x.Was), number(x.Is), x.change(), x.Unit)
	}
	s.WriteString("\n</details>\n")
	_, err := io.WriteString(w, s.String())
	return err
}

type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitFailure `xml:"failure"`
}

type junitFailure struct {
	Kind    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes the report as JUnit XML: a suite for each bench, a case for each of its rows.
func (r *Report) JUnit(w io.Writer) error {
	var all junitSuites
	for i := range r.Rows {
		x := &r.Rows[i]
		if n := len(all.Suites); n == 0 || all.Suites[n-1].Name != x.Bench {
			all.Suites = append(all.Suites, junitSuite{Name: x.Bench})
		}
		s := &all.Suites[len(all.Suites)-1]
		c := junitCase{Class: x.Bench, Name: x.Value}
		if s.Tests++; x.Verdict.Fails() {
			s.Failures++
			c.Failure = &junitFailure{
				Kind: string(x.Verdict), Message: x.told(),
				Text: fmt.Sprintf("was %s, is %s %s%s\n%s", number(x.Was), number(x.Is), x.Unit, x.seeds(), x.Repeat),
			}
		}
		s.Cases = append(s.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(&all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
