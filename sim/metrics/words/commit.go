package words

// How long changes of jobs take to be held by a majority.
const commit family = 137

// CommitLatency is how long a commit takes.
var CommitLatency = commit.metric(Def{
	Name: "commit_latency", Unit: "s", Better: Lower, Labels: ofNode,
	Doc: "one for every commit of a gate or manager about a job that it holds, in clusters of several: from the oldest change in it until a majority of the cluster, the observer included, has it; on the clock of the observer",
})
