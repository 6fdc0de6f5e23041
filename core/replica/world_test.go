package replica

import (
	"container/heap"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/rng"
)

// A world of members, a network that does all it may, and roles that do what roles do. It judges by what it sees from
// above.

const (
	worldJobs = 3
	second    = core.Instant(time.Second)
)

// event is a message that arrives, or a member's wake-up.
type event struct {
	at   core.Instant
	n    int
	to   int
	life uint32
	msg  *core.Message // nil: wake
}

type agenda []*event

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return a[i].at < a[j].at || a[i].at == a[j].at && a[i].n < a[j].n
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(*event)) }
func (a *agenda) Pop() any {
	x := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return x
}

// op is one change that a role told somebody of.
type op struct {
	job job.ID
	id  job.WorkflowID
}

type world struct {
	fail    func(string, ...any)
	chance  rng.Stream
	now     core.Instant
	n       int
	agenda  agenda
	members []*member
	cut     [][]bool
	gone    [][]bool   // what membership says
	heard   [][]uint32 // and which process it has heard
	lies    bool       // membership may be wrong
	heads   bool       // who is to take over reads heads, too (03-18)
	loss    float64
	twice   float64
	delays  []core.Duration
	cfg     Config

	ops      int
	told     []op     // committed,
	under    []uint32 // and the epochs of those who told
	decided  map[job.ID]job.State
	over     map[job.ID]bool // freed
	buried   map[job.ID]bool
	accepted map[job.ID]bool
	holders  map[string]string
	tokens   map[string]bool
	exceeded bool
	trace    []string
	history  *histories // nil: nobody wants it
	stats    struct{ won, handed, reclaimed, lost, accepted, notAccepted, buried, decided, commits, asked int }
}

// member is a node: its process, its clock, and its role.
type member struct {
	Machine
	w        *world
	i        int
	up       bool
	life     uint32
	rate     int64 // of its clock, per mille
	paused   core.Instant
	leads    bool // it is asked to take over
	lossy    bool // it lost its memory and has not read the others
	fx       core.Effects
	begun    map[job.ID][]pend // changes under way
	dt       map[job.ID]uint32
	floor    map[job.ID]uint64 // highest promise seen
	deciding map[job.ID]uint64
}

type pend struct {
	seq uint64
	id  job.WorkflowID
}

func (w *world) pick(n int) int { return w.chance.Intn(n) }

func newWorld(seed uint64, c int, fail func(string, ...any)) *world {
	w := &world{
		fail: fail, chance: rng.New(seed, "replica.world"), cfg: Default(), decided: map[job.ID]job.State{}, over: map[job.ID]bool{},
		buried: map[job.ID]bool{}, accepted: map[job.ID]bool{}, holders: map[string]string{}, tokens: map[string]bool{},
	}
	w.delays = []core.Duration{time.Millisecond, time.Millisecond, 50 * time.Millisecond}
	if w.pick(2) == 0 {
		w.delays = append(w.delays, 400*time.Millisecond, 1900*time.Millisecond)
	}
	if w.pick(3) == 0 {
		w.delays = append(w.delays, 3*time.Second, 6100*time.Millisecond, 9*time.Second)
	}
	w.loss = []float64{0, 0, 0.02, 0.3}[w.pick(4)]
	w.twice = []float64{0, 0, 0.2}[w.pick(3)]
	w.lies = w.pick(2) == 0
	w.heads = seed%2 == 1
	for i := range c {
		w.members = append(w.members, &member{w: w, i: i, rate: []int64{1000, 1000, 950, 1050}[w.pick(4)]})
		w.cut = append(w.cut, make([]bool, c))
		w.gone = append(w.gone, make([]bool, c))
		w.heard = append(w.heard, make([]uint32, c))
	}
	for i := range w.members {
		w.start(i, true)
	}
	w.members[0].leads = true
	return w
}

