package words

// Stages are the words of the label state.
var (
	Stages = []string{"SUSPECTED", "DEAD_JOB"}
	_      = label("state", Fixed, Stages...)
	_      = label("scope", FromScopes)
)

// What the job layer says of members that it waits for.
const scope family = 110

// The metrics.
var (
	JobSuspicion = scope.metric(Def{
		Name: "job_suspicion", Unit: "s", Labels: with(ofPair, "scope", "state", "cause", "path"), Param: "scope",
		Type: "state", Apart: []string{"state"}, RoleIsPeer: true,
		Doc: "last progress that the observer handled, or the first shard, to its `state` (SUSPECTED or DEAD_JOB) of the subject for the scope; that of a job is its workload",
	})

	JobSuspicionEnd = scope.metric(Def{
		Name: "job_suspicion_end", Unit: "s", Labels: with(ofPair, "scope", "state", "cause", "path"), Param: "scope",
		Type: "state", Apart: []string{"state"}, RoleIsPeer: true,
		Doc: "age of a job suspicion (state SUSPECTED) or DEAD_JOB mark that was taken back; cause: refuted, removed (the scope ended) or gossip (the subject is gone)",
	})
)
