package account

import (
	"hypersim/core"
	"hypersim/sim/fault"
	"hypersim/sim/metrics"
)

// oneWay is the detail of a cut that stops what the first side sends, and nothing else.
const oneWay = "one way"

// truth is what is really the matter with those whom an event hits, while it does; of what only disturbs, and of what
// changes nothing, there is none.
func (e *event) truth() metrics.Truth {
	switch e.row.Effect {
	case fault.Separates:
		return metrics.TruthUnreachable
	case fault.Crashes:
		if e.row.Cuts && e.sides() > 1 {
			return metrics.TruthUnreachable
		}
		return metrics.TruthCrashed
	case fault.Restarts:
		return metrics.TruthRestarted
	case fault.Pauses:
		return metrics.TruthPaused
	case fault.Leaves:
		return metrics.TruthLeaving
	case fault.Nothing, fault.Disturbs:
	}
	return metrics.TruthNone
}

// goesOn reports whether the run ended before the event did.
func (e *event) goesOn() bool { return e.end == core.Never && e.row.Course.Ends() }

// forGood reports whether nothing undid it, and its kind has a word for that.
func (e *event) forGood() bool { return e.end == core.Never && e.row.Good != "" }
