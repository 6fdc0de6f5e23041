package metrics

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/sim/trace"
)

// EventKind says what a JobEvent is.
type EventKind uint8

// The kinds.
const (
	EventMessage EventKind = iota // Peer sent it to Node
	EventFact                     // Node says it
	EventLife                     // Node's process began or was gone
	EventGap                      // from here on, events are left out: as many as Word says
)

var eventKinds = [...]string{"message", "fact", "life", "gap"}

func (k EventKind) String() string { return eventKinds[k] }

// JobEvent is something that mattered to a job: a message that arrived or was lost, what a node said of the job, or that a
// node that had to do with it came or went.
type JobEvent struct {
	At       core.Instant // of a lost message: when its sender, or the world, gave it up
	Sent     core.Instant // of a message; Never for others
	Kind     EventKind
	Lost     trace.Reason
	Attempt  uint16
	Shard    uint16
	Node     core.NodeID
	Peer     core.NodeID // NoNode: nobody
	Workflow uint64
	Name     string        // of the kind of message or fact
	Word     string        // what it says: a code, a state, a rule
	Length   core.Duration // of a grant, or of the time that a job may take
}

// What bounds the events that are kept. Which jobs are worth messageNotes about is known when they have ended: until then all
// are followed, afterwards the longest ones of each plotline.
const (
	eventsOfJob  = 600 // of more, those in the middle go
	eventsEarly  = 150 // of these, none goes
	eventsAtOnce = 300_000
	jobsOfStory  = 2
	storiesMost  = 12
	livesMost    = 50_000
)

// trail is what is kept of a followed job.
type trail struct {
	events []JobEvent
	left   int  // events that went
	pinned bool // it is kept whatever becomes of it
	over   bool // its plotline is known
	last   []lastWord

	decided [4]decision // the last ones: peers commit them
	plotline
}

// decision is when a node decided something of a job.
type decision struct {
	node core.NodeID
	at   core.Instant
}

// plotline is what jobs may have in common.
type plotline struct {
	outcome                                  job.State
	led, granted, again, redirected, widowed bool // another leader took it; more time; a shard ran twice; a lost leader
}

// rank orders stories: what went wrong first, then what was out of the ordinary.
func (s plotline) rank() int {
	n := map[job.State]int{
		job.LocalLost: 90, job.LocalUnknown: 85, job.StateFailed: 80, job.StateTimeout: 70, job.StateNone: 60, job.StateCancelled: 50, job.LocalRejected: 40,
	}[s.outcome]
	for i, odd := range [...]bool{s.redirected, s.widowed, s.granted, s.again, s.led} {
		if odd {
			n += 2 * (i + 1)
		}
	}
	return n
}

// lastWord is what one node told another one last, of what is said again and again.
type lastWord struct {
	kind     core.Kind
	from, to core.NodeID
	word     string
}

// trails follow jobs.
type trails struct {
	*jobs
	list  []*trail // beside the jobs; nil: it is not followed, or no more
	kept  map[plotline][]int32
	held  int // events
	free  []*trail
	lives []JobEvent
	rec   *trace.Record // the message that is being read
	pins  map[uint64]bool
}

func newTrails(j *jobs, on *hooks) *trails {
	t := &trails{jobs: j, kept: map[plotline][]int32{}, pins: map[uint64]bool{}}
	for k := range messageNotes {
		if messageNotes[k] != nil {
			on.delivered[k] = append(on.delivered[k], t.message)
			on.dropped[k] = append(on.dropped[k], t.message)
		}
	}
	on.job(t.begins, trace.JobSubmitted)
	for kind := range eventFacts {
		if eventFacts[kind] != nil {
			on.jobFact(t.fact, core.JobFactKind(kind))
		}
	}
	on.started = append(on.started, func(now core.Instant, n core.NodeID) { t.life(now, n, "up") })
	on.ended = append(on.ended, func(now core.Instant, n core.NodeID) { t.life(now, n, "down") })
	return t
}

// Follow keeps the events of a job whatever becomes of it, those from now on at the least.
func (r *Recorder) Follow(id uint64) {
	r.trails.pins[id] = true
	if i := r.trails.of(id); i >= 0 && r.trails.list[i] != nil {
		r.trails.list[i].pinned = true
	}
}

// begins follows a job from its submission on.
func (t *trails) begins(rec *trace.JobRecord) {
	for len(t.list) < len(t.res.Jobs) {
		t.list = append(t.list, nil)
	}
	i := t.of(rec.Fact.Job)
	pinned := t.pins[rec.Fact.Job]
	if i < 0 || t.held >= eventsAtOnce && !pinned {
		return
	}
	x := &trail{}
	if n := len(t.free); n > 0 {
		x, t.free = t.free[n-1], t.free[:n-1]
		*x = trail{events: x.events[:0], last: x.last[:0]}
	}
	x.pinned, t.list[i] = pinned, x
	for k := range x.decided {
		x.decided[k].node = core.NoNode
	}
}

// add keeps an event of a job that is followed.
func (t *trails) add(id uint64, e JobEvent) {
	i := t.of(id)
	if i < 0 || t.list[i] == nil {
		return
	}
	x := t.list[i]
	if len(x.events) >= eventsOfJob {
		const most = eventsOfJob / 2
		x.events = append(x.events[:eventsEarly], x.events[eventsEarly+most:]...)
		x.left, t.held = x.left+most, t.held-most
	}
	x.events = append(x.events, e)
	t.held++
}

