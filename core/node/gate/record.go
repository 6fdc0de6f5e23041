package gate

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/job"
)

// record is what a gate keeps of a job that it leads, or is about to.
type record struct {
	id      job.ID
	ge      uint32
	spec    []job.Spec // one, shared and not written to; empty once the job is over
	digest  uint64
	client  core.NodeID // where pushes go, or NoNode
	begun   core.Instant
	ended   core.Instant
	timeout core.Duration
	flows   uint32 // how many workflows it has

	state        job.State
	completeness job.Completeness
	accepting    bool
	first        core.Message // ACCEPTING: the submission that is answered first
	cancelWanted bool         // a cancel that came while nothing could be decided (04-47)

	pending job.State // a decision that is not committed, StateNone: there is none
	with    job.Completeness
	at      uint64       // seq that commits it
	limit   core.Instant // CANCELLING, COMPLETING: it waits no longer
	done    uint64       // seq that is committed

	sites     []site // that may get the job, ascending
	want      int    // how many of them are to
	round     int
	hopeless  core.Instant // rounds that go on for datacenters in doubt end then; 0: none did yet
	inRound   bool         // somebody is being asked,
	waiting   bool         // or will be after a pause,
	exhausted bool         // or nobody any more
	filling   bool         // fill is under way
	routed    bool         // the chain is of this round
	chain     []uint16     // datacenters to ask, in order
	taken     bool         // over from another gate before it was RUNNING (04-19)
	cancelled []job.SingleCancel
	cuts      []uint64       // seqs that commit them
	held      []core.Message // answered when the acceptance, or the decision, is through
	acks      []ack          // answered when what they tell of is committed
	singles   []singleAsk
	asks      uint32 // number of the last of them
	parts     []flowParts
	told      []job.WorkflowID // whose results the client was told of

	pushed    uint32 // seq of the last push
	news      bool   // something to tell since then
	pushing   bool   // the result is on its way to the client
	delivered bool
	errors    []job.Failure

	old    core.NodeID // who led it before, or NoNode
	handed int         // successors that were named
}

// tallied is what datacenters say of a cancel: so many workflows of so many.
type tallied struct{ cancelled, total uint32 }

// site is one datacenter of a job: a row of its table.
type site struct {
	id       uint16
	asking   bool // an attempt is under way
	target   bool // the job runs there
	unknown  bool // an attempt is unanswered: it may run there
	refused  bool // in this round
	never    bool // refused for good: it ended there by command, or the job is not to its liking
	owed     bool // a cancel has to reach it
	calling  bool // and is on its way
	counted  bool // it said what it stopped
	timedOut bool
	stopped  tallied

	state   job.State   // of the job there, StateNone: not known
	manager core.NodeID // that leads the job there, or NoNode
	de      uint32
	result  []job.SiteFinal // one, once it is there
	late    bool            // the result came after the decision
	losing  bool            // nothing was heard of it for too long: it is FAILED, when that is committed,
	lost    bool            // and since then
	said    job.State       // in its last progress
	lostAt  uint64          // seq that commits it

	// The attempt.
	managers []core.NodeID // to ask, in order
	turn     int           // in managers
	tries    int           // of managers[turn]
	attempt  uint32        // number of it: what is about an earlier one is void
	singles  int           // single cancels that it was told of
	answered bool          // somebody said no,
	mute     bool          // somebody said nothing
	timed    bool          // and not for a stream that failed: an answer did not come in time

	owedAt core.Instant
	leader uint32 // how often another manager led the job there since: an ack of an earlier one counts for nothing

	told   uint32 // number of the telling of who leads the job: an earlier one is void
	denied uint64 // managers that know nothing of it, a bit each
	fenced bool   // it knows the job under a higher epoch, and was not told since

	// Progress.
	seq          uint64
	done, failed uint64
	rate         float64
}

// over reports whether the job has ended there, as far as the gate was told.
func (s *site) over() bool { return s.state.Terminal() }

// records are the jobs of a gate.
type records struct {
	by    map[job.ID]*record
	order []*record // by id
	live  int       // led, and not terminal
}

func (r *records) init() { r.by = map[job.ID]*record{} }

func byID(a *record, id job.ID) int { return cmp.Compare(a.id, id) }

func (r *records) add(x *record) {
	r.by[x.id] = x
	i, _ := slices.BinarySearchFunc(r.order, x.id, byID)
	r.order = slices.Insert(r.order, i, x)
}

func (r *records) remove(x *record) {
	delete(r.by, x.id)
	if i, ok := slices.BinarySearchFunc(r.order, x.id, byID); ok {
		r.order = slices.Delete(r.order, i, i+1)
	}
}

// led returns the job if this gate leads it, nil if not.
func (g *Gate) led(id job.ID) *record {
	if x := g.records.by[id]; x != nil && !x.accepting {
		return x
	}
	return nil
}

// site returns the row of a datacenter, nil if the job knows none of that id.
func (x *record) site(id uint16) *site {
	i, ok := slices.BinarySearchFunc(x.sites, id, func(s site, id uint16) int { return cmp.Compare(s.id, id) })
	if !ok {
		return nil
	}
	return &x.sites[i]
}

// count returns how many datacenters of the job are like that.
func (x *record) count(is func(*site) bool) (n int) {
	for i := range x.sites {
		if is(&x.sites[i]) {
			n++
		}
	}
	return n
}

func isTarget(s *site) bool   { return s.target }
func isAsked(s *site) bool    { return s.asking }
func isOpen(s *site) bool     { return s.target && !s.over() }
func lacksData(s *site) bool  { return s.target && len(s.result) == 0 && !s.lost }
func inDoubt(s *site) bool    { return s.unknown && !s.owed && !s.asking }
func isSettled(s *site) bool  { return !s.owed }
func mayBeAsked(s *site) bool { return !s.asking && !s.target && !s.owed && !s.refused && !s.never }

// Sizes in bytes, held to the truth by a test.
const (
	recordBytes = 616
	siteBytes   = 200
	placeBytes  = 32 // of a job in the map
)

func (r *records) memoryBytes() int {
	n := 8*cap(r.order) + placeBytes*len(r.by)
	for _, x := range r.order {
		n += recordBytes + siteBytes*cap(x.sites) + 8*cap(x.told) + messageBytes*cap(x.held) + ackBytes*cap(x.acks)
	}
	return n
}