func (w *world) start(i int, formed bool) {
	p := w.members[i]
	p.up, p.life, p.lossy = true, p.life+1, !formed
	p.begun, p.dt, p.floor, p.deciding = map[job.ID][]pend{}, map[job.ID]uint32{}, map[job.ID]uint64{}, map[job.ID]uint64{}
	p.fx = core.Effects{}
	var peers []core.NodeID
	for j := range w.members {
		if j != i {
			peers = append(peers, core.NodeID(j))
		}
	}
	p.Init(p.local(), p, Params{
		Self: core.NodeID(i), Role: core.RoleManager, Instance: p.life, Peers: peers, Seed: 1, Key: uint64(i), Formed: formed,
		Config: &w.cfg, Graves: 1000, GravesKeep: time.Hour,
	})
	w.after(p)
}

func (p *member) local() core.Instant { return core.Instant(int64(p.w.now) / 1000 * p.rate) }

// run lets everything happen up to the given time.
func (w *world) run(until core.Instant) {
	for len(w.agenda) > 0 && w.agenda[0].at <= until {
		e := heap.Pop(&w.agenda).(*event)
		w.now = max(w.now, e.at)
		p := w.members[e.to]
		switch {
		case !p.up || e.msg == nil && e.life != p.life:
			continue
		case w.now < p.paused:
			e.at = p.paused
			w.push(e)
			continue
		}
		p.Wake(p.local(), &p.fx) // timers before messages
		w.after(p)
		if e.msg != nil {
			before := p.outdone(e.msg)
			p.Receive(p.local(), e.msg, &p.fx)
			if before != 0 && p.Leads(before) {
				w.fail("%v: member %d leads %v after it has heard of a higher epoch", w.now, p.i, before)
			}
			w.after(p)
		}
	}
	w.now = max(w.now, until)
}

// outdone is a job that the member holds and of which the message says that another one does, under a higher epoch (I-JL4).
func (p *member) outdone(x *core.Message) job.ID {
	higher := func(h *Head) bool {
		r := p.find(h.Job)
		return r != nil && r.lead != nil && h.Epoch > r.entry.Epoch && h.Holder != p.p.Self
	}
	i := p.peer(x.From)
	if i < 0 || x.Instance < max(p.lives[i], p.Process(x.From)) {
		return 0
	}
	switch b := x.Body.(type) {
	case *Sync:
		for k := range b.Entries {
			if e := &b.Entries[k]; e.Kind != EntryTombstone && e.Reason == ReasonNone && e.Kind == EntryFull && higher(&e.Head) && uint64(e.Epoch) >= p.find(e.Job).promise.Token {
				return e.Job
			}
		}
	case *SyncAck:
		for k := range b.Verdicts {
			if v := &b.Verdicts[k]; v.Stand == StandRejected && b.Round > p.rounds.last-uint64(len(p.rounds.at)) && b.Round <= p.rounds.last && higher(&v.Head) {
				return v.Job
			}
		}
	case *FetchResponse:
		for k := range b.Heads {
			if h := &b.Heads[k]; h.Seq > 1 && higher(h) {
				return h.Job
			}
		}
	}
	return 0
}

func (w *world) push(e *event) {
	w.n++
	e.n = w.n
	heap.Push(&w.agenda, e)
}

// after takes what a step of a member has done, and judges it.
func (w *world) after(p *member) {
	for i := range p.fx.Messages {
		w.send(p, &p.fx.Messages[i])
	}
	p.fx.Messages = p.fx.Messages[:0]
	if at, ok := p.Deadline(); ok {
		t := core.Instant((int64(at)+p.rate-1)/p.rate*1000) + 1000
		w.push(&event{at: max(t, w.now), to: p.i, life: p.life})
	}
	w.judge(p)
}

func (w *world) send(p *member, x *core.Message) {
	to := int(x.To)
	if x.To == x.From {
		w.fail("a message to itself: %v", x.Kind)
	}
	if w.cut[p.i][to] {
		return
	}
	for n := 0; n < 2; n++ {
		if n == 1 && !w.chance.Bool(w.twice) || w.chance.Bool(w.loss) {
			continue
		}
		m := *x
		w.push(&event{at: w.now.Add(w.delays[w.pick(len(w.delays))]), to: to, msg: &m})
	}
}