// message keeps a message that arrived or was lost, once for each job that it is about.
func (t *trails) message(rec *trace.Record) {
	if len(t.index) == 0 || rec.Copy || rec.Msg.Body == nil {
		return
	}
	t.rec = rec
	messageNotes[rec.Msg.Kind](rec.Msg.Body, t)
}

// note is what a message says about a job.
type note struct {
	job, workflow  uint64
	attempt, shard uint16
	word           string
	again          bool // it is said again and again: only another word than the last one matters
	delta          bool // it is news of the job for its copies: only what commits a decision matters
}

func (t *trails) say(n note) {
	i := t.of(n.job)
	if i < 0 || t.list[i] == nil {
		return
	}
	r, m := t.rec, t.rec.Msg
	if n.delta && !t.list[i].commits(m.From, r.Due) || n.again && !t.list[i].changed(lastWord{m.Kind, m.From, m.To, n.word}) {
		return
	}
	e := JobEvent{
		At: r.At, Sent: r.Due, Kind: EventMessage, Lost: r.Reason, Attempt: n.attempt, Shard: n.shard, Node: m.To, Peer: m.From,
		Workflow: n.workflow, Name: m.Kind.String(), Word: n.word,
	}
	if r.Kind == trace.KindDelivered {
		e.Lost = trace.ReasonNone
	}
	t.add(n.job, e)
}

// commits reports whether what a node sent then is what its peers commit of its last decision.
func (x *trail) commits(from core.NodeID, sent core.Instant) bool {
	const soon = core.Duration(1e6)
	for _, d := range x.decided {
		if d.node == from && sent >= d.at && sent <= d.at.Add(soon) {
			return true
		}
	}
	return false
}

// decides notes a decision.
func (x *trail) decides(rec *trace.JobRecord) {
	f := &rec.Fact
	switch f.Kind {
	case core.JobFactState:
		if s := job.State(f.To); !s.Terminal() && s != job.StateCompleting && s != job.StateCancelling {
			return
		}
	case core.JobFactTimeout:
		if jobtimeout.Event(f.To) != jobtimeout.EventDeclared {
			return
		}
	default:
		return
	}
	copy(x.decided[1:], x.decided[:])
	x.decided[0] = decision{rec.Node, rec.At}
}

// changed notes the last word, and says whether it is another one.
func (x *trail) changed(w lastWord) bool {
	for k := range x.last {
		if l := &x.last[k]; l.kind == w.kind && l.from == w.from && l.to == w.to {
			other := l.word != w.word
			l.word = w.word
			return other
		}
	}
	x.last = append(x.last, w)
	return true
}

// fact keeps what a node says.
func (t *trails) fact(rec *trace.JobRecord) {
	f := &rec.Fact
	i := t.of(f.Job)
	if i < 0 || t.list[i] == nil {
		return
	}
	e := JobEvent{
		At: rec.At, Sent: core.Never, Kind: EventFact, Node: rec.Node, Peer: f.Node, Workflow: f.Workflow, Attempt: f.Attempt, Shard: f.Shard,
		Name: f.Kind.String(),
	}
	if !eventFacts[f.Kind](t, f, &e) {
		return
	}
	t.list[i].decides(rec)
	t.list[i].notice(rec)
	t.add(f.Job, e)
	if f.Kind == core.JobFactOutcome {
		t.over(i)
	}
}

// notice takes what makes a job's plotline.
func (x *trail) notice(rec *trace.JobRecord) {
	if x.over {
		return
	}
	switch f := &rec.Fact; f.Kind {
	case core.JobFactHolder:
		x.led = x.led || f.Get("part") == 2
	case core.JobFactDeadline:
		x.granted = x.granted || jobtimeout.Event(f.To) == jobtimeout.EventExtension
	case core.JobFactShard:
		x.again = x.again || f.Attempt > 1
	case core.JobFactSubmit:
		x.redirected = x.redirected || f.Get("redirects") > 0 || call.Code(f.Code) == call.CodeNotLeader
	case core.JobFactOrphan:
		x.widowed = true
	case core.JobFactOutcome:
		x.outcome = job.State(f.To)
	default:
	}
}

// over decides whether a job that has ended is kept.
func (t *trails) over(i int32) {
	x := t.list[i]
	if x.pinned || x.over {
		return
	}
	x.over = true
	list := t.kept[x.plotline]
	if len(list) < jobsOfStory {
		t.kept[x.plotline] = append(list, i)
		return
	}
	least := 0
	for k := range list {
		if t.span(list[k]) < t.span(list[least]) {
			least = k
		}
	}
	drop := i
	if y := t.list[list[least]]; !y.pinned && t.span(i) > t.span(list[least]) {
		drop, list[least] = list[least], i
	}
	t.drop(drop)
}

// span is how long a job took, at the least.
func (t *trails) span(i int32) core.Duration {
	x := t.list[i]
	if len(x.events) == 0 {
		return 0
	}
	return x.events[len(x.events)-1].At.Sub(t.res.Jobs[i].Submitted)
}

func (t *trails) drop(i int32) {
	x := t.list[i]
	t.held -= len(x.events)
	t.list[i] = nil
	t.free = append(t.free, x)
}

func (t *trails) life(now core.Instant, n core.NodeID, word string) {
	if now > 0 && len(t.lives) < livesMost {
		t.lives = append(t.lives, JobEvent{At: now, Sent: core.Never, Kind: EventLife, Node: n, Peer: core.NoNode, Name: "process", Word: word})
	}
}
