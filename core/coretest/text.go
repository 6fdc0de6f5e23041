package coretest

import (
	"fmt"
	"strconv"
	"strings"

	"hypersim/core"
)

func stranger(id core.NodeID) string {
	if id == core.NoNode {
		return "nobody"
	}
	return "#" + strconv.FormatUint(uint64(id), 10)
}

// Line prints e in one line: the time, the node, and what happened.
func (b *Bench) Line(e *Event) string {
	at := fmt.Sprintf("%-8v", e.At)
	switch e.Kind {
	case EventSent:
		return at + " " + b.Message(&e.Msg)
	case EventDropped:
		return at + " " + b.Message(&e.Msg) + "  LOST"
	case EventForged:
		return at + " " + b.Message(&e.Msg) + "  FORGED"
	case EventFact:
		return at + "   " + b.Name(e.Node) + ": " + b.Fact(&e.Fact)
	}
	return at + " ?"
}

// Message prints what kind, ends and content of m say: "a -> b ping #3 [suspect:0:b:a]".
func (b *Bench) Message(m *core.Message) string {
	s := fmt.Sprintf("%s -> %s %s", b.Name(m.From), b.Name(m.To), m.Kind)
	if m.Seq != 0 {
		s += fmt.Sprintf(" #%d", m.Seq)
	}
	switch m.Kind {
	case core.KindPingReq, core.KindStreamPing:
		s += fmt.Sprintf(" target=%s budget=%dms", b.Name(m.Target), m.BudgetMS)
	case core.KindIndAck:
		s += fmt.Sprintf(" target=%s inc=%d", b.Name(m.Target), m.Required)
	case core.KindNack:
		s += " target=" + b.Name(m.Target)
	case core.KindAck:
		s += " you=" + m.State.String()
	case core.KindPing:
		if m.Target != m.To {
			s += " target=" + b.Name(m.Target)
		}
	case core.KindStreamFailed:
		return s + " of " + m.Failed.String()
	default:
	}
	if m.Incarnation != 0 {
		s += fmt.Sprintf(" own=%d", m.Incarnation)
	}
	if m.Instance > 1 {
		s += fmt.Sprintf(" instance=%d", m.Instance)
	}
	s += flags(m)
	if len(m.Updates) > 0 {
		s += " [" + join(len(m.Updates), func(i int) string { return b.Update(&m.Updates[i]) }) + "]"
	}
	if m.Extra != nil {
		s += b.extra(m.Extra)
	}
	return s + b.Body(m)
}

func flags(m *core.Message) string {
	s := ""
	for _, f := range [...]struct {
		bit  core.Flags
		text string
	}{
		{core.FlagDeclined, " declined"}, {core.FlagRetry, " retry"},
		{core.FlagRejected, " rejected"}, {core.FlagReply, " reply"}, {core.FlagEqual, " equal"},
	} {
		if m.Flags&f.bit != 0 {
			s += f.text
		}
	}
	return s
}

// Update prints a claim as "suspect:0:b:c": type, incarnation, subject and, where there is one, accuser.
func (b *Bench) Update(u *core.Update) string {
	s := fmt.Sprintf("%s:%d:%s", u.Type, u.Incarnation, b.Name(u.Subject))
	if u.From != core.NoNode {
		s += ":" + b.Name(u.From)
	}
	return s
}

// ParseUpdate reads what Update prints; the role is the caller's to fill in.
func (b *Bench) ParseUpdate(s string) (core.Update, error) {
	u := core.Update{From: core.NoNode}
	part := strings.Split(s, ":")
	if len(part) != 3 && len(part) != 4 {
		return u, fmt.Errorf("coretest: update %q: want type:incarnation:subject[:accuser]", s)
	}
	known := false
	for t := range core.UpdateType(core.NumUpdateTypes) {
		if t.String() == part[0] {
			u.Type, known = t, true
		}
	}
	inc, err := strconv.ParseUint(part[1], 10, 32)
	subject, ok := b.Node(part[2])
	if !known || err != nil || !ok {
		return u, fmt.Errorf("coretest: update %q: no such type, incarnation or subject", s)
	}
	u.Incarnation, u.Subject = uint32(inc), subject
	if len(part) == 4 {
		if u.From, ok = b.Node(part[3]); !ok {
			return u, fmt.Errorf("coretest: update %q: no node is called %q", s, part[3])
		}
	}
	return u, nil
}

