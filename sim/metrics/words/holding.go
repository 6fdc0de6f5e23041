package words

// Who holds the jobs of datacenters with several managers.
const holding family = 136

// The metrics.
var (
	HolderGap = holding.metric(Def{
		Name: "holder_gap", Unit: "s", Better: Lower, Labels: ofNode,
		Doc: "time in which nobody may decide about a job in a datacenter of several managers: from when its holder is gone, loses it or has no valid lease, to the lease of the next, who is the observer, or of the same again",
	})

	ClaimWon = holding.metric(Def{
		Name: "claim_won", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: ofNode, Counted: true,
		Doc: "one for every job that a manager took over from another, or from its own earlier life",
	})

	HolderLost = holding.metric(Def{
		Name: "holder_lost", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: ofNode, Counted: true,
		Doc: "one for every job that a manager held and another holds now, when it hears of that",
	})
)
