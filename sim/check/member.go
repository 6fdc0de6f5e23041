package check

import (
	"math/bits"

	"hypersim/core"
	"hypersim/core/election"
	"hypersim/core/replica"
	"hypersim/sim/trace"
)

// The rules. What members of a cluster owe each other, as their messages show it.
var (
	JL8  = rule("I-JL8", "a member that says that it stored a change of an entry has been given what the change builds on", "spec 03-9")
	JL9  = rule("I-JL9", "a member that restarted counts as ready when so many ready ones have told it all, or everybody has, or after long", "spec 03-14, 04-10")
	JL10 = rule("I-JL10", "a voter that restarted gives and promises no vote for a while", "spec 20 §1.2, 03-21, 03-23")
)

var _ = judge(func(c *Checker, on *hooks) {
	m := &members{Checker: c, given: map[recordKey]*givenEntry{}, reading: map[core.NodeID]*reading{}}
	m.lease, m.election = replica.Default().Lease, election.Default().Election
	if c.ctx.Lease != nil {
		m.lease = *c.ctx.Lease
	}
	if c.ctx.Election != nil {
		m.election = c.ctx.Election.Election
	}
	for _, k := range [...]core.Kind{
		core.KindJobStateSync, core.KindJobLeadershipAnnouncement, core.KindJobLeadershipAck, core.KindJobReplicaFetchResponse, core.KindStateSyncResponse,
	} {
		on.delivered[k] = append(on.delivered[k], m.told)
	}
	on.sent = append(on.sent, m.says)
	on.started = append(on.started, m.starts)
})

// members are the managers of each datacenter, and the gates.
type members struct {
	*Checker
	lease    replica.Lease
	election election.Election
	given    map[recordKey]*givenEntry
	reading  map[core.NodeID]*reading
}

// givenEntry is the newest entry of a job that a process can have made of what it was told.
type givenEntry struct {
	inst  uint32
	epoch uint32
	seq   uint64
}

// reading is who has told a process that restarted all that it has.
type reading struct {
	inst            uint32
	answered, ready uint64 // members, a bit each
}

func (m *members) starts(r *trace.Record) {
	delete(m.reading, r.Node)
	if m.cold[r.Node].starts > 1 {
		m.reading[r.Node] = &reading{inst: r.Inst}
	}
}

// told takes what a member is told of jobs.
func (m *members) told(r *trace.Record) {
	switch b := r.Msg.Body.(type) {
	case *replica.Sync:
		for i := range b.Entries {
			m.gives(r.Node, &b.Entries[i])
		}
	case *replica.Announcement:
		for i := range b.Claims {
			m.givesAll(r.Node, b.Claims[i].Entry)
		}
	case *replica.AnnouncementAck:
		for i := range b.Answers {
			m.givesAll(r.Node, b.Answers[i].Entry)
		}
	case *replica.FetchResponse:
		for i := range b.Found {
			m.givesAll(r.Node, b.Found[i].Entry)
		}
	case *replica.StateResponse:
		for i := range b.Jobs {
			m.givesAll(r.Node, b.Jobs[i].Entry)
		}
		if b.Code.Done() { // one that is too busy to say what it has told nothing
			m.reads(r, b.Ready)
		}
	}
}

func (m *members) givesAll(to core.NodeID, list []replica.Entry) {
	for i := range list {
		m.gives(to, &list[i])
	}
}

// gives raises what a member can have: by a whole entry, or by a change of what it has.
func (m *members) gives(to core.NodeID, e *replica.Entry) {
	key, inst := recordKey{to, uint64(e.Job)}, m.hot[to].inst
	x := m.given[key]
	if x == nil {
		x = &givenEntry{}
		m.given[key] = x
	}
	if x.inst != inst {
		*x = givenEntry{inst: inst}
	}
	newer := e.Epoch > x.epoch || e.Epoch == x.epoch && e.Seq > x.seq
	whole := e.Kind == replica.EntryFull || e.Kind == replica.EntryDelta && e.Epoch == x.epoch && e.Base <= x.seq
	if newer && whole {
		x.epoch, x.seq = e.Epoch, e.Seq
	}
}

// reads takes that another member of its cluster told a process that restarted all that it has.
func (m *members) reads(r *trace.Record, ready bool) {
	x := m.reading[r.Node]
	if x == nil || !m.together(r.Node, r.Msg.From) {
		return
	}
	bit := uint64(1) << m.place(r.Msg.From)
	x.answered |= bit
	if ready {
		x.ready |= bit
	}
}

