package check

import (
	"fmt"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/sim/trace"
)

// history is the recent past of the whole run: life, faults and the facts that are not routine. A calm
// run has few of them, so that it reaches back far.
type history struct {
	pages [historyLen / pageLen]*[pageLen]event // made as they are needed: most runs of a search are short
	n     uint64                                // that there were
}

const (
	historyLen = 1 << 14
	pageLen    = 1 << 9
	causesMax  = 24
)

// event is a record without what texts do not need.
type event struct {
	at      core.Instant
	a       int64
	job     uint64 // its id
	node    core.NodeID
	subject core.NodeID
	other   core.NodeID
	inc     uint32
	kind    trace.Kind
	fact    core.FactKind
	from    core.MemberState
	to      core.MemberState
	cause   core.Cause
	back    core.Callback
	works   trace.JobKind    // not JobNone: about a job
	jobFact core.JobFactKind // of JobFact
}

// at is the place of the nth event there was.
func (h *history) at(n uint64) *event {
	n %= historyLen
	return &h.pages[n/pageLen][n%pageLen]
}

func (h *history) add(e event) {
	if p := &h.pages[h.n%historyLen/pageLen]; *p == nil {
		*p = new([pageLen]event)
	}
	*h.at(h.n) = e
	h.n++
}

// remember keeps a record for the causal chains of later violations.
func (c *Checker) remember(r *trace.Record) {
	e := event{at: r.At, kind: r.Kind, node: r.Node, subject: core.NoNode, other: core.NoNode, inc: r.Inc, a: int64(r.Fault)}
	if r.Kind == trace.KindFact {
		f := &r.Fact
		e.fact, e.from, e.to, e.cause, e.back = f.Kind, f.From, f.To, f.Cause, f.Callback
		e.subject, e.other, e.inc, e.a = f.Subject, f.Other, f.Inc, f.A
	}
	c.past.add(e)
}

// rememberJob keeps a record about a job.
func (c *Checker) rememberJob(r *trace.JobRecord) {
	e := event{at: r.At, node: r.Node, works: r.Kind, job: r.Fact.Job, jobFact: r.Fact.Kind, subject: r.Node, other: r.Fact.Node, a: int64(r.Fact.Token)}
	if r.Kind == trace.JobWork || r.Kind == trace.JobEnded || r.Kind == trace.JobLost {
		e.job, e.a, e.jobFact, e.other = r.Work.Job, int64(r.Work.Token), core.JobFactNone, core.NoNode
	}
	e.from, e.to = core.MemberState(r.Fact.From), core.MemberState(r.Fact.To)
	c.past.add(e)
}

// jobText tells of a record about a job. Its states are numbers here: which table they are of, the fact's row says.
func (c *Checker) jobText(e *event) string {
	s := fmt.Sprintf("%v %s: %v of %v", e.at, c.name(e.node), e.works, job.ID(e.job))
	if e.works == trace.JobFact {
		s = fmt.Sprintf("%v %s: %v of %v, %d to %d", e.at, c.name(e.node), e.jobFact, job.ID(e.job), uint8(e.from), uint8(e.to))
	}
	if e.a != 0 {
		s += fmt.Sprintf(", token %#x", uint64(e.a))
	}
	return s
}

// causes lists what led here: the last events about nodes, oldest first, and the message in hand.
func (c *Checker) causes(nodes []core.NodeID) []string {
	about := func(id core.NodeID) bool {
		for _, n := range nodes {
			if n == id {
				return true
			}
		}
		return false
	}
	h := &c.past
	var out []string
	for k := uint64(1); k <= min(h.n, historyLen) && len(out) < causesMax; k++ {
		e := h.at(h.n - k)
		fault := e.kind == trace.KindFaultStart || e.kind == trace.KindFaultEnd
		if fault || about(e.node) && (e.works != trace.JobNone || e.kind != trace.KindFact || about(e.subject)) {
			out = append(out, c.text(e))
		}
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	if s := &c.step; s.hand && about(s.node) {
		out = append(out, fmt.Sprintf("%v %s handles %v of %s", s.at, c.name(s.node), s.kind, c.name(s.from)))
	}
	return out
}

// What facts name beside their subject; the other fields of core.Fact are zero there.
const (
	namesInc = 1<<core.FactTransition | 1<<core.FactSuspicionStarted | 1<<core.FactSuspicionConfirmed | 1<<core.FactIncarnation | 1<<core.FactAccused | 1<<core.FactQueued |
		1<<core.FactScopeSuspected | 1<<core.FactScopeConfirmed | 1<<core.FactScopeExtended | 1<<core.FactScopeEnded
	namesOther = 1<<core.FactTransition | 1<<core.FactCallback | 1<<core.FactSuspicionStarted | 1<<core.FactSuspicionConfirmed | 1<<core.FactAccused | 1<<core.FactQueued
)

func (c *Checker) text(e *event) string {
	if e.works != trace.JobNone {
		return c.jobText(e)
	}
	switch e.kind {
	case trace.KindFact:
	case trace.KindFaultStart, trace.KindFaultEnd:
		return fmt.Sprintf("%v %v %d", e.at, e.kind, e.a)
	default:
		return fmt.Sprintf("%v %s: %v, incarnation %d", e.at, c.name(e.node), e.kind, e.inc)
	}
	s := fmt.Sprintf("%v %s: %v", e.at, c.name(e.node), e.fact)
	if e.subject != e.node && e.subject != core.NoNode {
		s += " of " + c.name(e.subject)
	}
	switch e.fact {
	case core.FactTransition:
		s += fmt.Sprintf(" %v to %v", e.from, e.to)
	case core.FactCallback:
		s += " " + e.back.String()
	case core.FactLHM, core.FactDegradation:
		s += fmt.Sprintf(" to %d", e.a)
	case core.FactScopeSuspected, core.FactScopeConfirmed, core.FactScopeExtended, core.FactScopeEnded:
		s += fmt.Sprintf(" for scope %d", e.a)
	default:
	}
	if namesInc>>e.fact&1 != 0 {
		s += fmt.Sprintf(", incarnation %d", e.inc)
	}
	if e.cause != core.CauseNone {
		s += ", cause " + e.cause.String()
	}
	if namesOther>>e.fact&1 != 0 && e.other != core.NoNode {
		s += ", by " + c.name(e.other)
	}
	return s
}