// judge looks at a member after a step.
func (w *world) judge(p *member) {
	if p.Conflicts > 0 && !w.exceeded {
		w.fail("%v: member %d saw two holders under one epoch (I-JF4)", w.now, p.i)
	}
	for _, r := range p.all {
		if r == nil {
			continue
		}
		if r.promise.Token < p.floor[r.id] {
			w.fail("%v: member %d: its epoch of %v fell from %d to %d (I-JF1)", w.now, p.i, r.id, p.floor[r.id], r.promise.Token)
		}
		p.floor[r.id] = r.promise.Token
		if uint64(r.entry.Epoch) > r.promise.Token {
			w.fail("%v: member %d: promised less of %v than it holds", w.now, p.i, r.id)
		}
		if r.lead != nil && r.holder() != p.me {
			w.fail("%v: member %d leads %v, whose entry names another", w.now, p.i, r.id)
		}
	}
	if p.lossy && p.Ready() {
		p.lossy = false
		if !p.Resynced() {
			w.exceeded = true
		}
		w.durable()
	}
}

// durable: what was committed is at so many that any C − maj(C) may be lost (I-JR1).
func (w *world) durable() {
	for _, o := range w.told {
		n := 0
		for _, p := range w.members {
			if !p.up || p.lossy || p.has(o) {
				n++
			}
		}
		if n < w.members[0].majority() && !w.exceeded {
			w.fail("%v: %v of %v is at %d members only (I-JR1)", w.now, o.id, o.job, n)
		}
	}
}

func (p *member) has(o op) bool {
	if _, dead := p.tombs.Find(p.local(), o.job); dead {
		return true
	}
	r := p.find(o.job)
	return r != nil && contains(&r.entry, o.id)
}

func contains(e *Entry, id job.WorkflowID) bool {
	for i := range e.Results {
		if e.Results[i].Workflow == id {
			return true
		}
	}
	return false
}

// What the owner is told.

func (p *member) Gone(n core.NodeID) bool { return p.w.gone[p.i][n] }

func (p *member) Process(n core.NodeID) uint32 { return p.w.heard[p.i][n] }

func (p *member) holds(id job.ID, e *Entry) {
	w := p.w
	key := fmt.Sprintf("%v %d", id, e.Epoch)
	me := fmt.Sprintf("%d.%d", p.i, p.life)
	if h := w.holders[key]; h != "" && !w.exceeded {
		w.fail("%v: %v under epoch %d has two holders: %s and %s (I-JL2)", w.now, id, e.Epoch, h, me)
	}
	w.holders[key] = me
	p.begun[id], p.dt[id], p.deciding[id] = nil, 0, 0
}

func (p *member) Accepted(now core.Instant, id job.ID, a call.Answer, fx *core.Effects) {
	w := p.w
	w.log("%d.%d accepted %v: %v", p.i, p.life, id, a.Code)
	if a.Code != call.CodeOK {
		w.stats.notAccepted++
		return
	}
	w.stats.accepted++
	w.accepted[id] = true
	if w.buried[id] && !w.exceeded {
		w.fail("%v: %v was accepted after its cancel was told (04-15)", w.now, id)
	}
	for _, o := range w.told {
		if o.job == id && !w.exceeded {
			w.fail("%v: member %d was accepted for %v anew, of which %v was committed (I-J2)", w.now, p.i, id, o.id)
		}
	}
	p.holds(id, p.View(id))
	w.history.reads(p, id, p.View(id))
	p.alone(id)
}

