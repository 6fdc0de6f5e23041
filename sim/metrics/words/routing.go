package words

// Where gates send jobs. Of a decision the observer is the gate, and the subject a manager of the datacenter.
const routes family = 140

// RouteRules are why a decision kept or changed the choice of a job (spec 30 §4.8).
var RouteRules = []string{
	"initial_selection", "partition_reset", "exclusion_forced", "bucket_drop_forced", "bucket_upgrade_forced", "retained_best", "cooldown_penalty",
	"degradation_forced", "hold_down_retained", "improvement_threshold_met", "improvement_insufficient", "voluntary_off", "no_candidate",
}

var _ = label("decision", Fixed, "first", "last")

// ofRoute are the labels of a decision.
var ofRoute = with(ofPair, label("route_rule", Fixed, RouteRules...))

// The metrics.
var (
	RoutingRegret = routes.metric(Def{
		Name: "routing_regret", Unit: "ratio", Better: Lower, Labels: ofRoute, Event: "decision",
		Doc: "true round trip to the datacenter that was chosen, over the least one of those that could have been (the primary class of the decision); both are at least 10 ms, below which nearer is not better",
	})

	RoutingLate = routes.metric(Def{
		Name: "routing_late", Unit: "ratio", Better: Lower, Labels: ofRoute, Event: "decision",
		Doc: "time until the job begins in the datacenter that was chosen, over the time in the one where it begins soonest: the true round trip, at least 10 ms, and the wait for cores by those that are truly free and the work that truly waits (the mean shard of the run so far, cores as a fluid). 1 is what an oracle has; decisions for a datacenter that takes no job are left out",
	})

	RoutingFloor = routes.metric(Def{
		Name: "routing_floor", Unit: "ratio", Better: Lower, Labels: ofRoute, Event: "decision",
		Doc: "routing_regret that an oracle would have had in place of the gate, who sends the job where it truly begins soonest: above 1 where the nearest datacenter is full, below where one that the gate took for full is not. The subject is the oracle's datacenter",
	})

	RoutingRTT = routes.metric(Def{
		Name: "routing_rtt", Unit: "ms", Better: Lower, Labels: ofRoute, Event: "decision",
		Doc: "true round trip from the gate to the datacenter that was chosen",
	})

	RoutingChance = routes.metric(Def{
		Name: "routing_vs_random", Unit: "ratio", Better: Lower, Labels: ofRoute, Event: "decision",
		Doc: "true round trip to the datacenter that was chosen, over the mean of those that could have been: what choosing by lot would have given",
	})

	RoutingShare = routes.metric(Def{
		Name: "routing_share", Unit: "fraction", Labels: ofRoute, Event: "decision and datacenter",
		Doc: "1 for the datacenter that was chosen first, 0 for each other one that the gate knows; the mean is the share of decisions",
	})

	Failover = routes.metric(Def{
		Name: "failover", Unit: "s", Better: Lower, Labels: with(ofNode, "dc", "decision"), Type: "decision", Apart: []string{"decision"}, Counted: true,
		Doc: "a datacenter fails for a gate (no manager of it that runs can be reached) to the gate's first decision that avoids it, and to the last one that does not; of gates that chose it before; 0 s: none did not",
	})

	BootstrapExit = routes.metric(Def{
		Name: "bootstrap_exit", Unit: "s", Better: Lower, Labels: ofNode,
		Doc: "start of a gate's process to when it first trusts its distances (spec 30 §4.7), within a tick",
	})

	RoutingSwitches = routes.metric(Def{
		Name: "routing_switches", Unit: "fraction", Better: Lower, Labels: ofRoute, Event: "decision",
		Doc: "1 for a decision that gives a job another first choice than it had, 0 for any other; the mean is switches per decision",
	})
)
