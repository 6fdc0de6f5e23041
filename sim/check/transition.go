package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// The rules.
var (
	M1  = rule("I-M1", "an UNCONFIRMED record never becomes SUSPECT or DEAD", "spec 10 §13")
	M2  = rule("I-M2", "no node holds itself in any state but OK or leaving", "spec 10 §13")
	M3  = rule("I-M3", "a record's incarnation never decreases", "spec 10 §13")
	M5  = rule("I-M5", "every transition is a row of the transition table", "spec 10 §13")
	M6  = rule("I-M6", "at equal incarnation the rank never falls", "spec 10 §13")
	M8  = rule("I-M8", "UNCONFIRMED becomes OK only in the same event as a confirming contact", "spec 10 §13")
	M14 = rule("I-M14", "DEAD by timer only from SUSPECT, never by a failed probe", "spec 10 §13")
	M24 = rule("I-M24", "LEFT is left only by a higher incarnation, and who left does not die", "spec 10 §13")
	M32 = rule("I-M32", "a death that a table tells of is an accusation, and kills nobody", "spec 10 §7.3")
	M28 = rule("I-M28", "in a calm run no live node is SUSPECT or DEAD", "spec 10 §13")
)

var _ = judge(func(c *Checker, on *hooks) {
	on.fact(c.transition, core.FactTransition)
})

// condition relates the new incarnation of a transition to the old one.
type condition uint8

const (
	same    condition = iota + 1 // i = i₀
	atLeast                      // i ≥ i₀
	higher                       // i > i₀
)

func (c condition) holds(inc uint32, old int64) bool {
	switch c {
	case same:
		return int64(inc) == old
	case atLeast:
		return int64(inc) >= old
	case higher:
		return int64(inc) > old
	}
	return false
}

// row is one line of the transition table (spec 10 §2.3). Events are causes, because that is what facts
// name. "none" stands for a tombstone too, whose incarnation is then i₀ (−1 without one).
type row struct {
	from, to core.MemberState
	when     condition
	mode     mode
	causes   []core.Cause
}

// mode says in which confirmation mode a row is in force.
type mode uint8

const (
	always   mode = iota
	observer      // AD-29: each observer confirms for itself
	hearsay       // gossiped alive means OK
)

const (
	none        = core.StateNone
	unconfirmed = core.StateUnconfirmed
	ok          = core.StateOK
	suspect     = core.StateSuspect
	dead        = core.StateDead
	left        = core.StateLeft
)

// claims lists causes; it makes the table below read like the spec's.
func claims(c ...core.Cause) []core.Cause { return c }

var (
	aliveClaims = claims(core.CauseAlive, core.CauseJoined)
	aliveOrSeen = claims(core.CauseAlive, core.CauseJoined, core.CauseSeen)
)

// rows is §2.3, in its order.
var rows = []row{
	{none, unconfirmed, atLeast, always, claims(core.CauseConfigured)},
	{none, unconfirmed, higher, observer, aliveClaims},
	{none, unconfirmed, atLeast, observer, claims(core.CauseSeen)},
	{none, ok, atLeast, always, claims(core.CauseConfirm)},
	{none, ok, higher, hearsay, claims(core.CauseAlive, core.CauseJoined, core.CauseConfigured)},
	{unconfirmed, ok, atLeast, always, claims(core.CauseConfirm)},
	{unconfirmed, ok, atLeast, hearsay, aliveClaims},
	{unconfirmed, unconfirmed, higher, observer, aliveClaims},
	{unconfirmed, unconfirmed, higher, always, claims(core.CauseSuspect)},
	{unconfirmed, none, atLeast, always, claims(core.CauseDead, core.CauseLeft)},
	{unconfirmed, none, same, always, claims(core.CauseRoleTimeout, core.CauseExhausted, core.CauseEvicted)},
	{ok, ok, higher, always, aliveOrSeen},
	{ok, suspect, atLeast, always, claims(core.CauseSuspect)},
	{ok, ok, higher, always, claims(core.CauseSuspect)}, // no room for one more suspicion: evidence all the same (settled 87)
	{ok, suspect, same, always, claims(core.CauseProbeFailed, core.CauseSilent)},
	{ok, dead, atLeast, always, claims(core.CauseDead)},
	{ok, left, atLeast, always, claims(core.CauseLeft)},
	{suspect, left, atLeast, always, claims(core.CauseLeft)},
	{suspect, ok, higher, always, aliveOrSeen},
	{suspect, suspect, higher, always, claims(core.CauseSuspect)},
	{suspect, dead, same, always, claims(core.CauseExpired)},
	{suspect, dead, atLeast, always, claims(core.CauseDead)},
	{dead, ok, higher, always, aliveOrSeen},
	{dead, dead, higher, always, claims(core.CauseDead, core.CauseSuspect)},
	{dead, left, atLeast, always, claims(core.CauseLeft)},
	{dead, none, same, always, claims(core.CauseRetention, core.CauseEvicted)},
	{left, unconfirmed, higher, always, aliveOrSeen},
	{left, ok, higher, hearsay, aliveClaims},
	{left, left, higher, always, claims(core.CauseDead, core.CauseSuspect, core.CauseLeft)},
	{left, none, same, always, claims(core.CauseRetention, core.CauseEvicted)},
}

// table is rows by [from][to][cause], for both modes.
type table [core.NumStates][core.NumStates][core.NumCauses]condition

var observerTable, hearsayTable = tables()

func tables() (o, h *table) {
	o, h = new(table), new(table)
	for _, r := range rows {
		for _, cause := range r.causes {
			if r.mode != hearsay {
				o[r.from][r.to][cause] = r.when
			}
			if r.mode != observer {
				h[r.from][r.to][cause] = r.when
			}
		}
	}
	return o, h
}

