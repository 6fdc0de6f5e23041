package words

// Who leads the clusters of voters: all gates, and the managers of each datacenter.
const leadership family = 130

// The metrics.
var (
	LeaderGap = leadership.metric(Def{
		Name: "leader_gap", Unit: "s", Better: Lower, Labels: ofNode,
		Doc: "time in which nobody may act as leader of a cluster that had one: from its crash, its stepping down or the end of its lease to the first lease of the next leader, who is the observer, or to the end of the run",
	})

	DualLeader = leadership.metric(Def{
		Name: "dual_leader", Unit: "s", Better: Lower, Labels: ofNode,
		Doc: "time in which two nodes may act as leader of one cluster: how long their leases overlap, once for every cluster that had a leader; it must be 0",
	})

	LeaderChanges = leadership.metric(Def{
		Name: "leader_changes", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: ofNode, Counted: true,
		Doc: "one for every leader that follows another, or itself after a gap",
	})

	ElectionRounds = leadership.metric(Def{
		Name: "election_rounds", Unit: "count", Better: Lower, Labels: ofNode,
		Doc: "rounds of votes that it took a cluster to elect the observer, pre-votes not counted; 1: the first was won",
	})
)
