package validate

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"hypersim/cmd/internal/runner"
)

// TableName is the file that every folder of the suite has, beside table.txt, validate.json, performance.json and plots/.
const TableName = "table.csv"

// Folder is what the suite writes.
var Folder = runner.Kind{Words: "folder of validate", Mark: TableName}

// Count returns how many rows have a verdict.
func (r *Report) Count(v Verdict) (n int) {
	for res := range r.results {
		if res.Verdict == v {
			n++
		}
	}
	return n
}

// results of all experiments, in order.
func (r *Report) results(yield func(*Result, *Outcome) bool) {
	for i := range r.Outcomes {
		for k := range r.Outcomes[i].Results {
			if !yield(&r.Outcomes[i].Results[k], &r.Outcomes[i]) {
				return
			}
		}
	}
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
	n         string   // of runs, in the CSV
}

// plain is what is told of a row to other programs.
func (r *Result) plain(o *Outcome) rowJSON {
	row := rowJSON{
		Topic: string(o.Topic), Row: r.ID, What: r.What, Unit: r.Unit, Reference: finite(r.Ref), Rule: r.Judge.words(),
		Source: r.Source, Certainty: string(r.Certainty), Verdict: string(r.Verdict), Figure: r.Figure,
	}
	if r.RefHigh > r.Ref {
		row.High = finite(r.RefHigh)
	}
	if v := r.Value; v != nil {
		row.Ours, row.Low, row.Upper, row.Note, row.n = finite(v.Estimate), finite(v.Low), finite(v.High), v.Note, strconv.Itoa(v.N)
	}
	return row
}

// csvHeader names the columns of table.csv.
var csvHeader = []string{
	"topic", "row", "what", "unit", "reference", "reference_high", "rule", "source", "certainty", "ours", "low", "high", "n", "note", "verdict", "figure",
}

// CSV writes all rows, the interval at 95 %; what is not known is empty.
func (r *Report) CSV(w io.Writer) error {
	table := [][]string{csvHeader}
	for res, o := range r.results {
		x := res.plain(o)
		table = append(table, []string{
			x.Topic, x.Row, x.What, x.Unit, decimal(x.Reference), decimal(x.High), x.Rule, x.Source, x.Certainty,
			decimal(x.Ours), decimal(x.Low), decimal(x.Upper), x.n, x.Note, x.Verdict, x.Figure,
		})
	}
	return csv.NewWriter(w).WriteAll(table)
}

// decimal prints what the interval supports and no more: six digits.
func decimal(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'g', 6, 64)
}

// finite is nil for what JSON has no number for.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
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
	for res, o := range r.results {
		out.Rows = append(out.Rows, res.plain(o))
	}
	return indented(w, out)
}

func indented(w io.Writer, x any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(x)
}

// Draw writes the figures into dir/plots and notes their names in the rows. At most one figure belongs to an
// experiment, and all rows of it name that one.
func (r *Report) Draw(dir string, svg bool) error {
	for i := range r.Outcomes {
		o := &r.Outcomes[i]
		if o.Figure == nil {
			continue
		}
		o.Figure.Name = o.ID
		names, err := o.Figure.Draw(filepath.Join(dir, "plots"), svg)
		if err != nil {
			return err
		}
		for k := range o.Results {
			o.Results[k].Figure = "plots/" + names[0]
		}
	}
	return nil
}

type performanceJSON struct {
	WallS       float64            `json:"wall_s"`
	Experiments []experimentTiming `json:"experiments"`
}

type experimentTiming struct {
	ID    string  `json:"id"`
	WallS float64 `json:"wall_s"` // with waiting for workers
	WorkS float64 `json:"work_s"` // of its runs, added up
}

// Write writes the tables into dir. All but performance.json is the same for any number of workers.
func (r *Report) Write(dir string, exit int) error {
	times := performanceJSON{WallS: r.Wall.Seconds()}
	for i := range r.Outcomes {
		o := &r.Outcomes[i]
		times.Experiments = append(times.Experiments, experimentTiming{o.ID, o.Wall.Seconds(), o.Work.Seconds()})
	}
	for _, f := range []struct {
		name string
		fill func(w io.Writer) error
	}{
		{"table.txt", func(w io.Writer) error {
			_, err := io.WriteString(w, r.Text(TextOptions{})+"\n"+r.Summary()+"\n")
			return err
		}},
		{"validate.json", func(w io.Writer) error { return r.JSON(w, "", exit) }},
		{"performance.json", func(w io.Writer) error { return indented(w, times) }},
		{TableName, r.CSV},
	} {
		var b bytes.Buffer
		if err := f.fill(&b); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, f.name), b.Bytes(), 0o666); err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	return nil
}
