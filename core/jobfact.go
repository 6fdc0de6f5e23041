package core

// JobFactKind says what a fact about a job reports. All that is known of a kind stands in its row of jobFacts below.
type JobFactKind uint8

// Facts about jobs. Job is always set where a job is meant; Epoch is the ge or de under which the node says it.
const (
	JobFactNone JobFactKind = iota
	JobFactState
	JobFactWorkflow
	JobFactPlaced
	JobFactIntent
	JobFactShard
	JobFactResult
	JobFactStale
	JobFactProgress
	JobFactWorker
	JobFactSubmit
	JobFactOutcome
	JobFactCancel
	JobFactTable
	JobFactVoter
	JobFactLeader
	JobFactRound
	JobFactLease
	JobFactSite
	JobFactTransfer
	JobFactOrphan
	JobFactAsked
	JobFactLate
	JobFactDeadline
	JobFactTimeout
	JobFactHolder
	JobFactRoute
	JobFactSiteClass
	JobFactCorrelation
	JobFactPartition
	JobFactEvicted
	JobFactLoad
	JobFactRefused
	JobFactAdmitted
	JobFactRecord
	JobFactBuffer
	JobFactSignal
	JobFactPressure
	JobFactFlush
	JobFactForward
	JobFactRouteMode
	JobFactCommit
	JobFactQueried
	JobFactSingle
	JobFactHealth
	JobFactNegotiated
	JobFactBarred
	JobFactBreaker
	JobFactAgain
	JobFactTrouble
	JobFactReaped
	JobFactSign
	JobFactResync

	NumJobFactKinds = 53
)

// Rooms that report facts about jobs, by the word in their rows.
const (
	FactsOfJobs      = "job"
	FactsOfWorkflows = "workflow"
	FactsOfDispatch  = "dispatch"
	FactsOfWorkers   = "worker"
	FactsOfClients   = "client"
	FactsOfCancels   = "cancel"
	FactsOfElections = "election"
	FactsOfLeases    = "lease"
	FactsOfTimeouts  = "timeout"
	FactsOfRoutes    = "route"
	FactsOfFlow      = "flow"
	FactsOfStats     = "stats"
	FactsOfPeers     = "peers"
)

// jobFactRow is all that is known of a kind of fact about jobs: from, to and code name the type of the word, a and b
// the number; "" is unused. Machines fill numbers (Put) and readers ask for them (Get) by these names.
type jobFactRow struct {
	name, room, doc      string
	from, to, code, a, b string
}

