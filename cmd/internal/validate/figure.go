package validate

import (
	"slices"

	"hypersim/analysis/plot"
)

// theory is y = f(x) as a reference.
func theory(label string, colour int, xs []float64, f func(x float64) float64) plot.Curve {
	return plot.Curve{Label: label, Kind: plot.Reference, Colour: colour, X: xs, Y: mapped(xs, f)}
}

// grid is lo, lo + step … up to hi, widening is lo, lo·by … below hi.
func grid(lo, hi, step float64) (xs []float64) {
	for x := lo; x <= hi; x += step {
		xs = append(xs, x)
	}
	return xs
}

func widening(lo, hi, by float64) (xs []float64) {
	for x := lo; x < hi; x *= by {
		xs = append(xs, x)
	}
	return xs
}

// dot adds a point to a curve.
func dot(c *plot.Curve, x, y float64) { c.X, c.Y = append(c.X, x), append(c.Y, y) }

// inPercent is an axis of shares of all members, or of all events, in percent.
func inPercent(label string) plot.Axis { return plot.Axis{Label: label, Percent: true, High: 1.02} }

// inPeriods is a curve of a model or of runs, whose points lie curveStep periods apart, up to x = until: a period is so many
// units of x.
func inPeriods(c plot.Curve, unit, until float64) plot.Curve {
	for i := range c.Y {
		x := float64(i) * curveStep * unit
		if x > until {
			c.Y = c.Y[:i]
			if c.Low != nil {
				c.Low, c.High = c.Low[:i], c.High[:i]
			}
			break
		}
		c.X = append(c.X, x)
	}
	return c
}

// banded gives c the mean of curves and the range of nine in ten of them, point by point.
func banded(c plot.Curve, curves [][]float64) plot.Curve {
	column := make([]float64, len(curves))
	for i := range curves[0] {
		for k := range curves {
			column[k] = curves[k][i]
		}
		slices.Sort(column)
		c.Y = append(c.Y, mean(column))
		c.Low, c.High = append(c.Low, quantile(column, 0.05)), append(c.High, quantile(column, 0.95))
	}
	return c
}
