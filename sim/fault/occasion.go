package fault

import (
	"slices"
	"strings"

	"hypersim/core"
)

// Occasion is something that happens in a run and that a fault may wait for (spec 40 §8.3, on). It has a node at which it
// happens and mostly a peer: who is at the other end, or whom it is about.
type Occasion struct {
	Name, Doc string
	Of        Of
	Message   core.Kind        // of OnSent and OnReceived
	Fact      core.FactKind    // of OnFact
	JobFact   core.JobFactKind // of OnJobFact
	Alone     bool             // it has no peer
	Jobs      bool             // it comes only where jobs are handed in
	Jobless   bool             // and yet is of no single one
	Voters    bool             // it comes only where somebody is elected
	as        string           // another name for that of a message
}

// Of says what an event is read from, and so at which moment of a step a fault begins that waited for it.
type Of uint8

// What events are read from.
const (
	// OnSent: the node sent a message to its peer. The fault begins when the message has left.
	OnSent Of = iota
	// OnReceived: a message of its peer has its turn at the node. The fault begins before it is read.
	OnReceived
	// OnFact: the node found something out about a member, its peer. The fault begins before the node tells anybody: a
	// process that ends then takes its messages with it.
	OnFact
	// OnJobFact: the same of a job.
	OnJobFact
)

// What stands before the name of a type of message.
const (
	sentPrefix     = "sent:"
	receivedPrefix = "received:"
)

// occasions are the rows of those that have names of their own. What tells them from others of the same fact stands beside
// the world (sim/world/fault_on.go).
var occasions = []Occasion{
	{Name: "suspected", Of: OnFact, Fact: core.FactTransition, Doc: "the node holds its peer SUSPECT"},
	{Name: "declared_dead", Of: OnFact, Fact: core.FactTransition, Doc: "the node holds its peer DEAD"},
	{Name: "refuted", Of: OnFact, Fact: core.FactIncarnation, Alone: true, Doc: "the node was accused and raises its incarnation"},
	{Name: "stood_for_leader", Of: OnJobFact, JobFact: core.JobFactVoter, Alone: true, Voters: true, Doc: "the node asks its cluster for votes"},
	{Name: "leader_elected", Of: OnJobFact, JobFact: core.JobFactVoter, Alone: true, Voters: true, Doc: "the node leads its cluster from now on, and has told nobody"},
	{Name: "leader_lost", Of: OnJobFact, JobFact: core.JobFactVoter, Alone: true, Voters: true, Doc: "the node leads its cluster no more"},

	{Name: "job_routed", Of: OnJobFact, JobFact: core.JobFactRoute, Alone: true, Jobs: true, Doc: "a gate decided where a job goes, and has asked nobody there"},
	{Name: "job_accepted", Of: OnJobFact, JobFact: core.JobFactCommit, Alone: true, Jobs: true, Doc: "a majority of a cluster of gates or managers holds the acceptance of a job; the node leads it, and has told nobody"},
	{Name: "job_claimed", Of: OnJobFact, JobFact: core.JobFactHolder, Alone: true, Jobs: true, Doc: "the node won a job that another held"},
	{Name: "job_ended", Of: OnJobFact, JobFact: core.JobFactState, Alone: true, Jobs: true, Doc: "the node's record of a job became terminal, and it has told nobody"},
	{Name: "dispatch_intended", Of: OnJobFact, JobFact: core.JobFactPlaced, Jobs: true, Doc: "a manager is about to send a shard to its peer, a worker"},
	{Name: "dispatch_sent", as: "sent:workflow_dispatch", Doc: "a manager sent a shard to its peer, a worker: sent:workflow_dispatch"},
	{Name: "shard_accepted", Of: OnJobFact, JobFact: core.JobFactShard, Alone: true, Jobs: true, Doc: "a worker took a shard in, and has told nobody"},
	{Name: "dispatch_acked", Of: OnJobFact, JobFact: core.JobFactIntent, Jobs: true, Doc: "a manager read that its peer, a worker, took a shard in"},
	{Name: "shard_started", Of: OnJobFact, JobFact: core.JobFactShard, Alone: true, Jobs: true, Doc: "a worker's shard runs from now on"},
	{Name: "result_ready", Of: OnJobFact, JobFact: core.JobFactShard, Alone: true, Jobs: true, Doc: "a worker's shard completed, and nobody was told"},
	{Name: "result_accepted", Of: OnJobFact, JobFact: core.JobFactResult, Jobs: true, Doc: "a manager counts the result of a shard of its peer, a worker, and has not answered"},
	{Name: "cancel_accepted", Of: OnJobFact, JobFact: core.JobFactCancel, Alone: true, Jobs: true, Doc: "the node accepted the cancel of a job, and has not answered"},
	{Name: "cancel_acked", as: "sent:cancel_job_response", Doc: "the node answered the cancel of a job: sent:cancel_job_response"},
	{Name: "orphaned", Of: OnJobFact, JobFact: core.JobFactOrphan, Jobs: true, Doc: "a worker or client noticed that nobody leads its shard or job; its peer led it last"},
	{Name: "worker_evicted", Of: OnJobFact, JobFact: core.JobFactWorker, Jobs: true, Jobless: true, Doc: "a manager counts on its peer, a worker, no more: it is dead, gone, silent for too long or evicted"},
}

// OccasionNamed returns the event of a name, or of "sent:" or "received:" and a type of message.
func OccasionNamed(name string) (Occasion, bool) {
	if i := slices.IndexFunc(occasions, func(e Occasion) bool { return e.Name == name }); i >= 0 {
		o := occasions[i]
		if o.as != "" {
			m, _ := OccasionNamed(o.as)
			o.Of, o.Message, o.Jobs = m.Of, m.Message, m.Jobs
		}
		return o, true
	}
	e := Occasion{Name: name, Of: OnSent}
	kind, ok := strings.CutPrefix(name, sentPrefix)
	if !ok {
		if kind, ok = strings.CutPrefix(name, receivedPrefix); !ok {
			return Occasion{}, false
		}
		e.Of = OnReceived
	}
	for k := core.Kind(1); k < core.NumKinds; k++ {
		if k != core.KindStreamFailed && k.String() == kind {
			e.Message, e.Jobs = k, k.Room() == core.RoomJobs
			return e, true
		}
	}
	return Occasion{}, false
}

// Occasions returns the events that have names of their own.
func Occasions() []Occasion {
	all := make([]Occasion, len(occasions))
	for i := range occasions {
		all[i], _ = OccasionNamed(occasions[i].Name)
	}
	return all
}

// OccasionNames returns every name that OccasionNamed knows.
func OccasionNames() []string {
	var names []string
	for i := range occasions {
		names = append(names, occasions[i].Name)
	}
	for _, prefix := range []string{sentPrefix, receivedPrefix} {
		for k := core.Kind(1); k < core.NumKinds; k++ {
			if k != core.KindStreamFailed {
				names = append(names, prefix+k.String())
			}
		}
	}
	return names
}
