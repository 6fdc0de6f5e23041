package manager

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/dispatch"
	"hypersim/core/job"
	"hypersim/core/workflow"
)

// record is what the leader of a job keeps of it.
type record struct {
	id       job.ID
	spec     *job.Submission // nil once the last workflow ended
	digest   uint64
	client   core.NodeID // where pushes go, or NoNode
	accepted core.Instant
	ended    core.Instant
	heard    core.Instant // whoever was to hear of the end last did so
	timeout  core.Duration

	state        job.State
	completeness job.Completeness
	why          job.State // CANCELLING: what it will end as
	pending      job.State // a decision that is taken and not committed, or StateNone
	pendingAs    job.Completeness
	de           uint32
	counter      uint32 // of dispatch tokens under de

	graph *workflow.Graph
	flows []flow
	byID  []int32 // places of flows, by id
	ready dispatch.Ready
	live  int  // workflows that are DISPATCHED or RUNNING
	alone bool // one of them is EXCLUSIVE
	open  int  // workflows that have not ended
	tally job.Tally

	completed, failed uint64 // items of ended shards that count
	results           core.Blob
	errors            []job.Failure
	stops             []stop
	cancelled         uint32 // workflows that the cancel found alive

	unconfirmed uint32 // workflows that count as cancelled though nobody confirmed it
	kept        bool   // a cancelled workflow has data that came before

	gate core.NodeID // that leads the job, or NoNode
	ge   uint32      // its epoch, 0 = no gate does
	at   *gateSide   // nil: nothing to remember of it

	outcomes     []job.WorkflowOutcome // of workflows that have ended, in the order of their ends
	singles      []job.SingleCancel
	after        []after       // what waits for a commit, in the order of changes
	sent, done   uint64        // numbers of the last change that was sent, and of the last one that is committed
	dirty        bool          // changed in this event
	urgent       bool          // and not to wait for others
	gone         bool          // this process does not hold the job any more
	told         bool          // a gate knows how the job ended here
	command      bool          // a gate told it to end
	bidden       *bidden       // or did when nothing could be decided
	asked        uint64        // members that it was offered to, a bit each
	wanted       bool          // a cancel is remembered somewhere
	planned      int           // workflows whose cores are being asked for,
	plannedAlone bool          // an EXCLUSIVE one among them
	taking       *taking       // another one held it before; nil: what workers have is known
	batch        uint64        // of words to workers about that,
	unheard      int           // and workers that have not answered it,
	mute         []core.NodeID // not even when they were asked again
	enders       []after       // who hears how it ended, once that is committed

	pushed    uint32 // seq of the last push
	news      bool   // something to tell since then
	delivered bool
}

// flow is one workflow of a job.
type flow struct {
	id       job.WorkflowID
	shards   []shard // of the current attempt
	excluded []exclusion
	turned   []core.NodeID // workers that took no shard of the current attempt, and are sent none of it again
	due      core.Instant  // not dispatched before
	waits    int32         // dependencies that have not succeeded
	attempt  uint16
	vus      uint32
	budget   workflow.Budget
	plan     *plan // its cores are being asked for, or reserved at others
	queued   bool  // in ready
	refused  bool  // the last round about its cores came to nothing
	early    bool  // completed before a cancel was through
	anyway   bool  // it may use who does nothing for the job: the others are too few
	kind     job.ErrorKind
	status   job.WorkflowStatus // once it has ended
	result   core.Blob
	done     uint64 // items
	bad      uint64
}

// shard is one shard of the current attempt.
type shard struct {
	token  job.Token
	worker core.NodeID
	cores  uint16
	vus    uint32
	state  shardState
	since  core.Instant // accepted
	done   uint64       // items, as far as is known
	bad    uint64
	given  uint16 // cores given back already

	confirmed bool // its worker has said that it has it, to a new holder
	seq       uint32
	result    core.Blob
}

// shardState is how the leader holds a shard.
type shardState uint8

const (
	shardSent     shardState = iota // dispatch on its way
	shardAccepted                   // on its worker
	shardDone                       // completed
	shardOver                       // failed, lost, refused or cancelled: holds no cores any more
	shardStopping                   // its end was asked for
)

// holds reports whether the shard may hold cores.
func (s shardState) holds() bool { return s == shardSent || s == shardAccepted || s == shardStopping }

// exclusion keeps a workflow away from a worker.
type exclusion struct {
	worker core.NodeID
	until  core.Instant
}