var jobFacts = [NumJobFactKinds]jobFactRow{
	JobFactNone: {name: "none"},
	// Completeness is that of a terminal state.
	JobFactState: {name: "job_state", room: FactsOfJobs, doc: "the node moved its record of the job", from: "job.State", to: "job.State", code: "job.Completeness"},
	// Workflow, Attempt; retries and dispatch attempts so far.
	JobFactWorkflow: {name: "workflow_state", room: FactsOfWorkflows, doc: "a workflow changed state at the leader", from: "workflow.State", to: "workflow.State", code: "job.ErrorKind", a: "retries", b: "dispatches"},
	// Workflow, Attempt, Shard, Token; vus: virtual users.
	JobFactPlaced: {name: "placed", room: FactsOfDispatch, doc: "the leader intends to run a shard on the node", a: "cores", b: "vus"},
	// As placed; Code of the worker's answer, To = 1 where none came.
	JobFactIntent: {name: "intent", room: FactsOfDispatch, doc: "that dispatch intent ended", code: "call.Code", to: "unanswered", a: "cores", b: "vus"},
	// Workflow, Attempt, Shard, Token.
	JobFactShard: {name: "shard_state", room: FactsOfWorkers, doc: "a worker's shard changed state", from: "job.ShardState", to: "job.ShardState", code: "job.ErrorKind", a: "cores", b: "vus"},
	// Workflow, Attempt, Shard, Token; Node is the worker.
	JobFactResult: {name: "result", room: FactsOfWorkflows, doc: "the leader accepted the result of a shard", to: "job.Ended"},
	// Token is the one refused, record the highest seen; Node sent it.
	JobFactStale: {name: "stale", room: FactsOfDispatch, doc: "a token below the record was refused", a: "record"},
	// Workflow; Node is the worker; items done.
	JobFactProgress: {name: "job_progress", room: FactsOfWorkflows, doc: "a workflow got on, for stuck detection", a: "items"},
	JobFactWorker:   {name: "worker_record", room: FactsOfDispatch, doc: "a manager changed its record of worker Node", to: "registry.WorkerState", a: "cores", b: "free_cores"},
	// To = 0 asked, 1 accepted, 2 given up; Node is whom it asked.
	JobFactSubmit: {name: "submit", room: FactsOfClients, doc: "a client hands the job to the cluster", to: "submission", code: "call.Code", a: "attempts", b: "redirects"},
	// To may be a local end; Node said it.
	JobFactOutcome: {name: "outcome", room: FactsOfClients, doc: "a client learnt how the job ended", to: "job.State", code: "job.Completeness"},
	// Workflow, if of one; workflows: how many it concerns.
	JobFactCancel: {name: "job_cancel", room: FactsOfCancels, doc: "a cancel of the job was accepted by the node", a: "workflows"},
	// To says which table; made: 1, freed: 0.
	JobFactTable: {name: "job_table", room: FactsOfJobs, doc: "a record of the job was made or freed by the node", to: "table", a: "made"},
	// standing: the term that it stands for, or stood for last.
	JobFactVoter: {name: "voter", room: FactsOfElections, doc: "the node changed its part in the election of its cluster", from: "election.Role", to: "election.Role", a: "term", b: "standing"},
	// Node is whom, NoNode: nobody; To is the own role.
	JobFactLeader: {name: "leader", room: FactsOfElections, doc: "the node follows another leader from now on", to: "election.Role", a: "term"},
	// From says whether it was a pre-vote (PRE_CANDIDATE) or a round (CANDIDATE), To = 1 that it was won; grants: the own one included.
	JobFactRound: {name: "round", room: FactsOfElections, doc: "a pre-vote or a round of votes ended at the node that began it", from: "election.Role", to: "won", a: "term", b: "grants"},
	// until: on its own clock.
	JobFactLease: {name: "lease", room: FactsOfElections, doc: "the leader of a cluster may act until then", a: "term", b: "until"},
	// fresh: managers of the datacenter that are registered and fresh.
	JobFactSite: {name: "datacenter_registration", room: FactsOfJobs, doc: "the registration of a datacenter changed state at a gate", from: "registry.SiteState", to: "registry.SiteState", a: "site", b: "fresh"},
	// Node leads it under Epoch; shards that the worker has of it, and the epoch that it has now.
	JobFactTransfer: {name: "transfer", room: FactsOfWorkers, doc: "a worker or client was told who leads the job from now on, and said that", code: "call.Code", a: "shards", b: "record"},
	// Workflow, Attempt, Shard and Token at a worker, none at a client. Node led it last; To = 0: led again, 1: by nobody, 2: for too long. ns.
	JobFactOrphan: {name: "orphan", room: FactsOfWorkers, doc: "a worker or client noticed that nobody leads a shard or job, or that somebody does again", to: "orphan", a: "silence", b: "orphaned"},
	// Job is 0: it is for all that Node leads at the worker; ns and how many grants are left.
	JobFactAsked: {name: "asked_more_time", room: FactsOfWorkers, doc: "a worker asked a manager for more time and heard what it said", code: "jobtimeout.Denial", a: "granted", b: "left"},
	// From is the end that the client made, To how it ended; Node said it.
	JobFactLate: {name: "late_outcome", room: FactsOfClients, doc: "a client that had given a job up learnt how it ended", from: "job.State", to: "job.State", code: "job.Completeness"},
	// effective: timeout and extensions that count; Node is the worker of an extension. At gates Epoch is the ge, else the de.
	JobFactDeadline: {name: "deadline", room: FactsOfTimeouts, doc: "how long the job may take, as far as the node knows, was set or extended", to: "jobtimeout.Event", a: "effective", b: "elapsed"},
	// From is what was detected locally; lateness: after the ideal deadline (0 where there is none). Node is the gate at a manager, the leader of the datacenter at a gate.
	JobFactTimeout: {name: "timeout", room: FactsOfTimeouts, doc: "something became of the job's time", from: "jobtimeout.Kind", to: "jobtimeout.Event", code: "jobtimeout.Rule", a: "since_progress", b: "lateness"},
	// part: accepted 1, won 2, lost 3, suspended 4, resumed 5; seq: of its entry.
	JobFactHolder: {name: "holder", room: FactsOfLeases, doc: "the part of the node in holding the job changed", a: "part", b: "seq"},
	// To = 1: the acceptance of the job. elapsed: ns since the oldest of the changes was made; seq: of the newest.
	JobFactCommit: {name: "commit", room: FactsOfLeases, doc: "a majority of the node's cluster holds what the node changed of a job", to: "accepted", a: "elapsed", b: "seq"},
	// Token is the digest of the record; To is the class of the choice, site −1 where there is none.
	JobFactRoute: {name: "route", room: FactsOfRoutes, doc: "a gate decided where a job goes", from: "routing.Trigger", to: "routing.Class", code: "routing.Reason", a: "decision", b: "site"},
	// Of datacenter site.
	JobFactSiteClass: {name: "dc_class", room: FactsOfRoutes, doc: "a gate changed its judgement of a datacenter", from: "routing.Class", to: "routing.Class", code: "routing.ClassReason", a: "site"},
	// Code: secondary signs; failing: confirmed and flapping datacenters, of known ones.
	JobFactCorrelation: {name: "correlation", room: FactsOfRoutes, doc: "a gate changed its mind about how far failures of datacenters are one event", from: "routing.Severity", to: "routing.Severity", code: "signs", a: "failing", b: "known"},
	JobFactRouteMode:   {name: "route_mode", room: FactsOfRoutes, doc: "a gate orders datacenters by another rule from now on", from: "routing.Mode", to: "routing.Mode"},
	// To = 1: it began, From = 1: it is over.
	JobFactPartition: {name: "partition", room: FactsOfRoutes, doc: "a gate takes datacenters for cut off together, or no longer", from: "healed", to: "began"},
	// To = 1: as many as it takes show it; showing: datacenters that do, of known ones.
	JobFactSign: {name: "correlation_sign", room: FactsOfRoutes, doc: "a gate sees a secondary sign that datacenters fail together, or no longer", from: "gone", to: "set", code: "routing.Sign", a: "showing", b: "known"},
	// Node, of datacenter site.
	JobFactEvicted: {name: "evicted", room: FactsOfRoutes, doc: "a gate gives no more work to a manager, or a manager to a worker, that is gone or stuck", code: "health.Label", a: "site"},
	// raw: what the event came to; mean: of the class that speaks, ns, 0 where none does.
	JobFactLoad: {name: "load", room: FactsOfFlow, doc: "a server calls itself otherwise than before", from: "core.Load", to: "core.Load", code: "overload.Part", a: "raw", b: "mean"},
	// Node asked, with a message of kind Epoch and number Token; From is the state; retry_after: ns; rated: 1 + the operation that counts for its rate, 0: none.
	JobFactRefused: {name: "refused", room: FactsOfFlow, doc: "a server sent a request away", from: "core.Load", to: "admission.Reason", code: "core.Class", a: "retry_after", b: "rated"},
	// As refused; To is the operation; rated: 1 if it counts for the rate of Node; in_flight: of its class, itself included.
	JobFactAdmitted: {name: "admitted", room: FactsOfFlow, doc: "a server that is loaded, or asked by a client, took a request in", from: "core.Load", to: "admission.Operation", code: "core.Class", a: "rated", b: "in_flight"},
	// Job and Workflow, if of a shard; Node sent it; Shard is 1 where it is critical. From and To are the levels before and after; Code is what became of it.
	JobFactRecord: {name: "stats_record", room: FactsOfStats, doc: "a manager was given a record for its statistics", from: "job.Pressure", to: "job.Pressure", code: "statbuf.Outcome", a: "hot", b: "capacity"},
	JobFactBuffer: {name: "stats_buffer", room: FactsOfStats, doc: "a manager let go of what was too old in its statistics", from: "job.Pressure", to: "job.Pressure", a: "hot", b: "capacity"},
	// Node is the manager, From and To its levels; Epoch is its, and so is the number.
	JobFactSignal: {name: "pressure_signal", room: FactsOfStats, doc: "the node took in a signal of a manager that is under another pressure than before", from: "job.Pressure", to: "job.Pressure", a: "seq", b: "delay"},
	// At a worker of all managers that it listens to, site −1; at a gate of datacenter site. delay: asked for, ns.
	JobFactPressure: {name: "pressure", room: FactsOfStats, doc: "the level that a worker or gate goes by changed", from: "job.Pressure", to: "job.Pressure", a: "site", b: "delay"},
	// From is the level, To what it consists of; messages that went out, and snapshots that were kept back. Node: to whom, NoNode: to all.
	JobFactFlush: {name: "flush", room: FactsOfStats, doc: "a worker sent what it has to tell of shards", from: "job.Pressure", to: "pressure.What", a: "messages", b: "withheld"},
	// Of datacenter site, at From.
	JobFactForward: {name: "forward", room: FactsOfStats, doc: "a gate passed news of a job on, held it, or dropped it", from: "job.Pressure", to: "pressure.Pass", a: "site"},
	// Node was asked, with a message of kind Epoch; To = 1: it did not answer; ns.
	JobFactQueried: {name: "queried", room: FactsOfFlow, doc: "a client learnt what became of a query that is about no job", to: "unanswered", code: "call.Code", a: "took"},
	// Workflow, Attempt: the requests that it took; Node said it last; To = cancel.NumSingleStatuses: nobody answered. ns.
	JobFactSingle: {name: "single_cancel", room: FactsOfCancels, doc: "a client learnt what became of its request to cancel one workflow", to: "cancel.SingleStatus", code: "call.Code", a: "took"},
	// Code says why, in a word.
	JobFactHealth: {name: "node_health", room: FactsOfDispatch, doc: "a manager changed its mind about what worker Node may get", from: "health.Decision", to: "health.Decision", code: "health.Label"},
	// Node is the peer, Epoch its process; To = 1: they can talk. version: 256 × major + minor; features: a bit each, of what both can.
	JobFactNegotiated: {name: "negotiated", room: FactsOfPeers, doc: "the node knows with which version and which features it talks to a process", to: "compatible", a: "version", b: "features"},
	// Node sent a message of kind Epoch and number Token.
	JobFactBarred: {name: "barred", room: FactsOfPeers, doc: "a message of somebody who may not send it was dropped", to: "registry.Bar", code: "core.Class"},
	// Node is the peer; of the quorum of gates nobody.
	// dead: ns since the node held it gone.
	JobFactReaped:  {name: "reaped", room: FactsOfPeers, doc: "the node forgot what it kept of peer Node, which had been gone for long", a: "dead"},
	JobFactBreaker: {name: "breaker", room: FactsOfPeers, doc: "calls to a peer are stopped, tried, or made again", from: "health.Phase", to: "health.Phase"},
	// Node said it; To = 1: it did not answer. altered: 1 where the job was another one under the same id; ns.
	JobFactAgain: {name: "handed_in_again", room: FactsOfClients, doc: "a client learnt what became of a job that it had handed in again", to: "unanswered", code: "call.Code", a: "took", b: "altered"},
	// Of datacenter site.
	JobFactTrouble: {name: "dc_trouble", room: FactsOfRoutes, doc: "where a datacenter stands with the correlation of failures changed at a gate", from: "routing.Trouble", to: "routing.Trouble", a: "site"},
	// To = 1: because its time was over. read, ready: the other members, by id, a bit each: of those that answered, and that were ready then.
	JobFactResync: {name: "resync", room: FactsOfLeases, doc: "a member of a cluster that began without memory acts as a member from now on", to: "limit", a: "read", b: "ready"},
}

