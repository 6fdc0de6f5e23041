package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

var _ = record(func(r *Recorder, on *hooks) {
	x := &registering{Recorder: r, tries: map[[2]core.NodeID]int{}, owner: make([]core.NodeID, len(r.ctx.Nodes))}
	for i := range x.owner {
		x.owner[i] = core.NoNode
	}
	on.started = append(on.started, x.started)
	on.fact(x.joined, core.FactJoin)
	on.finished = append(on.finished, x.finish)
	on.delivered[core.KindWorkerRegistration] = append(on.delivered[core.KindWorkerRegistration], x.asked)
	on.jobFact(x.agreed, core.JobFactNegotiated)
}, words.PeerLoadRatio, words.RegistrationTime, words.RegistrationAttempts)

// registering follows workers that look for managers.
type registering struct {
	*Recorder
	tries map[[2]core.NodeID]int // of registrations of a worker that reached a manager, until it is told
	owner []core.NodeID          // who let a worker in
	any   bool
}

func (x *registering) started(_ core.Instant, n core.NodeID) {
	x.owner[n] = core.NoNode
	for m, role := range x.roles {
		if role == core.RoleManager {
			delete(x.tries, [2]core.NodeID{n, core.NodeID(m)})
		}
	}
}

// joined hears that a worker was let in.
func (x *registering) joined(_ core.Instant, n core.NodeID, f *core.Fact) {
	if f.Cause == core.CauseJoinAccepted && x.roles[n] == core.RoleWorker {
		x.owner[n], x.any = f.Subject, true
	}
}

func (x *registering) asked(rec *trace.Record) { x.tries[[2]core.NodeID{rec.Msg.From, rec.Node}]++ }

// agreed hears at a worker that a manager took it.
func (x *registering) agreed(rec *trace.JobRecord) {
	key := [2]core.NodeID{rec.Node, rec.Fact.Node}
	n, asked := x.tries[key]
	if !asked || rec.Fact.To == 0 || x.roles[rec.Node] != core.RoleWorker {
		return
	}
	delete(x.tries, key)
	tell := func(m words.Metric, v float64) {
		o := x.about(m, rec.At, v, rec.Fact.Node, rec.Node)
		x.keep(&o)
	}
	tell(words.RegistrationTime, seconds(rec.At.Sub(x.peers[rec.Node].started)))
	tell(words.RegistrationAttempts, float64(n))
}

// finish compares how many workers each manager let in that are there at the end.
func (x *registering) finish(end core.Instant) {
	if !x.any {
		return
	}
	of, all, most, managers := make([]int, len(x.owner)), 0, 0, 0
	for n, m := range x.owner {
		if m != core.NoNode && x.peers[n].up {
			of[m]++
			all++
			most = max(most, of[m])
		}
	}
	for _, role := range x.roles {
		if role == core.RoleManager {
			managers++
		}
	}
	if all > 0 {
		o := x.about(words.PeerLoadRatio, end, float64(most*managers)/float64(all), core.NoNode, core.NoNode)
		x.keep(&o)
	}
}