func (p *member) Won(now core.Instant, id job.ID, e *Entry, fx *core.Effects) {
	w := p.w
	w.log("%d.%d won %v epoch %d seq %d", p.i, p.life, id, e.Epoch, e.Seq)
	w.stats.won++
	anew := p.begun[id] // of its own job: it goes on with what it has begun
	p.holds(id, e)
	p.begun[id] = anew
	w.history.reads(p, id, e)
	for i, o := range w.told {
		// Who wins so late that another one has won a higher epoch meanwhile knows nothing of that, and gets no lease.
		if o.job == id && w.under[i] < e.Epoch && !contains(e, o.id) && !w.exceeded {
			w.fail("%v: member %d won %v epoch %d without %v, which was committed (I-JR1)", w.now, p.i, id, e.Epoch, o.id)
		}
	}
	if e.Pending != job.StateNone {
		p.deciding[id] = e.Seq // that same decision (T9)
	}
}

func (p *member) Unclaimed(now core.Instant, id job.ID, fx *core.Effects) {
	p.w.log("%d.%d unclaimed %v", p.i, p.life, id)
	p.w.history.givesUp(p, id)
}

func (p *member) Committed(now core.Instant, id job.ID, seq uint64, fx *core.Effects) {
	w := p.w
	w.stats.commits++
	for len(p.begun[id]) > 0 && p.begun[id][0].seq <= seq {
		w.told, w.under = append(w.told, op{id, p.begun[id][0].id}), append(w.under, p.View(id).Epoch)
		w.history.commits(op{id, p.begun[id][0].id})
		p.begun[id] = p.begun[id][1:]
		w.durable()
	}
	if d := p.deciding[id]; d != 0 && seq >= d {
		p.deciding[id] = 0
		e := p.Edit(id)
		w.stats.decided++
		w.log("%d.%d decided %v: %v", p.i, p.life, id, e.Pending)
		if s, ok := w.decided[id]; ok && s != e.Pending && !w.exceeded {
			w.fail("%v: %v was decided %v and then %v (I-JL5)", w.now, id, s, e.Pending)
		}
		w.decided[id] = e.Pending
	}
}

func (p *member) Suspended(now core.Instant, id job.ID, fx *core.Effects) {}

func (p *member) Resumed(now core.Instant, id job.ID, fx *core.Effects) { p.alone(id) }

// alone: where membership does not lie, no two processes may act for a job at a time.
func (p *member) alone(id job.ID) {
	w := p.w
	if w.lies || w.exceeded {
		return
	}
	for _, q := range w.members {
		if q != p && q.up && q.Valid(q.local(), id) {
			w.fail("%v: members %d and %d both have a valid lease of %v", w.now, p.i, q.i, id)
		}
	}
}

func (p *member) Lost(now core.Instant, id job.ID, fx *core.Effects) {
	p.w.stats.lost++
	p.w.log("%d.%d lost %v", p.i, p.life, id)
	p.toSomebody(id)
	p.begun[id], p.deciding[id] = nil, 0
}

// toSomebody: who holds a job loses it to one who holds it under a higher epoch, or to a tombstone; not to one who only wants it (04-5, ADR 0065).
func (p *member) toSomebody(id job.ID) {
	w := p.w
	if _, dead := p.tombs.Find(p.local(), id); dead || w.exceeded {
		return
	}
	r := p.find(id)
	for e := r.entry.Epoch; e <= r.seen(); e++ {
		if h := w.holders[fmt.Sprintf("%v %d", id, e)]; h != "" && h != fmt.Sprintf("%d.%d", p.i, p.life) {
			return
		}
	}
	w.fail("%v: member %d lost %v to nobody", w.now, p.i, id)
}

func (p *member) Buried(now core.Instant, id job.ID, committed bool, fx *core.Effects) {
	w := p.w
	w.log("%d.%d buried %v: %v", p.i, p.life, id, committed)
	if committed {
		w.stats.buried++
		if w.accepted[id] && !w.over[id] && !w.exceeded {
			w.fail("%v: %v is buried, and was accepted (04-15)", w.now, id)
		}
		w.buried[id] = true
	}
}

func (w *world) log(format string, args ...any) {
	w.trace = append(w.trace, fmt.Sprintf("%v ", w.now)+fmt.Sprintf(format, args...))
}