func (k JobFactKind) String() string {
	if int(k) < len(jobFacts) {
		return jobFacts[k].name
	}
	return "unknown"
}

// Room returns who reports facts of this kind, one of FactsOf…
func (k JobFactKind) Room() string { return jobFacts[k].room }

// Doc says in one line what a fact of this kind reports.
func (k JobFactKind) Doc() string { return jobFacts[k].doc }

// JobFact is one thing that a node reports about a job. These facts are a stream of their own, so that the readers of
// membership never loop over them (spec 01 no. 9). It is a plain value without pointers.
type JobFact struct {
	Kind     JobFactKind
	From, To uint8 // states, of the type that the kind names
	Code     uint8
	Attempt  uint16
	Shard    uint16
	Epoch    uint32
	Node     NodeID
	Job      uint64
	Workflow uint64
	Token    uint64
	A, B     int64
}

// Get returns the number that the row of f's kind calls so. It panics if there is none: a reader that asks for it means
// another kind.
func (f *JobFact) Get(name string) int64 {
	switch r := &jobFacts[f.Kind]; name {
	case r.a:
		return f.A
	case r.b:
		return f.B
	}
	panic("core: a fact " + f.Kind.String() + " has no field " + name)
}

// Put fills the number that the row of f's kind calls so, and returns f for the next. It panics if there is none.
func (f *JobFact) Put(name string, v int64) *JobFact {
	switch r := &jobFacts[f.Kind]; name {
	case r.a:
		f.A = v
	case r.b:
		f.B = v
	default:
		panic("core: a fact " + f.Kind.String() + " has no field " + name)
	}
	return f
}

