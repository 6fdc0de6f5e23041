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

// Text returns the table, grouped by topic.
func (r *Report) Text(opt TextOptions) string {
	header := [7]string{"row", "reference", "", "source", "ours", "95 % interval", "verdict"}
	var b strings.Builder
	var topic Topic
	for i := 0; i < len(r.Outcomes); {
		topic = r.Outcomes[i].Topic
		rows := [][7]string{header}
		var verdicts []Verdict
		var about []string // a heading of an experiment before row k
		for ; i < len(r.Outcomes) && r.Outcomes[i].Topic == topic; i++ {
			o, first := &r.Outcomes[i], true
			for k := range o.Results {
				res := &o.Results[k]
				if opt.Failed && res.Verdict != Fail && res.Verdict != Missing && res.Verdict != Unclear {
					continue
				}
				title := ""
				if first {
					title, first = o.Title, false
				}
				rows, verdicts, about = append(rows, res.cells()), append(verdicts, res.Verdict), append(about, title)
			}
		}
		if len(verdicts) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n", topic)
		var wide [7]int
		for _, cells := range rows {
			for k, c := range cells {
				wide[k] = max(wide[k], utf8.RuneCountInString(c))
			}
		}
		for n, cells := range rows {
			if n > 0 && about[n-1] != "" {
				fmt.Fprintf(&b, "  · %s\n", about[n-1])
			}
			line := "  "
			for k, c := range cells {
				padded := c + strings.Repeat(" ", wide[k]-utf8.RuneCountInString(c)+2)
				if k == 6 {
					if padded = c; n > 0 && opt.Paint != nil {
						padded = opt.Paint(verdicts[n-1], c)
					}
				}
				line += padded
			}
			b.WriteString(strings.TrimRight(line, " ") + "\n")
		}
	}
	return b.String()
}

// cells of one line of the table.
func (r *Result) cells() [7]string {
	out := [7]string{"  " + r.ID + ": " + r.What, r.reference(), string(r.Certainty), r.Source, "–", "", string(r.Verdict)}
	if r.Value == nil {
		return out
	}
	out[4] = quantity(r.Value.Estimate, r.Unit)
	switch {
	case r.Value.Known():
		out[5] = fmt.Sprintf("%.4g … %.4g", r.Value.Low, r.Value.High)
		if r.Value.Note != "" {
			out[5] += " (" + r.Value.Note + ")"
		}
	case r.Value.Note != "":
		out[5] = "(" + r.Value.Note + ")"
	}
	return out
}

// reference is the reference with its rule, as printed.
func (r *Result) reference() string {
	switch {
	case r.Ref != r.Ref:
		return "–"
	case r.RefHigh > r.Ref:
		return fmt.Sprintf("%.4g … %s, %s", r.Ref, quantity(r.RefHigh, r.Unit), r.Judge.words())
	}
	text := quantity(r.Ref, r.Unit)
	if rule := r.Judge.rule; rule == atMost || rule == atLeast {
		return r.Judge.words() + " " + text
	}
	return text + ", " + r.Judge.words()
}

func quantity(x float64, unit string) string {
	if unit == "" {
		return fmt.Sprintf("%.4g", x)
	}
	return fmt.Sprintf("%.4g %s", x, unit)
}

// Summary is one line about the whole.
func (r *Report) Summary() string {
	text := fmt.Sprintf("%d rows: %d pass, %d fail, %d reported only", r.rows(), r.Count(Pass), r.Count(Fail), r.Count(NotJudged))
	if n := r.Count(Unclear); n > 0 {
		text += fmt.Sprintf(", %d cannot be judged by a quick run", n)
	}
	if n := r.Count(Missing); n > 0 {
		text += fmt.Sprintf(", %d missing", n)
	}
	return text
}

func (r *Report) rows() (n int) {
	for i := range r.Outcomes {
		n += len(r.Outcomes[i].Results)
	}
	return n
}
