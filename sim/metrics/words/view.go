package words

// Edges are the words of the label edge: what began the time that is measured.
var (
	Edges = []string{"run", "start", "end"}
	_     = label("edge", Fixed, Edges...)
)

// Views against the truth.
const view family = 40

// The metrics.
var (
	Rejoin = view.metric(Def{
		Name: "rejoin", Unit: "s", Better: Lower, Labels: []string{"fault"},
		Doc: "end of a partition, flap or site outage until no live member's view disagrees with the truth",
	})

	ViewError = view.metric(Def{
		Name: "view_error", Unit: "fraction", Fold: FoldShare, Better: Lower, Labels: with(ofRole, "group"),
		Event: "sample",
		Doc:   "pairs whose view disagrees with the truth, of the pairs where either says up; sampled",
	})

	Convergence = view.metric(Def{
		Name: "convergence", Unit: "s", Better: Lower, Labels: []string{"fault", "edge"}, Type: "edge",
		Apart: []string{"edge"},
		Doc:   "start of the run, or start or end of a fault, to the moment from which the view error stays 0 until the next of them",
	})
)