// What roles do.

func (p *member) act(id job.ID) {
	w, now := p.w, p.local()
	switch w.pick(10) {
	case 0, 1:
		e := Entry{Head: Head{Job: id}, HandoverTo: core.NoNode, Gate: core.NoNode, Callback: core.NoNode, State: job.StateSubmitted}
		a := p.Accept(now, &e, &p.fx)
		w.log("%d.%d accept %v: %v", p.i, p.life, id, a.Code)
	case 2, 3, 4, 5:
		p.change(id)
	case 6:
		p.decide(id)
	case 7:
		p.handOver(id)
	case 8:
		p.cancelJob(id)
	case 9:
		p.release(id)
	}
	w.after(p)
}

// change is a result that comes, and something that is begun while that may be.
func (p *member) change(id job.ID) {
	w, now := p.w, p.local()
	e := p.Edit(id)
	if e == nil {
		return
	}
	w.ops++
	o := job.WorkflowID(w.ops)
	e.Results = append(e.Results[:len(e.Results):len(e.Results)], job.WorkflowOutcome{Workflow: o})
	p.begun[id] = append(p.begun[id], pend{e.Seq + 1, o})
	w.history.adds(p, op{id, o})
	if p.Valid(now, id) {
		p.begin(id, e)
	}
	p.Change(now, id, w.pick(2) == 0, &p.fx)
}

// begin issues a token.
func (p *member) begin(id job.ID, e *Entry) {
	w := p.w
	p.dt[id]++
	key := fmt.Sprintf("%v %v", id, job.Ticket{DE: e.Epoch, N: p.dt[id]}.Token())
	if w.tokens[key] && !w.exceeded {
		w.fail("%v: token %s issued twice (I-JF3)", w.now, key)
	}
	w.tokens[key] = true
}

func (p *member) decide(id job.ID) {
	now := p.local()
	if e := p.Edit(id); e != nil && p.Valid(now, id) && e.Pending == job.StateNone {
		e.Pending = []job.State{job.StateCompleted, job.StateFailed, job.StateTimeout}[p.w.pick(3)]
		p.deciding[id] = e.Seq + 1
		p.Change(now, id, true, &p.fx)
	}
}

func (p *member) handOver(id job.ID) {
	if to := p.w.pick(len(p.w.members)); to != p.i && p.Handover(p.local(), id, core.NodeID(to), &p.fx) {
		p.w.stats.handed++
		p.w.log("%d.%d hands %v to %d", p.i, p.life, id, to)
	}
}

func (p *member) cancelJob(id job.ID) {
	w := p.w
	if w.pick(2) == 0 {
		w.log("%d.%d bury %v: %v", p.i, p.life, id, p.Bury(p.local(), id, job.StateCancelled, &p.fx))
	} else {
		p.Remember(p.local(), id)
	}
}

func (p *member) release(id job.ID) {
	w := p.w
	if e := p.Edit(id); e != nil && p.Valid(p.local(), id) && p.deciding[id] == 0 && e.Pending != job.StateNone && w.pick(3) == 0 {
		w.over[id] = true
		w.log("%d.%d frees %v", p.i, p.life, id)
		p.Free(p.local(), id, e.Pending, &p.fx)
	}
}

// takeOver is T1: whoever is to lead takes what nobody does.
func (p *member) takeOver() {
	now := p.local()
	if p.w.heads {
		p.ReadHeads(&p.fx)
	}
	for _, id := range p.Leaderless(now, nil) {
		reason := ReasonLeaseExpired
		if p.gone(p.find(id).holder()) {
			reason = ReasonDeadLeader
		}
		p.w.history.claims(p, id)
		p.Claim(now, id, reason, &p.fx)
	}
	p.w.after(p)
}

