package compare

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"
)

// CSV writes a row per cell and metric, for a spreadsheet or a notebook.
func (r *Result) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{
		"cell_a", "cell_b", "metric", "labels", "unit", "stat", "better_is", "runs_a", "runs_b", "value_a", "value_b",
		"difference", "low", "high", "relative", "relative_low", "relative_high", "effect", "effect_is", "p", "p_holm", "test",
		"tolerance", "verdict", "note",
	}}
	for i := range r.Cells {
		c := &r.Cells[i]
		for k := range c.Rows {
			x := &c.Rows[k]
			rows = append(rows, []string{
				c.A, c.B, x.Metric, x.Labels, x.Unit, x.Stat, string(x.Better), strconv.Itoa(x.RunsA), strconv.Itoa(x.RunsB), x.A.csv(), x.B.csv(),
				x.Difference.csv(), x.Low.csv(), x.High.csv(), x.Relative.csv(), x.RelLow.csv(), x.RelHigh.csv(), x.Effect.csv(), x.EffectIs,
				x.P.csv(), x.PHolm.csv(), x.Test, x.Tolerance.csv(), string(x.Verdict), x.Note,
			})
		}
	}
	return out.WriteAll(rows)
}

// csv writes nothing for NaN.
func (n Number) csv() string {
	if math.IsNaN(float64(n)) {
		return ""
	}
	return strconv.FormatFloat(float64(n), 'g', 9, 64)
}
