package words

// When jobs end because they take too long.
const timeouts family = 140

// TimeoutRules are why a job was ended for its time: how long it ran, or that nothing got on, at a manager that decides by
// itself; what a gate decides by; and a manager that hears of no gate any more.
var TimeoutRules = []string{"overall", "stuck", "all_stuck", "majority", "gate_unreachable"}

var (
	_ = label("rule", Fixed, TimeoutRules...)

	ofTimeout = with(ofJob, "rule", "observer_role", "observer_site")
)

// The metrics.
var (
	TimeoutLateness = timeouts.metric(Def{
		Name: "timeout_lateness", Unit: "s", Better: Lower, Labels: ofTimeout, Type: "rule", Apart: []string{"rule"},
		Doc: "the ideal deadline of a job to the decision that it is over, by whoever decides: a gate, or a manager that has none or hears of none; the deadline is start + timeout + the extensions known there, the last progress + the time after which it counts as stuck, or the local detection + the time after which a manager decides without its gate",
	})

	TimeoutWrong = timeouts.metric(Def{
		Name: "timeout_wrong", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: ofTimeout, Type: "rule", Counted: true,
		Doc: "decisions that a job takes too long although each of its shards that runs would end more than 1 s before the ideal deadline",
	})

	TimeoutMissed = timeouts.metric(Def{
		Name: "timeout_missed", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: with(ofJob, "observer_role", "observer_site"), Counted: true,
		Doc: "jobs that nobody has ended 61 s after their time was up, at a gate, or where there is none at a manager, that led them all the while, could decide and ran",
	})
)