// EachField calls visit with the name and value of every general field that f's kind uses; of words it gives the number.
func (f *JobFact) EachField(visit func(name string, v int64)) {
	r := &jobFacts[f.Kind]
	if r.code != "" {
		visit("code", int64(f.Code))
	}
	if r.a != "" {
		visit(r.a, f.A)
	}
	if r.b != "" {
		visit(r.b, f.B)
	}
}

// Unnamed returns the general field that f fills and its kind does not know, "" if there is none.
func (f *JobFact) Unnamed() string {
	r := &jobFacts[f.Kind]
	switch {
	case r.a == "" && f.A != 0:
		return "A"
	case r.b == "" && f.B != 0:
		return "B"
	case r.code == "" && f.Code != 0:
		return "Code"
	case r.from == "" && f.From != 0:
		return "From"
	case r.to == "" && f.To != 0:
		return "To"
	}
	return ""
}

// Words returns the types of the words From, To and Code of facts of this kind, such as job.State; "" is unused, and a name
// without a room stands for a number that the kind's own comment explains.
func (k JobFactKind) Words() (from, to, code string) {
	r := &jobFacts[k]
	return r.from, r.to, r.code
}

// Numbers returns what A and B of facts of this kind are called, "" where they are unused.
func (k JobFactKind) Numbers() (a, b string) { return jobFacts[k].a, jobFacts[k].b }
