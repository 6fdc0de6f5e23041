package words

import "hypersim/core"

var _ = label("dc", FromSites)

// The link between gates and datacenters.
const reach family = 100

// The metrics.
var (
	DCReachabilityDelay = reach.metric(Def{
		Name: "dc_reachability_delay", Unit: "s", Labels: with(ofPair, "dc", "from", "to", "cause", "path", "fault"),
		Moves: reaches(), Apart: []string{"to"},
		Doc: "last start or end of a partition, flap or site outage (else of the run) to a gate's change in how it judges the datacenter `dc`",
	})

	DCReachability = reach.metric(Def{
		Name: "dc_reachability", Unit: "0-3", Fold: FoldState, Labels: []string{"observer", "dc"}, States: reaches(),
		Doc: "state in which a gate holds a datacenter: UNKNOWN, REACHABLE, SUSPECTED, UNREACHABLE; a time series of changes",
	})

	FalseUnreachable = reach.metric(Def{
		Name: "false_unreachable", Unit: "s", Fold: FoldEvents, Labels: with(ofNode, "dc"),
		Doc: "time that a gate holds a datacenter UNREACHABLE although it can talk to a live manager there, one observation per sample",
	})

	LinkError = reach.metric(Def{
		Name: "link_error", Unit: "relative", Labels: with(ofPair, "dc"), Event: "sample",
		Doc: "|predicted − true RTT| / true RTT of each gate to the leader that it knows of each datacenter; sampled every 5 s at most",
	})

	WrongOrder = reach.metric(Def{
		Name: "wrong_order", Unit: "fraction", Fold: FoldShare, Labels: ofNode, Event: "sample",
		Doc: "pairs of datacenters that the coordinates order wrongly at a gate, by the RTT to their leaders; sampled with link_error",
	})
)

func reaches() []string {
	list := make([]string, core.NumReaches)
	for r := range list {
		list[r] = core.Reach(r).String()
	}
	return list
}
