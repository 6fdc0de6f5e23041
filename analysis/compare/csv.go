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
		"cell_a", "cell_b", "metric", "labels", "unit", "stat", "better_is", "primary", "runs_a", "runs_b", "value_a", "value_b",
		"events_a", "events_b", "censored_a", "censored_b", "restricted_to_s",
		"difference", "low", "high", "relative", "relative_low", "relative_high", "effect", "effect_is", "p", "p_adjusted", "test",
		"tolerance", "smallest_effect", "precision", "runs_for_precision", "verdict", "note",
	}}
	for i := range r.Cells {
		c := &r.Cells[i]
		for k := range c.Rows {
			x := &c.Rows[k]
			rows = append(rows, []string{
				c.A, c.B, x.Metric, x.Labels, x.Unit, x.Stat, string(x.Better), strconv.FormatBool(x.Primary), strconv.Itoa(x.RunsA), strconv.Itoa(x.RunsB), x.A.csv(), x.B.csv(),
				count(x.EventsA), count(x.EventsB), strconv.Itoa(x.CensoredA), strconv.Itoa(x.CensoredB), x.Until.csv(),
				x.Difference.csv(), x.Low.csv(), x.High.csv(), x.Relative.csv(), x.RelLow.csv(), x.RelHigh.csv(), x.Effect.csv(), x.EffectIs,
				x.P.csv(), x.Adjusted.csv(), x.Test, x.Tolerance.csv(), x.Smallest.csv(), x.Precision.csv(), strconv.Itoa(x.Needed), string(x.Verdict), x.Note,
			})
		}
	}
	return out.WriteAll(rows)
}

// count writes nothing where there is nothing to count.
func count(n *uint64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatUint(*n, 10)
}

// csv writes nothing for NaN.
func (n Number) csv() string {
	if math.IsNaN(float64(n)) {
		return ""
	}
	return strconv.FormatFloat(float64(n), 'g', 9, 64)
}