// fault does something to the world.
func (w *world) fault() {
	c := len(w.members)
	i, j := w.pick(c), w.pick(c)
	switch w.pick(9) {
	case 0:
		w.cut[i][j] = true
	case 1:
		w.cut[i][j], w.cut[j][i] = true, true
	case 2:
		for k := range c {
			w.cut[i][k], w.cut[k][i] = true, true
		}
	case 3, 4:
		for a := range w.cut {
			clear(w.cut[a])
		}
	case 5:
		w.members[i].paused = w.now.Add([]core.Duration{time.Second, 7 * time.Second, 29 * time.Second, 45 * time.Second}[w.pick(4)])
	case 6:
		w.crash(i)
	case 7:
		w.members[i].leads = !w.members[i].leads
	case 8:
		if w.lies {
			w.gone[i][j] = i != j && !w.gone[i][j]
		}
	}
}

// crash takes the memory of a member, if the cluster may lose one more now.
func (w *world) crash(i int) {
	n := 0
	for k, p := range w.members {
		if k == i || !p.up || p.lossy {
			n++
		}
	}
	c := len(w.members)
	if n > c-w.members[0].majority() {
		return
	}
	w.members[i].up, w.members[i].paused = false, 0
	w.log("%d crashes", i)
}

func (w *world) back(i int) {
	for k := range w.members {
		w.gone[k][i] = false
		w.gone[i][k] = false
	}
	w.log("%d is back", i)
	w.start(i, false)
	for k := range w.members { // half of them hear the new process before any message about jobs
		if k != i && (k+i+int(w.members[i].life))%2 == 0 {
			w.heard[k][i] = w.members[i].life
		}
	}
}

// notice lets membership see who is down.
func (w *world) notice() {
	for i, p := range w.members {
		if p.up || w.pick(3) > 0 {
			continue
		}
		for k := range w.members {
			w.gone[k][i] = true
		}
	}
}

var gaps = []core.Duration{
	0, 0, 10 * time.Millisecond, 10 * time.Millisecond, 300 * time.Millisecond, 300 * time.Millisecond, time.Second, 1900 * time.Millisecond, 4 * time.Second,
	8 * time.Second, 26 * time.Second, 31 * time.Second,
}

// live lets a world go on for so many steps, and then rest.
func (w *world) live(steps int) {
	for range steps {
		w.run(w.now.Add(gaps[w.pick(len(gaps))]))
		i := w.pick(len(w.members))
		p := w.members[i]
		switch k := w.pick(10); {
		case k < 2:
			w.fault()
		case k < 3:
			w.notice()
		case !p.up:
			if w.pick(2) == 0 {
				w.back(i)
			}
		case w.now < p.paused:
		case k == 9:
			w.duel()
		case k < 5 && p.leads:
			p.takeOver()
		default:
			p.act(job.ID(1 + w.pick(worldJobs)))
		}
	}
}

// duel: a member claims the job of a holder that lives and goes on, for membership says it is dead. All is decided within
// a few messages.
func (w *world) duel() {
	id := job.ID(1 + w.pick(worldJobs))
	q := w.members[w.pick(len(w.members))]
	for i, p := range w.members {
		if q == p || !q.up || w.now < q.paused || !p.up || !p.Valid(p.local(), id) {
			continue
		}
		if w.lies {
			for k := range w.members {
				w.gone[k][i] = k != i
			}
		}
		reason := ReasonDeadLeader
		if w.pick(3) == 0 {
			p.Handover(p.local(), id, core.NodeID(q.i), &p.fx)
			w.after(p)
			reason = ReasonHandover
		}
		w.history.claims(q, id)
		q.Claim(q.local(), id, reason, &q.fx)
		w.after(q)
		for range 8 {
			w.run(w.now.Add([]core.Duration{0, time.Millisecond, 2 * time.Millisecond, 30 * time.Millisecond, 400 * time.Millisecond}[w.pick(5)]))
			if p.up && w.now >= p.paused {
				p.change(id)
				if w.pick(4) == 0 {
					p.decide(id)
				}
				w.after(p)
			}
		}
		return
	}
}

