package validate

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"strconv"
)

// csvHeader names the columns of table.csv.
var csvHeader = []string{
	"topic", "row", "what", "unit", "reference", "reference_high", "rule", "source", "certainty", "ours", "low", "high", "n", "note", "verdict", "figure",
}

// CSV writes all rows, the interval at 95 %; what is not known is empty.
func (r *Report) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(csvHeader); err != nil {
		return err
	}
	for i := range r.Outcomes {
		for k := range r.Outcomes[i].Results {
			res := &r.Outcomes[i].Results[k]
			high := ""
			if res.RefHigh > res.Ref {
				high = decimal(res.RefHigh)
			}
			ours, low, top, n, note := "", "", "", "", ""
			if v := res.Value; v != nil {
				ours, low, top, n, note = decimal(v.Estimate), decimal(v.Low), decimal(v.High), strconv.Itoa(v.N), v.Note
			}
			if err := out.Write([]string{
				string(res.Topic), res.ID, res.What, res.Unit, decimal(res.Ref), high, res.Judge.words(), res.Source, string(res.Certainty),
				ours, low, top, n, note, string(res.Verdict), res.Figure,
			}); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// decimal prints what the interval supports and no more: six digits.
func decimal(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}

// rowJSON is one row of --json and validate.json. Keys are stable; new ones may be added.
type rowJSON struct {
	Topic     string   `json:"topic"`
	Row       string   `json:"row"`
	What      string   `json:"what"`
	Unit      string   `json:"unit"`
	Reference *float64 `json:"reference"` // null: none, or the experiment did not get there
	High      *float64 `json:"reference_high,omitempty"`
	Rule      string   `json:"rule"`
	Source    string   `json:"source"`
	Certainty string   `json:"certainty"`
	Ours      *float64 `json:"ours"`
	Low       *float64 `json:"low"`
	Upper     *float64 `json:"high"`
	Note      string   `json:"note,omitempty"`
	Verdict   string   `json:"verdict"`
	Figure    string   `json:"figure,omitempty"`
}

type reportJSON struct {
	Quick       bool      `json:"quick"`
	RunDir      string    `json:"run_dir"`
	Rows        []rowJSON `json:"rows"`
	Pass        int       `json:"pass"`
	Fail        int       `json:"fail"`
	Interrupted bool      `json:"interrupted"`
	Exit        int       `json:"exit"`
}

// JSON writes one object.
func (r *Report) JSON(w io.Writer, dir string, exit int) error {
	out := reportJSON{Quick: r.Quick, RunDir: dir, Rows: []rowJSON{}, Pass: r.Count(Pass), Fail: r.Count(Fail), Interrupted: r.Interrupted, Exit: exit}
	for i := range r.Outcomes {
		for k := range r.Outcomes[i].Results {
			res := &r.Outcomes[i].Results[k]
			row := rowJSON{
				Topic: string(res.Topic), Row: res.ID, What: res.What, Unit: res.Unit, Reference: finite(res.Ref), Rule: res.Judge.words(),
				Source: res.Source, Certainty: string(res.Certainty), Verdict: string(res.Verdict), Figure: res.Figure,
			}
			if res.RefHigh > res.Ref {
				row.High = finite(res.RefHigh)
			}
			if v := res.Value; v != nil {
				row.Ours, row.Low, row.Upper, row.Note = finite(v.Estimate), finite(v.Low), finite(v.High), v.Note
			}
			out.Rows = append(out.Rows, row)
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