// ParseKind returns the message kind that core.Kind prints as s.
func ParseKind(s string) (core.Kind, error) {
	for k := range core.Kind(core.NumKinds) {
		if k.String() == s {
			return k, nil
		}
	}
	return core.KindNone, fmt.Errorf("coretest: no kind of message is called %q", s)
}

// extra prints health and worker entries: "(stressed:2:a)" and "(dead:1:w1:a)", the last being the owner.
func (b *Bench) extra(x *core.Extra) string {
	s := ""
	if len(x.Health) > 0 {
		s += " health(" + join(len(x.Health), func(i int) string {
			h := &x.Health[i]
			return fmt.Sprintf("%s:%d:%s", h.Load, h.Version, b.Name(h.Subject))
		}) + ")"
	}
	if len(x.Workers) > 0 {
		s += " workers(" + join(len(x.Workers), func(i int) string {
			e := &x.Workers[i]
			s := fmt.Sprintf("%s:%d:%s:%s", e.State, e.Incarnation, b.Name(e.Worker), b.Name(e.Owner))
			if e.Instance != 1 {
				s += fmt.Sprintf(":%d", e.Instance)
			}
			return s
		}) + ")"
	}
	if v := x.Beat.Version; v != 0 {
		s += fmt.Sprintf(" beat(%d:%d/%d", v, x.Beat.CoresAvailable, x.Beat.Cores)
		for i := range x.Shards {
			s += fmt.Sprintf(" %x.%d.%d:%d", x.Shards[i].Workflow, x.Shards[i].Attempt, x.Shards[i].Index, x.Shards[i].Done)
		}
		s += ")"
	}
	return s
}

// ParseHealth reads what a message prints of a health entry; the role is the caller's to fill in.
func (b *Bench) ParseHealth(s string) (core.HealthEntry, error) {
	var h core.HealthEntry
	part := strings.Split(s, ":")
	if len(part) != 3 {
		return h, fmt.Errorf("coretest: health entry %q: want load:version:subject", s)
	}
	h.Load = core.NumLoads
	for l := range core.Load(core.NumLoads) {
		if l.String() == part[0] {
			h.Load = l
		}
	}
	version, err := strconv.ParseUint(part[1], 10, 32)
	subject, ok := b.Node(part[2])
	if h.Load == core.NumLoads || err != nil || !ok {
		return h, fmt.Errorf("coretest: health entry %q: no such load, version or subject", s)
	}
	h.Version, h.Subject, h.Accepting = uint32(version), subject, h.Load < core.LoadOverloaded
	return h, nil
}

// ParseWorker reads what a message prints of a worker entry; without a fifth part the owner's process is its first.
func (b *Bench) ParseWorker(s string) (core.WorkerEntry, error) {
	var e core.WorkerEntry
	part := strings.Split(s, ":")
	instance, err := uint64(1), error(nil)
	if len(part) == 5 {
		instance, err = strconv.ParseUint(part[4], 10, 32)
	}
	if len(part) != 4 && len(part) != 5 || err != nil {
		return e, fmt.Errorf("coretest: worker entry %q: want state:incarnation:worker:owner[:instance]", s)
	}
	e.State = core.NumWorkerStates
	for w := range core.WorkerState(core.NumWorkerStates) {
		if w.String() == part[0] {
			e.State = w
		}
	}
	inc, err := strconv.ParseUint(part[1], 10, 32)
	worker, ok := b.Node(part[2])
	owner, ok2 := b.Node(part[3])
	if e.State == core.NumWorkerStates || err != nil || !ok || !ok2 {
		return e, fmt.Errorf("coretest: worker entry %q: no such state, incarnation, worker or owner", s)
	}
	e.Incarnation, e.Worker, e.Owner, e.Instance = uint32(inc), worker, owner, uint32(instance)
	return e, nil
}

func join(n int, text func(i int) string) string {
	part := make([]string, n)
	for i := range part {
		part[i] = text(i)
	}
	return strings.Join(part, ", ")
}