// stop is a shard of an earlier attempt, or of a placement that was given up, whose end was asked for and is not
// confirmed.
type stop struct {
	shard  job.Shard
	token  job.Token
	worker core.NodeID
	cores  uint16
}

// records are the jobs of a manager.
type records struct {
	by    map[job.ID]*record
	order []*record // that have not been forgotten, by id
	queue []*record // that have ready workflows, by (accepted, id)
	live  int       // not terminal
}

func (r *records) init() { r.by = map[job.ID]*record{} }

func byID(a *record, id job.ID) int { return cmp.Compare(a.id, id) }

func (r *records) add(x *record) {
	r.by[x.id] = x
	i, _ := slices.BinarySearchFunc(r.order, x.id, byID)
	r.order = slices.Insert(r.order, i, x)
	r.live++
}

func (r *records) remove(x *record) {
	delete(r.by, x.id)
	if i, ok := slices.BinarySearchFunc(r.order, x.id, byID); ok {
		r.order = slices.Delete(r.order, i, i+1)
	}
	r.leave(x)
}

func byTurn(a, b *record) int {
	return cmp.Or(cmp.Compare(a.accepted, b.accepted), cmp.Compare(a.id, b.id))
}

// enter puts x in line for cores.
func (r *records) enter(x *record) {
	if i, ok := slices.BinarySearchFunc(r.queue, x, byTurn); !ok {
		r.queue = slices.Insert(r.queue, i, x)
	}
}

// leave takes x out of the line.
func (r *records) leave(x *record) {
	if i, ok := slices.BinarySearchFunc(r.queue, x, byTurn); ok {
		r.queue = slices.Delete(r.queue, i, i+1)
	}
}

// sortFlows makes the list by which workflows are found.
func (x *record) sortFlows() {
	x.byID = make([]int32, len(x.flows))
	for i := range x.byID {
		x.byID[i] = int32(i)
	}
	slices.SortFunc(x.byID, func(a, b int32) int { return cmp.Compare(x.flows[a].id, x.flows[b].id) })
}

// place returns the place of a workflow of x, −1 if it has none of that id.
func (x *record) place(id job.WorkflowID) int {
	i, ok := slices.BinarySearchFunc(x.byID, id, func(k int32, id job.WorkflowID) int { return cmp.Compare(x.flows[k].id, id) })
	if !ok {
		return -1
	}
	return int(x.byID[i])
}

// token issues the next dispatch token.
func (x *record) token() job.Token {
	x.counter++
	return job.Ticket{DE: x.de, N: x.counter}.Token()
}

// find returns the shard of f that has the token.
func (f *flow) find(t job.Token) *shard {
	for i := range f.shards {
		if f.shards[i].token == t {
			return &f.shards[i]
		}
	}
	return nil
}

// index returns the place of a shard of f.
func (f *flow) index(s *shard) int {
	for k := range f.shards {
		if &f.shards[k] == s {
			return k
		}
	}
	return -1
}

// current returns the greatest token that was issued for the current attempt of f.
func (f *flow) current() (t job.Token) {
	for i := range f.shards {
		t = max(t, f.shards[i].token)
	}
	return t
}

// excludes reports whether w gets nothing of f now.
func (f *flow) excludes(w core.NodeID, now core.Instant) bool {
	for _, x := range f.excluded {
		if x.worker == w && x.until > now {
			return true
		}
	}
	return false
}

// Sizes in bytes, held to the truth by a test.
const (
	recordBytes    = 640
	flowBytes      = 152
	shardBytes     = 72
	exclusionBytes = 16
	stopBytes      = 40
	failureBytes   = 24
	specBytes      = 64
	placeBytes     = 32 // of a job in the map
)

func (r *records) memoryBytes() int {
	n := 8*(cap(r.order)+cap(r.queue)) + placeBytes*len(r.by)
	for _, x := range r.order {
		n += x.memoryBytes()
	}
	return n
}

// memoryBytes is what a job takes; of its submission, which whoever made it may hold too, the list of workflows.
func (x *record) memoryBytes() int {
	n := gateSideBytes + recordBytes + flowBytes*cap(x.flows) + 4*cap(x.byID) + stopBytes*cap(x.stops) + failureBytes*cap(x.errors) + x.ready.MemoryBytes()
	for i := range x.flows {
		n += shardBytes*cap(x.flows[i].shards) + exclusionBytes*cap(x.flows[i].excluded) + 4*cap(x.flows[i].turned)
	}
	if x.spec != nil {
		n += specBytes*cap(x.spec.Workflows) + x.graph.MemoryBytes()
	}
	return n
}