// together reports whether two nodes are members of one cluster.
func (m *members) together(a, b core.NodeID) bool {
	x, y := &m.ctx.Nodes[a], &m.ctx.Nodes[b]
	return x.Role == y.Role && (x.Role == core.RoleGate || x.Role == core.RoleManager && x.Site == y.Site)
}

// place is which member of its cluster a node is, in the order of ids, below 64.
func (m *members) place(n core.NodeID) (k int) {
	for i := range m.ctx.Nodes {
		if id := core.NodeID(i); id < n && m.together(id, n) {
			k++
		}
	}
	return k & 63
}

func (m *members) size(n core.NodeID) (k int) {
	for i := range m.ctx.Nodes {
		if m.together(core.NodeID(i), n) {
			k++
		}
	}
	return k
}

// says takes what a member says of itself.
func (m *members) says(r *trace.Record) {
	switch b := r.Msg.Body.(type) {
	case *replica.SyncAck:
		m.isReady(r, b.Ready)
		m.stored(r, b)
	case *replica.AnnouncementAck:
		m.isReady(r, b.Ready)
	case *replica.FetchResponse:
		m.isReady(r, b.Ready)
	case *replica.StateResponse:
		if m.ctx.Nodes[r.Node].Role != core.RoleWorker {
			m.isReady(r, b.Ready)
		}
	case *election.Vote:
		m.votes(r, b)
	}
}

// stored holds what a member says that it stored against what it was given. What it holds itself it made.
func (m *members) stored(r *trace.Record, b *replica.SyncAck) {
	for i := range b.Verdicts {
		v := &b.Verdicts[i]
		if v.Stand != replica.StandStored || v.Holder == r.Node || v.Epoch == 0 {
			continue
		}
		var x givenEntry
		if y := m.given[recordKey{r.Node, uint64(v.Job)}]; y != nil && y.inst == r.Msg.Instance {
			x = *y
		}
		if (v.Epoch > x.epoch || v.Epoch == x.epoch && v.Seq > x.seq) && m.fails(JL8) {
			m.detail(JL8, r.At, []core.NodeID{r.Node, r.Msg.To}, "%s says that it holds %v as of change %d under epoch %d; of what it was told it can have change %d under epoch %d",
				m.name(r.Node), v.Job, v.Seq, v.Epoch, x.seq, x.epoch)
		}
	}
}

// isReady holds what a process that restarted says of itself against who has told it what.
func (m *members) isReady(r *trace.Record, says bool) {
	x := m.reading[r.Node]
	if x == nil || x.inst != r.Msg.Instance || !says {
		return
	}
	n := m.size(r.Node)
	enough := bits.OnesCount64(x.ready) >= n-(n/2+1)+1 || bits.OnesCount64(x.answered) >= n-1
	const slack = 10 // clocks may be a tenth apart
	late := r.At.Sub(m.cold[r.Node].startAt) >= (m.lease.Holdoff+m.lease.ReadLimit)*(slack-1)/slack
	if !enough && !late && m.fails(JL9) {
		m.detail(JL9, r.At, []core.NodeID{r.Node, r.Msg.To}, "%s restarted at %v and says that it is ready; of %d others %d told it what they have, %d of them ready",
			m.name(r.Node), m.cold[r.Node].startAt, n-1, bits.OnesCount64(x.answered), bits.OnesCount64(x.ready))
	}
	if enough || late {
		delete(m.reading, r.Node) // once is for good
	}
}

// votes takes a vote, or the promise of one.
func (m *members) votes(r *trace.Record, b *election.Vote) {
	k := &m.cold[r.Node]
	if !b.Granted || k.starts < 2 || m.ctx.Unsteady || r.Msg.Instance != m.hot[r.Node].inst {
		return
	}
	const slack = 10 // as above
	if age := r.At.Sub(k.startAt); age < m.election.Holdoff*(slack-1)/slack && m.fails(JL10) {
		m.detail(JL10, r.At, []core.NodeID{r.Node, r.Msg.To}, "%s gives %s its vote %v after its start; before %v it may have promised it in its earlier life",
			m.name(r.Node), m.name(r.Msg.To), age, m.election.Holdoff)
	}
}