// rest: everybody is back and hears everybody; then every job has a holder again.
func (w *world) rest() {
	for i, p := range w.members {
		clear(w.cut[i])
		clear(w.gone[i])
		p.paused, p.leads = min(p.paused, w.now), i == 0
	}
	for i, p := range w.members {
		if !p.up {
			w.back(i)
		}
	}
	w.loss, w.twice, w.delays = 0, 0, []core.Duration{time.Millisecond, 20 * time.Millisecond}
	w.log("rest")
	for range 55 { // 9 s of old messages, 12 s until all have read, a lease of 31.6 s, promises of 8.4 s, a pause, and two checks
		w.run(w.now.Add(2 * time.Second))
		p := w.members[0]
		if int(w.now/2/second)%15 == 0 {
			p.ReadHeads(&p.fx)
			w.after(p)
		}
		p.takeOver()
	}
	w.run(w.now.Add(time.Second))
	for id := job.ID(1); id <= worldJobs; id++ {
		known, held, dead := 0, 0, 0
		for _, p := range w.members {
			if _, ok := p.tombs.Find(p.local(), id); ok {
				dead++
			} else if p.View(id) != nil {
				known++
			}
			if p.Valid(p.local(), id) {
				held++
			}
		}
		if known > 0 && held != 1 && !w.exceeded {
			w.fail("%v: %v is known to %d members, dead at %d, and has %d holders at rest", w.now, id, known, dead, held)
		}
	}
	w.durable()
}

// play runs one world, and returns what went wrong first.
func play(seed uint64, c int, live func(w *world), stats *world) (wrong string, trace []string) {
	var w *world
	defer func() {
		if stats != nil && w != nil {
			a, b := &stats.stats, &w.stats
			a.won += b.won
			a.handed += b.handed
			a.lost += b.lost
			a.accepted += b.accepted
			a.notAccepted += b.notAccepted
			a.buried += b.buried
			a.decided += b.decided
			a.commits += b.commits
			a.asked += b.asked
		}
		if p := recover(); p != nil {
			s, ok := p.(broken)
			if !ok {
				panic(p)
			}
			wrong = string(s)
			if w != nil {
				trace = w.trace
			}
		}
	}()
	w = newWorld(seed, c, func(format string, args ...any) { panic(broken(fmt.Sprintf(format, args...))) })
	live(w)
	w.rest()
	return "", nil
}

type broken string

func TestRandomWorlds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed, c := rapid.Uint64().Draw(t, "seed"), rapid.IntRange(1, 5).Draw(t, "C")
		steps := rapid.IntRange(1, 120).Draw(t, "steps")
		if wrong, trace := play(seed, c, func(w *world) { w.live(steps) }, nil); wrong != "" {
			for _, s := range trace {
				t.Log(s)
			}
			t.Fatal(wrong)
		}
	})
}

// HYPERSIM_REPLICA_WORLDS=n runs n worlds one after the other, from HYPERSIM_REPLICA_FROM on.
func TestManyRandomWorlds(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("HYPERSIM_REPLICA_WORLDS"))
	from, _ := strconv.Atoi(os.Getenv("HYPERSIM_REPLICA_FROM"))
	if n == 0 {
		n = 200
	}
	var sum world
	for k := from; k < from+n; k++ {
		c := []int{1, 2, 3, 3, 3, 4, 5, 5}[k%8]
		if wrong, trace := play(uint64(k), c, func(w *world) { w.live(40 + k%5*40) }, &sum); wrong != "" {
			for _, s := range trace[max(0, len(trace)-60):] {
				t.Log(s)
			}
			t.Fatalf("world %d of %d members: %s", k, c, wrong)
		}
	}
	t.Logf("%d worlds: %+v", n, sum.stats)
	if s := sum.stats; n >= 200 && (s.won < n || s.handed == 0 || s.lost == 0 || s.accepted < n || s.notAccepted == 0 || s.buried == 0 || s.decided == 0) {
		t.Errorf("too little happened: %+v", s)
	}
}