var rank = [core.NumStates]int8{none: -1, unconfirmed: -1, ok: 0, suspect: 1, dead: 2, left: 3}

// counted reports whether a subject in state s stands in the probe list (§2.1).
func counted(s core.MemberState) bool { return s == unconfirmed || s == ok || s == suspect }

// transition takes a change of a record (I-M1 to I-M6, I-M8, I-M14, I-M24, I-M27, I-M28).
func (c *Checker) transition(r *trace.Record) {
	if c.step.hand && c.step.kind.IsStream() && r.Fact.To == dead && r.Fact.Cause == core.CauseDead && c.fails(M32) {
		c.detail(M32, r.At, []core.NodeID{r.Node, r.Fact.Subject}, "%s declares %s dead by the table of %s", c.name(r.Node), c.name(r.Fact.Subject), c.name(c.step.from))
	}
	f := &r.Fact
	if int(f.Subject) >= len(c.hot) || f.From >= core.NumStates || f.To >= core.NumStates || f.Cause >= core.NumCauses {
		if c.fails(M5) {
			c.detail(M5, r.At, []core.NodeID{r.Node}, "transition of node %d from %d to %d, cause %d", f.Subject, f.From, f.To, f.Cause)
		}
		return
	}
	c.shape(r)
	c.adoptedBy(r.At, r.Node, f.Subject, f.Inc)
	if f.From == none && f.To != none && c.hot[f.Subject].leaving {
		c.cold[f.Subject].unheard = true // its departure overtook what it had said before, and met nobody who knew it
	}
	if f.From == unconfirmed && f.To == ok && !c.ctx.Hearsay && !c.confirms(r) && c.fails(M8) {
		c.broken(M8, r, "without a confirming contact")
	}
	if f.From == suspect && f.To != suspect && c.susp.has(r.Node, f.Subject) && c.fails(M27) {
		c.broken(M27, r, "while its suspicion goes on")
	}
	if c.ctx.Calm && (f.To == suspect || f.To == dead) && c.steady(f.Subject) && c.fails(M28) {
		c.broken(M28, r, "although it is alive and the run is calm")
	}
	s := &c.step
	if f.From == unconfirmed && s.doubt.subject == f.Subject {
		s.doubtful = false
	}
	s.moved, s.to, s.cause, s.subject, s.inc = true, f.To, f.Cause, f.Subject, f.Inc
	if f.To == dead && (f.From == ok || f.From == suspect) {
		s.owed++
		s.owedFor = f.Subject
	}
	if c.ctx.Lossy {
		c.mourn(r)
	}
	c.listed(r)
	if c.cold[r.Node].held >= 0 {
		c.moves(r)
	}
	if len(c.crashes) > 0 {
		c.revived(r)
	}
	if len(c.restarted) > 0 {
		c.learnInstance(r)
	}
	if len(c.silent) > 0 {
		delete(c.silent, pairKey(r.Node, f.Subject))
	}
}

// shape checks what the fact alone shows.
func (c *Checker) shape(r *trace.Record) {
	f := &r.Fact
	if f.From == unconfirmed && (f.To == suspect || f.To == dead) && c.fails(M1) {
		c.broken(M1, r, "an UNCONFIRMED record")
	}
	if f.Subject == r.Node && c.fails(M2) {
		c.broken(M2, r, "a record of itself")
	}
	if int64(f.Inc) < f.Get("old_incarnation") && c.fails(M3) {
		c.broken(M3, r, "a lower incarnation")
	}
	t := observerTable
	if c.ctx.Hearsay {
		t = hearsayTable
	}
	if !t[f.From][f.To][f.Cause].holds(f.Inc, f.Get("old_incarnation")) && c.fails(M5) {
		c.broken(M5, r, "no row of the table")
	}
	if f.From != none && f.To != none && int64(f.Inc) == f.Get("old_incarnation") && rank[f.To] < rank[f.From] && c.fails(M6) {
		c.broken(M6, r, "a lower rank at the same incarnation")
	}
	if f.To == dead && f.From != dead && f.Cause != core.CauseDead && (f.Cause != core.CauseExpired || f.From != suspect) && c.fails(M14) {
		c.broken(M14, r, "neither a dead claim nor an expired suspicion")
	}
	if f.From == left && f.To != left && f.To != none && int64(f.Inc) <= f.Get("old_incarnation") && c.fails(M24) {
		c.broken(M24, r, "without a higher incarnation")
	}
}

// broken is detail for a transition.
func (c *Checker) broken(id ID, r *trace.Record, why string) {
	f := &r.Fact
	c.detail(id, r.At, []core.NodeID{r.Node, f.Subject}, "%s moves %s from %v(%d) to %v(%d), cause %v: %s",
		c.name(r.Node), c.name(f.Subject), f.From, f.Get("old_incarnation"), f.To, f.Inc, f.Cause, why)
}

// confirms reports whether the step handles a contact that confirms the subject (§2.5).
func (c *Checker) confirms(r *trace.Record) bool {
	s, f := &c.step, &r.Fact
	if f.Cause != core.CauseConfirm || !s.hand || s.from != f.Subject {
		return false
	}
	return s.kind == core.KindAck || s.kind.IsStream() || c.hot[f.Subject].worker || c.ctx.AnyMessage
}

// steady reports whether id runs, has never been down since its first start and is not about to leave or
// standing still.
func (c *Checker) steady(id core.NodeID) bool {
	n := &c.hot[id]
	return n.up && !n.leaving && !n.paused && c.cold[id].starts == 1
}
