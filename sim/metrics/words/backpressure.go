package words

import "hypersim/core/job"

// Statistics under pressure: what managers keep, and how workers and gates are slowed down.
const backpressure family = 150

// Words of labels.
var (
	// Records are what becomes of a record at a manager, in the order of statbuf.Outcome.
	Records = []string{"dropped", "stored", "stored_critical", "folded_early"}

	// Passes are what a gate does with word of a job under pressure, in the order of pressure.Pass.
	Passes = []string{"passed", "held", "dropped"}

	// Pressures are the levels.
	Pressures = pressures()

	ofRecord = with(ofNode, "outcome")
	ofLevel  = with(ofNode, "level")

	_ = label("level", Fixed, Pressures...)
	_ = label("pass", Fixed, Passes...)
)

// The metrics. The observer is the node whose buffer or level it is.
var (
	StatsRecords = backpressure.metric(Def{
		Name: "stats_records", Unit: "count", Fold: FoldEvents, Labels: ofRecord, Type: "outcome", Words: map[string][]string{"outcome": Records}, Counted: true,
		Doc: "records that managers were given for their statistics, by what became of each: stored, stored although critical ones alone were, stored in the place of the oldest, or dropped; counted once a sample",
	})

	StatsFill = backpressure.metric(Def{
		Name: "stats_fill", Unit: "fraction", Labels: ofNode,
		Doc: "records in the first tier of a manager's statistics, over how many there may be, each time that it lets go of old ones",
	})

	BackpressureLevel = backpressure.metric(Def{
		Name: "backpressure_level", Unit: "0-3", Fold: FoldState, Labels: []string{"node", "role", "dc"}, States: Pressures,
		Doc: "level of a manager's statistics, and that which a worker or a gate (of a datacenter) goes by: NONE, THROTTLE, BATCH, REJECT; a time series of changes",
	})

	LevelShare = backpressure.metric(Def{
		Name: "level_share", Unit: "fraction", Labels: ofLevel, Type: "level", Apart: []string{"level"},
		Doc: "share of the measured time that a manager's statistics, or a worker, spent at a level; one value of each at the end of the run",
	})

	LevelReached = backpressure.metric(Def{
		Name: "level_reached", Unit: "s", Labels: ofLevel, Type: "level", Apart: []string{"level"},
		Doc: "time of each entry into a level from below; of a gate, for each datacenter; with since: from then on",
	})

	LevelCleared = backpressure.metric(Def{
		Name: "level_cleared", Unit: "s", Better: Lower, Labels: ofNode,
		Doc: "time of each return to NONE, or the end of the run where there was none; with since: from then on",
	})

	LevelPeriod = backpressure.metric(Def{
		Name: "level_period", Unit: "s", Labels: ofLevel, Type: "level", Apart: []string{"level"},
		Doc: "from one entry into a level from below to the next, by the same node",
	})

	LevelChanges = backpressure.metric(Def{
		Name: "level_changes", Unit: "1/min", Better: Lower, Labels: ofNode,
		Doc: "changes of a node's level in the minute that ends with each of them",
	})

	FlushInterval = backpressure.metric(Def{
		Name: "flush_interval", Unit: "s", Labels: ofLevel, Type: "level", Apart: []string{"level"},
		Doc: "from one flush of a worker to the next, by the level of the next; with combine = destination from one to the same manager",
	})

	StatsUpdates = backpressure.metric(Def{
		Name: "stats_updates", Unit: "count", Fold: FoldEvents, Labels: ofEither, Counted: true,
		Doc: "messages of progress and statistics that reached a manager, the subject, batches as one; counted once a sample",
	})

	StatsStaleness = backpressure.metric(Def{
		Name: "stats_staleness", Unit: "s", Better: Lower, Labels: with(ofPair, "job"),
		Doc: "of a job that runs in a datacenter: age of the newest record that its manager, the subject, had kept when it last told the gate that leads the job; once a sample",
	})

	StatsGap = backpressure.metric(Def{
		Name: "stats_gap", Unit: "s", Better: Lower, Labels: with(ofNode, "job"),
		Doc: "longest time between two records of a workflow that its manager kept, its end included; one value for each workflow that had one",
	})

	StatsForwards = backpressure.metric(Def{
		Name: "stats_forwards", Unit: "count", Fold: FoldEvents, Labels: with(ofNode, "pass", "dc"), Type: "pass", Counted: true,
		Doc: "what gates did with word of jobs from datacenters under pressure: passed on at once, held until the newest goes on, dropped",
	})
)

func pressures() []string {
	list := make([]string, job.NumPressures)
	for l := range list {
		list[l] = job.Pressure(l).String()
	}
	return list
}
