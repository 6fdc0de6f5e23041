package world

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/registry"
)

// doors are whom the processes of a run with jobs let in (AD-28). What a header says of cluster, environment and certificate
// never changes while a process runs, so it stands here and not in each message.
type doors struct {
	list   []registry.Door // by node; nil: nobody asks anybody anything
	strict bool            // somebody is not let in for who it is; else for its role alone
}

// buildDoors lists them.
func (w *World) buildDoors() {
	if !w.sc.HasJobs() {
		return
	}
	gates := false
	w.doors.list = make([]registry.Door, len(w.sc.Nodes))
	for i := range w.sc.Nodes {
		n := &w.sc.Nodes[i]
		c := &w.sc.ConfigOf(n.ID).Registry
		d := &w.doors.list[i]
		*d = registry.Door{Papers: c.Papers(n.Role), Strict: c.Isolation.Strict}
		gates = gates || n.Role == core.RoleGate && !n.Ghost
		w.doors.strict = w.doors.strict || n.Outside || d.Strict || d.Claims != d.Role
	}
	for i := range w.doors.list {
		w.doors.list[i].Gateless = !gates
	}
}

// barred sends a message away whose sender may not send it, and reports whether it did. It is the first question that is asked
// of a message, and CONTROL is asked it, too. A refusal is let through: it is how one learns that he is at the wrong door.
func (w *World) barred(now core.Instant, id core.NodeID, handle uint32) bool {
	if w.doors.list == nil {
		return false
	}
	f := w.slab.at(handle)
	m := &f.msg
	request := m.Kind.Room() == core.RoomJobs && m.Kind.Answers() == core.KindNone && m.Kind.Travels()
	if !request && !w.doors.strict || m.From == id {
		return false
	}
	d := &w.doors.list[id]
	why := d.Judge(&w.doors.list[m.From].Papers, request)
	if why == registry.BarNone || refuses(m) {
		return false
	}
	n := &w.nodes[id]
	n.flow.Bar(m, d, why, &w.fx)
	w.turnAway(now, id, handle)
	return true
}

// refuses reports whether m says that its receiver may not come in.
func refuses(m *core.Message) bool {
	a, ok := m.Body.(call.Reply)
	return ok && a.Head().Code == call.CodeIsolation
}
