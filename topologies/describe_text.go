package topologies

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// WriteText prints d as an aligned table for a person.
func (d *Description) WriteText(w io.Writer) error {
	var b strings.Builder
	b.WriteString(d.Name)
	if d.Title != "" {
		b.WriteString(": " + d.Title)
	}
	b.WriteString("\n")
	if d.Source != "" {
		b.WriteString("source: " + d.Source + "\n")
	}
	b.WriteString("\n")
	d.counts(&b)
	d.table(&b)
	d.shares(&b)
	for _, warning := range d.Warnings {
		b.WriteString("! " + warning + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (d *Description) counts(b *strings.Builder) {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "rows\t%d\n", d.Rows)
	fmt.Fprintf(t, "missing cells\t%d\t(%d pairs in neither direction; %d of the cells were 0)\n", d.MissingCells, d.MissingPairs, d.ZeroCells)
	fmt.Fprintf(t, "diagonal cells without a value\t%d\n", d.DiagonalZero)
	if d.Snapshots > 0 {
		fmt.Fprintf(t, "snapshots\t%d\n", d.Snapshots)
	}
	_ = t.Flush()
	b.WriteString("\n")
}

func (d *Description) table(b *strings.Builder) {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "RTT in ms\tcount\tmin\t1 %\t25 %\t50 %\t75 %\t90 %\t99 %\tmax\t")
	line := func(name string, q Quantiles) {
		if q.Count == 0 {
			fmt.Fprintf(t, "%s\t0%s\t\n", name, strings.Repeat("\t–", 8))
			return
		}
		fmt.Fprintf(t, "%s\t%d", name, q.Count)
		for _, v := range []float64{q.Min, q.P1, q.P25, q.P50, q.P75, q.P90, q.P99, q.Max} {
			fmt.Fprintf(t, "\t%s", figure(v))
		}
		fmt.Fprintln(t, "\t")
	}
	line("between", d.RTT)
	line("inside", d.Intra)
	line("|there − back|", d.Asymmetry)
	_ = t.Flush()
	b.WriteString("\n")
}

func (d *Description) shares(b *strings.Builder) {
	if d.Triangles.Count == 0 {
		return
	}
	of := ""
	if d.Triangles.Rows < d.Rows {
		of = fmt.Sprintf(" (of %d rows)", d.Triangles.Rows)
	}
	fmt.Fprintf(b, "triangle inequality%s: broken in %.2f %% of triangles; %.1f %% of pairs have a faster relay, %.1f %% one twice as fast\n",
		of, 100*d.Triangles.Violated, 100*d.Triangles.Pairs, 100*d.Triangles.PairsTwice)
}
