package topologies

import (
	"fmt"
	"math"
	"slices"

	"hypersim/core"
)

// Description is what a latency matrix looks like. Every time is a round trip in milliseconds; one-way
// delays are doubled first. Off the diagonal a zero counts as missing.
type Description struct {
	Name   string `json:"name"`
	Title  string `json:"title,omitempty"`
	Source string `json:"source,omitempty"`

	Rows         int `json:"rows"`
	MissingCells int `json:"missing_cells"`          // off-diagonal cells without a value
	MissingPairs int `json:"missing_pairs"`          // of these, pairs without one in either direction
	ZeroCells    int `json:"zero_cells"`             // missing because they were 0, not empty
	DiagonalZero int `json:"diagonal_without_value"` // diagonal cells that are empty or 0

	RTT       Quantiles `json:"rtt_ms"`       // off the diagonal
	Intra     Quantiles `json:"intra_rtt_ms"` // of the diagonal cells that have a value
	Asymmetry Quantiles `json:"asymmetry_ms"` // |ab − ba| of pairs with both values
	Triangles Triangles `json:"triangles"`    // violations of the triangle inequality
	Snapshots int       `json:"snapshots"`    // further matrices of a topology
	Warnings  []string  `json:"warnings"`     // what a person should look at
}

// Quantiles summarises Count values in ms, with linear interpolation between neighbours in rank (type 7 of
// Hyndman and Fan, the default of R and numpy). All are 0 when Count is 0.
type Quantiles struct {
	Count int     `json:"count"`
	Min   float64 `json:"min"`
	P1    float64 `json:"p1"`
	P25   float64 `json:"p25"`
	P50   float64 `json:"p50"`
	P75   float64 `json:"p75"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
	Max   float64 `json:"max"`
}

func quantiles(values []core.Duration) Quantiles {
	if len(values) == 0 {
		return Quantiles{}
	}
	slices.Sort(values)
	at := func(percent int) float64 {
		// In integers: position (n−1)·percent is in hundredths of a rank.
		position := (len(values) - 1) * percent
		i, part := position/100, core.Duration(position%100)
		if part == 0 {
			return ms(values[i])
		}
		return ms(values[i] + (values[i+1]-values[i])*part/100)
	}
	return Quantiles{
		Count: len(values), Min: ms(values[0]), P1: at(1), P25: at(25), P50: at(50), P75: at(75), P90: at(90), P99: at(99),
		Max: ms(values[len(values)-1]),
	}
}

func ms(d core.Duration) float64 { return float64(d) / 1e6 }

// Describe measures m. It costs O(n³) up to triangleRowsMax rows; above, triangles are those of an even
// choice of that many rows.
func Describe(m *Matrix) Description {
	d := Description{Name: m.Name, Title: m.Title, Source: m.Source, Rows: m.N, Warnings: []string{}}
	scale := core.Duration(1)
	if m.Kind == OneWay {
		scale = 2
	}
	var off, diagonal, asymmetry []core.Duration
	for a := range m.N {
		if v := m.At(a, a); v > 0 {
			diagonal = append(diagonal, scale*v)
		} else {
			d.DiagonalZero++
		}
		for b := range m.N {
			if a == b {
				continue
			}
			ab, known := m.known(a, b)
			ba, back := m.known(b, a)
			switch {
			case known:
				off = append(off, scale*ab)
			case m.At(a, b) == 0:
				d.ZeroCells++
				fallthrough
			default:
				d.MissingCells++
			}
			if a < b && known && back {
				asymmetry = append(asymmetry, scale*(max(ab, ba)-min(ab, ba)))
			}
			if a < b && !known && !back {
				d.MissingPairs++
			}
		}
	}
	d.RTT, d.Intra, d.Asymmetry = quantiles(off), quantiles(diagonal), quantiles(asymmetry)
	d.Triangles = triangles(m)
	d.Warnings = append(d.Warnings, m.Notes...)
	d.warn()
	return d
}

// Describe measures t's base delays; asymmetry is that of the one-way delays, doubled.
func (t *Topology) Describe() Description {
	d := Describe(t.Matrix())
	d.Snapshots = len(t.Snapshots)
	return d
}

// Matrix returns t's base as a matrix of one-way delays. It shares t's delays.
func (t *Topology) Matrix() *Matrix {
	m := &Matrix{Name: t.Name, Title: t.Title, Source: t.Source, N: t.N(), Unit: Milliseconds, Kind: OneWay, Cells: t.Base, Notes: t.Notes}
	for i := range m.N {
		m.Labels = append(m.Labels, t.RowName(i))
	}
	return m
}

func (d *Description) warn() {
	add := func(format string, args ...any) { d.Warnings = append(d.Warnings, fmt.Sprintf(format, args...)) }
	if d.Rows > 1 && d.RTT.Count == 0 {
		add("no value off the diagonal")
	}
	if d.RTT.Count > 0 {
		switch {
		case d.RTT.P50 < 1:
			add("median RTT %s ms: the unit looks like seconds read as ms, or ms read as us", figure(d.RTT.P50))
		case d.RTT.P50 > 5000:
			add("median RTT %s ms: the unit looks like us or ms read as something larger", figure(d.RTT.P50))
		}
		if d.RTT.Max > 10_000 {
			add("largest RTT %s ms: a measurement of more than 10 s is an outage, not a distance", figure(d.RTT.Max))
		}
	}
	if d.MissingPairs > 0 {
		add(`%d pairs have no value in either direction; only missing = "shortest-path" loads them`, d.MissingPairs)
	} else if d.MissingCells > 0 {
		add("%d cells are missing; each takes the other direction's value", d.MissingCells)
	}
	if d.ZeroCells > 0 {
		add("%d cells off the diagonal are 0 and count as missing", d.ZeroCells)
	}
	if d.RTT.P50 > 0 && d.Asymmetry.P50 > d.RTT.P50/4 {
		add("the two directions differ by %s ms at the median: noise, or one-way delays; symmetrize = \"mean\" may help", figure(d.Asymmetry.P50))
	}
	// PlanetLab, which coordinates fit well, has 1.6 %; Seattle, which they cannot fit, a third (spec 10 §15.3).
	if d.Triangles.PairsTwice > 0.1 {
		add("%.0f %% of pairs have a way through a third row that is twice as fast: coordinates cannot fit this", 100*d.Triangles.PairsTwice)
	}
}

// figure prints a time in ms with three significant digits at least.
func figure(v float64) string {
	if v == 0 {
		return "0"
	}
	digits := 2 - int(math.Floor(math.Log10(math.Abs(v))))
	return fmt.Sprintf("%.*f", min(max(digits, 0), 6), v)
}
