package plot

import (
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot/plotter"

	"hypersim/analysis"
)

var truthStyles = []struct {
	word, label string
	color       color.NRGBA
	dash        int
}{
	{"crashed", "crashed: right", blue, 0},
	{"unreachable", "alive, cut off", orange, 1},
	{"paused", "alive, paused", purple, 4},
	{"leaving", "leaving", grey, 2},
	{"restarted", "restarted", sky, 3},
	{"live", "alive and reachable:\nfalse", vermilion, 0},
}

// marks shows when members were suspected and declared dead, and what was really the matter with them.
func marks(run *analysis.Run) *figure {
	if len(run.Tables.Detections) == 0 {
		return nil
	}
	f := overTime(run, "suspicions", "Suspicions and deaths declared, and what was really the matter")
	f.note = "markings by all live observers per interval of time; colour: what was true of the marked member at that moment"
	for _, to := range []struct{ state, title string }{{"SUSPECT", "Marked SUSPECT"}, {"DEAD", "Marked DEAD"}} {
		p := markPanel(run, to.state, to.title)
		if len(p.layers) == 0 { // an empty panel would show less than these words
			f.note += "; nobody was " + strings.ToLower(to.title[:1]) + to.title[1:]
			continue
		}
		f.panels = append(f.panels, p)
	}
	if len(f.panels) == 0 {
		return nil
	}
	return f
}

func markPanel(run *analysis.Run, state, title string) *panel {
	width := nice(max(run.Duration.Seconds(), 1) / 200)
	p := newPanel(runTime(run), axis{label: "per " + number(width, width) + " s (log of 1 + n)", kind: counts})
	p.title = title
	bins := int(math.Ceil(run.Duration.Seconds()/width)) + 1
	for _, s := range truthStyles {
		n, any := make([]float64, bins), 0.0
		for i := range run.Tables.Detections {
			if r := &run.Tables.Detections[i]; r.To == state && r.Truth == s.word {
				k := min(int(r.At.Seconds()/width), bins-1)
				n[k]++
				any++
			}
		}
		if any == 0 {
			continue
		}
		xy := make(plotter.XYs, bins)
		for i := range xy {
			xy[i] = plotter.XY{X: float64(i) * width, Y: n[i]}
		}
		hideZeros(xy)
		p.line(s.label+" ("+number(any, 1)+")", stroke(s.color, s.dash), true, xy)
	}
	return p
}
