package front

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/registry"
)

// Bar sends m away because of who sent it, before anything else of it is looked at (AD-28; spec 30 §6, step 2), and says so in
// the answer of its kind, if it has one. A nil server, such as a client has, gives no answer.
func (s *Server) Bar(m *core.Message, d *registry.Door, why registry.Bar, fx *core.Effects) {
	f := fx.JobFact(core.JobFactBarred)
	f.Node, f.To, f.Code = m.From, uint8(why), uint8(m.Kind.Class())
	f.Epoch, f.Token = uint32(m.Kind), uint64(m.Seq)
	if s != nil {
		s.reply(m, d.Answer(why), fx)
	}
}

// reply appends the answer to a request that is not served, and returns its body, nil where there is none.
func (s *Server) reply(m *core.Message, a call.Answer, fx *core.Effects) core.Body {
	kind := answers[m.Kind]
	if kind == core.KindNone || s.p.Bodies[kind] == nil {
		return nil
	}
	b := fx.Bodies.Take(kind, s.p.Bodies[kind])
	head, ok := b.(call.Reply)
	if !ok {
		return nil
	}
	*head.Head() = a
	out := fx.Send()
	out.Kind, out.From, out.To, out.Role, out.Instance = kind, s.p.Self, m.From, s.p.Role, s.p.Instance
	out.Seq, out.Timeout, out.Body = m.Seq, s.p.Reply, b
	return b
}
