package words

// When jobs end because they take too long.
const timeouts family = 140

// TimeoutRules are why a job was ended for its time: how long it ran, or that nothing got on, at a manager that decides by
// itself; what a gate decides by; and a manager that hears of no gate any more.
var TimeoutRules = []string{"overall", "stuck", "all_stuck", "majority", "gate_unreachable"}

var (
	_ = label("rule", Fixed, TimeoutRules...)

	ofTimeout = with(ofJob, "rule", "role", "site")
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
		Name: "timeout_missed", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: with(ofJob, "role", "site"), Counted: true,
		Doc: "jobs that nobody has ended 61 s after their time was up, at a gate, or where there is none at a manager, that led them all the while, could decide and ran",
	})

	TimeoutFallbacks = timeouts.metric(Def{
		Name: "timeout_fallbacks", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: with(ofJob, "role", "site"), Counted: true,
		Doc: "decisions of managers that heard of no gate for too long: one for each datacenter that ended its part of a job by itself",
	})

	TimeoutSpread = timeouts.metric(Def{
		Name: "timeout_spread", Unit: "s", Better: Lower, Labels: ofJob,
		Doc: "of a job that was ended for its time in several datacenters: the first of them to the last one that applied it",
	})

	ExtensionGranted = timeouts.metric(Def{
		Name: "extension_granted", Unit: "s", Labels: ofNode,
		Doc: "more time that a worker was granted when it asked; the worker is the observer; a repeat of an answer is counted once more",
	})

	ExtensionInflation = timeouts.metric(Def{
		Name: "extension_inflation", Unit: "s", Better: Lower, Labels: ofJob,
		Doc: "how much later than by its timeout alone a job would be ended, as whoever counts its time knew last; jobs whose workers were granted nothing give no value",
	})
)
