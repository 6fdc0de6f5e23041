package check

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/sim/trace"
)

// RL3 is the caller's side of rate limits.
var RL3 = rule("I-RL3", "a client, or who registers, asks a server that told it that it asks too often nothing of the kind before it was told to", "spec 30 §8")

// barKey names what a process may not ask of a server.
type barKey struct {
	asker, server core.NodeID
	kind          core.Kind
}

// barSeen is until when.
type barSeen struct {
	told, until core.Instant
	inst        uint32 // of the asker
}

type patience struct {
	*Checker
	bars map[barKey]barSeen
}

var _ = judge(func(c *Checker, on *hooks) {
	if a := c.ctx.Admission; a != nil && a.Rate.Total == 0 {
		return
	}
	p := &patience{Checker: c, bars: map[barKey]barSeen{}}
	on.sent = append(on.sent, p.sent)
	for k := range core.Kind(core.NumKinds) {
		if k.Answers() != core.KindNone && k.Room() == core.RoomJobs {
			on.delivered[k] = append(on.delivered[k], p.told)
		}
	}
})

// told hears that a server is asked too often.
func (p *patience) told(r *trace.Record) {
	a, ok := r.Msg.Body.(call.Reply)
	if !ok || a.Head().Code != call.CodeBusy || a.Head().Reason != call.ReasonRate || r.Spent == trace.Refused {
		return
	}
	p.bars[barKey{r.Node, r.Msg.From, r.Msg.Kind.Answers()}] = barSeen{r.At, r.At.Add(a.Head().RetryAfter), p.hot[r.Node].inst}
}

// sent looks at requests to servers that said when to come again. The asker's clock may run fast, by a fault by some percent; one that has jumped
// since knows nothing of that time.
func (p *patience) sent(r *trace.Record) {
	if len(p.bars) == 0 || !p.counted(r.Msg) {
		return
	}
	b, ok := p.bars[barKey{r.Node, r.Msg.To, r.Msg.Kind}]
	if !ok || b.inst != p.hot[r.Node].inst || p.cold[r.Node].impaired >= b.told {
		return
	}
	if least := b.until.Sub(b.told); r.At.Add(least/20+1) < b.until && p.fails(RL3) {
		p.detail(RL3, r.At, []core.NodeID{r.Node, r.Msg.To}, "%s asks %s (%v) %v before it was told to", p.name(r.Node), p.name(r.Msg.To), r.Msg.Kind, b.until.Sub(r.At))
	}
}

// counted reports whether a request counts for a rate (01-65).
func (p *patience) counted(m *core.Message) bool {
	switch m.Kind {
	case core.KindWorkerRegistration, core.KindManagerRegistration, core.KindGateRegistrationRequest,
		core.KindManagerPeerRegistration, core.KindManagerToWorkerRegistration:
		return true
	default:
		return m.Role == core.RoleClient && m.Kind.Travels() && m.Kind.Class() != core.ClassControl
	}
}
