package validate

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// TextOptions say how the table is printed.
type TextOptions struct {
	Failed bool                                // rows that failed, are missing or cannot be judged only
	Paint  func(v Verdict, word string) string // colours verdicts; nil: none
}

// line of the table. One that begins an experiment stands under its title.
type line struct {
	title   string
	cells   [7]string
	verdict Verdict
}

// Text returns the table, grouped by topic.
func (r *Report) Text(opt TextOptions) string {
	var b strings.Builder
	for i := 0; i < len(r.Outcomes); {
		topic := r.Outcomes[i].Topic
		lines := []line{{cells: [7]string{"row", "reference", "", "source", "ours", "95 % interval", "verdict"}}}
		for ; i < len(r.Outcomes) && r.Outcomes[i].Topic == topic; i++ {
			o := &r.Outcomes[i]
			title := o.Title
			for k := range o.Results {
				res := &o.Results[k]
				if opt.Failed && res.Verdict != Fail && res.Verdict != Missing && res.Verdict != Unclear {
					continue
				}
				lines = append(lines, line{title, res.cells(), res.Verdict})
				title = ""
			}
		}
		if len(lines) > 1 {
			fmt.Fprintf(&b, "\n%s\n", topic)
			align(&b, lines, opt.Paint)
		}
	}
	return b.String()
}

// align prints lines in columns.
func align(b *strings.Builder, lines []line, paint func(v Verdict, word string) string) {
	var wide [7]int
	for i := range lines {
		for k, c := range lines[i].cells {
			wide[k] = max(wide[k], utf8.RuneCountInString(c))
		}
	}
	for i := range lines {
		l := &lines[i]
		if l.title != "" {
			fmt.Fprintf(b, "  · %s\n", l.title)
		}
		text := "  "
		for k, c := range l.cells[:6] {
			text += c + strings.Repeat(" ", wide[k]-utf8.RuneCountInString(c)+2)
		}
		last := l.cells[6]
		if paint != nil && l.verdict != "" {
			last = paint(l.verdict, last)
		}
		b.WriteString(strings.TrimRight(text+last, " ") + "\n")
	}
}

// cells of one line of the table.
func (r *Result) cells() [7]string {
	out := [7]string{"  " + r.ID + ": " + r.What, r.reference(), string(r.Certainty), r.Source, "–", "", string(r.Verdict)}
	if r.Value == nil {
		return out
	}
	out[4] = quantity(r.Value.Estimate, r.Unit)
	if r.Value.Known() {
		out[5] = fmt.Sprintf("%.4g … %.4g ", r.Value.Low, r.Value.High)
	}
	if r.Value.Note != "" {
		out[5] += "(" + r.Value.Note + ")"
	}
	out[5] = strings.TrimRight(out[5], " ")
	return out
}

// reference is the reference with its rule, as printed.
func (r *Result) reference() string {
	switch {
	case r.Ref != r.Ref:
		return "–"
	case r.RefHigh > r.Ref:
		return fmt.Sprintf("%.4g … %s, %s", r.Ref, quantity(r.RefHigh, r.Unit), r.Judge.words())
	case r.Judge.rule != nil && r.Judge.rule.first:
		return r.Judge.words() + " " + quantity(r.Ref, r.Unit)
	}
	return quantity(r.Ref, r.Unit) + ", " + r.Judge.words()
}

func quantity(x float64, unit string) string {
	return strings.TrimRight(fmt.Sprintf("%.4g %s", x, unit), " ")
}

// Summary is one line about the whole.
func (r *Report) Summary() string {
	rows := 0
	for range r.results {
		rows++
	}
	text := fmt.Sprintf("%d rows: %d pass, %d fail, %d reported only", rows, r.Count(Pass), r.Count(Fail), r.Count(NotJudged))
	if n := r.Count(Unclear); n > 0 {
		text += fmt.Sprintf(", %d cannot be judged by a quick run", n)
	}
	if n := r.Count(Missing); n > 0 {
		text += fmt.Sprintf(", %d missing", n)
	}
	return text
}
