package client

import (
	"fmt"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/wire"
)

const (
	sec  = core.Instant(time.Second)
	self = core.NodeID(20)
)

// bench is one client without a world. Gates have the ids 0 to 9, managers those from 10 on.
type bench struct {
	t    *testing.T
	c    *Client
	cfg  job.Config
	fx   core.Effects
	now  core.Instant
	seq  uint32
	sent []core.Message // since the last look
	told []core.JobFact

	// reply answers a request of the client at once: with a body and its kind, or not at all.
	reply func(m *core.Message) (core.Kind, core.Body)
}

func book() core.Book {
	return &wire.Codec{Book: wire.LinearBook{Port: 7000, Names: func(id core.NodeID) string { return fmt.Sprintf("node-%d", id) }}}
}

// with returns a client of so many gates; of none: of one manager, 10.
func with(t *testing.T, gates int) *bench {
	b := &bench{t: t, cfg: job.Default()}
	p := Params{Config: &b.cfg, Self: self, Instance: 1, Seed: 1, Key: 7, Book: book(), Patience: call.Patience{Retries: 3, Growth: 1.5, Total: 60 * core.Duration(sec)}}
	for i := range gates {
		p.Targets = append(p.Targets, core.NodeID(i))
	}
	if p.Ring = job.RingOf(p.Book, p.Targets); gates == 0 {
		p.Targets = []core.NodeID{10}
	}
	b.c = New(p)
	return b
}

func (b *bench) step(do func()) {
	b.fx.Reset()
	do()
	sent := append([]core.Message(nil), b.fx.Messages...)
	b.told = append(b.told, b.fx.JobFacts...)
	for i := range sent {
		if sent[i].Body != nil {
			core.Hold(sent[i].Body)
			core.Hold(sent[i].Body)
		}
	}
	b.sent = append(b.sent, sent...)
	for i := range sent {
		if m := &sent[i]; b.reply != nil && m.Kind.Answers() == core.KindNone {
			if k, body := b.reply(m); body != nil {
				b.answer(m, k, body)
			}
		}
	}
}

// say lets a node send the client a message, and returns the code of its answer, CodeOK without one.
func (b *bench) say(from core.NodeID, k core.Kind, body core.Body) call.Code {
	b.seq++
	m := core.Message{Kind: k, From: from, To: self, Seq: b.seq, Body: body}
	b.step(func() { b.c.Receive(b.now, &m, &b.fx) })
	for i := range b.sent {
		if x := &b.sent[i]; x.Kind.Answers() == k && x.Seq == b.seq && x.To == from {
			return x.Body.(call.Reply).Head().Code
		}
	}
	return call.CodeOK
}

func (b *bench) answer(m *core.Message, k core.Kind, body core.Body) {
	r := core.Message{Kind: k, From: m.To, To: self, Seq: m.Seq, Body: body}
	b.step(func() { b.c.Receive(b.now, &r, &b.fx) })
}

// until lets time pass.
func (b *bench) until(at core.Instant) {
	for {
		d, ok := b.c.Deadline()
		if !ok || d > at {
			b.now = max(b.now, at)
			return
		}
		b.now = max(b.now, d)
		b.step(func() { b.c.Wake(b.now, &b.fx) })
	}
}

// of returns what was sent of a kind since the last look, and looks.
func (b *bench) of(k core.Kind) (list []core.Message) {
	for _, m := range b.sent {
		if m.Kind == k {
			list = append(list, m)
		}
	}
	b.sent = b.sent[:0]
	return list
}

// submit hands a job in.
func (b *bench) submit() (id job.ID) {
	b.step(func() { id = b.c.Submit(b.now, job.Spec{Workflows: []job.WorkflowSpec{{Name: 1}}}, &b.fx) })
	return id
}

// accepted hands a job in that a node accepts under epoch 1.
func (b *bench) accepted(by core.NodeID) job.ID {
	id := b.submit()
	m := b.of(core.KindJobSubmission)[0]
	if m.To != by { // it is told whom to ask
		b.answer(&m, core.KindJobAck, &job.Ack{Job: id, Answer: call.NotLeader(by)})
		m = b.of(core.KindJobSubmission)[0]
	}
	b.answer(&m, core.KindJobAck, &job.Ack{Job: id, Accepted: true, GE: 1, State: job.StateSubmitted})
	b.sent = b.sent[:0]
	return id
}

// status is a word of a gate about a job.
func status(id job.ID, ge, seq uint32, s job.State) *job.StatusPush {
	return &job.StatusPush{Status: job.Status{Job: id, Site: job.NoSite, Epoch: ge, Seq: seq, State: s}}
}

// facts returns the facts of a kind: at which To.
func (b *bench) facts(k core.JobFactKind) (to []uint8) {
	for i := range b.told {
		if b.told[i].Kind == k {
			to = append(to, b.told[i].To)
		}
	}
	return to
}
