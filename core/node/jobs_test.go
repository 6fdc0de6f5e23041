package node

import (
	"slices"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/federated"
	"hypersim/core/hier"
)

const sec = core.Instant(1e9)

// owner is manager 0 of a group with manager 1 and worker 2, with the job layer and scope 7 open. What it
// sends is dropped; timers of membership are harmless within the minutes of these tests but for its probes,
// which it is told to make rarely.
type owner struct {
	n   Node
	fx  core.Effects
	seq uint32
}

func newOwner() *owner {
	cfg := Default()
	cfg.Swim.Probe.Interval = 3600e9
	cfg.Swim.Worker.Deadline = 3600e9
	formed := []core.Entry{
		{Subject: 1, Role: core.RoleManager, State: core.StateOK, Accuser: core.NoNode},
		{Subject: 2, Role: core.RoleWorker, State: core.StateOK, Accuser: core.NoNode},
	}
	o := new(owner)
	g := &Group{ID: 1, Count: 3, Leading: 2, Formed: formed, Managers: []core.NodeID{0}}
	o.n.Compose(&cfg, &Identity{Role: core.RoleManager, Instance: 1, Seed: 7, Group: g, Formed: true, Jobs: true})
	o.n.OpenScope(7)
	return o
}

func (o *owner) progress(now core.Instant, scope uint64, instance uint32) {
	o.seq++
	o.n.Receive(now, &core.Message{
		Kind: core.KindProgress, Group: 1, From: 2, Role: core.RoleWorker, Instance: instance, Seq: o.seq, Body: &hier.Progress{Scope: scope},
	}, &o.fx)
}

// until wakes the node at its deadlines and returns the facts of the job layer since the last call.
func (o *owner) until(at core.Instant) (out []core.Fact) {
	for d, ok := o.n.Deadline(); ok && d <= at; d, ok = o.n.Deadline() {
		o.n.Wake(d, &o.fx)
	}
	for _, f := range o.fx.Facts {
		if f.Kind >= core.FactScopeSuspected && f.Kind <= core.FactScopeExtended {
			out = append(out, f)
		}
	}
	o.fx.Reset()
	return out
}

// A death in the group and what follows from it in the job layer are one event (§8, I-M20).
func TestGlobalDeathClearsInTheSameEvent(t *testing.T) {
	o := newOwner()
	o.progress(sec, 7, 1)
	if f := o.until(80 * sec); len(f) != 1 || f[0].Kind != core.FactScopeSuspected || f[0].Subject != 2 || f[0].A != 7 || f[0].At != 90*sec {
		t.Fatalf("facts %+v", f) // the check at 75 s is the first with a gap of 60 s
	}
	if o.n.Jobs().AliveFor(7, 2) || !o.n.Jobs().AliveGlobal(2) {
		t.Error("suspected for scope 7 alone")
	}
	o.n.Receive(81*sec, &core.Message{
		Kind: core.KindGossip, Group: 1, From: 1, Role: core.RoleManager, Instance: 1,
		Updates: []core.Update{{Type: core.UpdateLeft, Subject: 2, From: core.NoNode, Role: core.RoleWorker}},
	}, &o.fx)
	if f := o.until(81 * sec); len(f) != 1 || f[0].Cause != core.CauseGossip {
		t.Errorf("facts %+v", f)
	}
	o.progress(82*sec, 7, 1) // of a process that left
	if bad := o.n.Validate(82 * sec); bad != nil || o.n.Jobs().Scopes() != 0 {
		t.Errorf("%q, %d scopes", bad, o.n.Jobs().Scopes())
	}
}

// A higher incarnation of the worker takes the suspicion back (§8).
func TestRefutationReachesTheJobLayer(t *testing.T) {
	o := newOwner()
	o.progress(sec, 7, 1)
	o.until(80 * sec)
	o.n.Receive(81*sec, &core.Message{Kind: core.KindPing, Group: 1, From: 2, Role: core.RoleWorker, Instance: 1, Incarnation: 3}, &o.fx)
	if f := o.until(81 * sec); len(f) != 1 || f[0].Cause != core.CauseRefuted || f[0].N != 0 {
		t.Errorf("facts %+v", f)
	}
}

// What says nothing about work in hand: progress of a scope that is not open, of an older process.
func TestProgressThatDoesNotCount(t *testing.T) {
	o := newOwner()
	o.progress(sec, 8, 1)
	if o.n.Jobs().Scopes() != 0 {
		t.Error("progress opened a scope")
	}
	o.progress(sec, 7, 2) // its new process
	o.progress(50*sec, 7, 1)
	if f := o.until(80 * sec); len(f) != 1 || f[0].At != 90*sec {
		t.Errorf("facts %+v: a zombie's progress counted", f)
	}
	o.n.ClearScope(81*sec, 7, &o.fx)
	if f := o.until(81 * sec); len(f) != 1 || f[0].Cause != core.CauseRemoved {
		t.Errorf("facts %+v", f)
	}
	o.progress(82*sec, 7, 2) // was on its way when the scope ended
	if o.n.Jobs().Scopes() != 0 {
		t.Error("late progress opened a scope that is over")
	}
}

// A worker tells its owner, and nobody while it has none.
func TestReport(t *testing.T) {
	cfg := Default()
	cfg.Hier.Job.ProgressTimeout = time.Second
	g := &Group{
		ID: 1, Count: 3, Leading: 2, Managers: []core.NodeID{1},
		Formed: []core.Entry{{Subject: 1, Role: core.RoleManager, State: core.StateOK, Accuser: core.NoNode}},
	}
	id := &Identity{Self: 2, Role: core.RoleWorker, Instance: 1, Seed: 7, Group: g, Formed: true}
	var n Node
	var fx core.Effects
	n.Compose(&cfg, id)
	if !n.Report(Advance{Scope: 7, Done: 5}, &fx) || len(fx.Messages) != 1 {
		t.Fatal("nothing sent")
	}
	if m := &fx.Messages[0]; m.Kind != core.KindProgress || m.To != 1 || m.Body.(*hier.Progress).Scope != 7 || m.Body.(*hier.Progress).Done != 5 || m.Timeout != time.Second ||
		m.Kind.Class() != core.ClassData {
		t.Errorf("%+v", *m)
	}
	g.Managers = nil
	n.Compose(&cfg, id)
	if n.Report(Advance{Scope: 7, Done: 5}, &fx) {
		t.Error("told nobody")
	}
}

// At a gate the nodes of a scope are linked managers, and the reachability of their datacenter is their
// global layer (§8): the columns are the states that the link goes through in silence.
func TestGateJudgesManagersByReachability(t *testing.T) {
	cfg := Default()
	cfg.Hier.Job.GateMin, cfg.Hier.Job.GateMax = 400e9, 400e9 // so long that the link is lost first
	var n Node
	var fx core.Effects
	n.Compose(&cfg, &Identity{
		Role: core.RoleGate, Instance: 1, Seed: 7, Group: &Group{ID: 1, Count: 1, Leading: 1}, Jobs: true,
		Sites: []federated.Site{{ID: 3, Managers: []core.NodeID{10, 11}}, {ID: 4, Managers: []core.NodeID{20}}},
	})
	h := n.Jobs()
	var facts []core.Fact
	until := func(at core.Instant) {
		for d, ok := n.Deadline(); ok && d <= at; d, ok = n.Deadline() {
			n.Wake(d, &fx)
			facts = append(facts, fx.Facts...)
			if bad := h.Validate(); bad != nil {
				t.Fatalf("at %v: %q", d, bad)
			}
			fx.Reset()
		}
	}
	ack := func(now core.Instant, from core.NodeID, site uint16) {
		n.Receive(now, &core.Message{
			Kind: core.KindXAck, From: from, Role: core.RoleManager, Instance: 1, Seq: 1,
			Body: &federated.SiteBody{SiteReport: federated.SiteReport{Site: site, Leader: true}},
		}, &fx)
		facts = append(facts, fx.Facts...)
		fx.Reset()
	}
	suspect := func(id core.NodeID) bool { return h.Evidence(5*sec, 99, id, 0, hier.SourceDispatch, &fx) }

	until(4 * sec)
	if suspect(10) || h.Status(10) != hier.Unconfirmed {
		t.Error("suspected before it was ever reached")
	}
	ack(5*sec, 10, 3)
	ack(5*sec, 20, 4)
	if !suspect(10) || !suspect(11) || !suspect(20) || suspect(77) {
		t.Error("refused although it is reachable, or accepted although it is nobody")
	}
	facts = nil
	until(35 * sec) // three probes failed: SUSPECTED
	if h.Status(11) != hier.SuspectedGlobal || h.Suspects() != 3 || suspect(10) || h.AliveGlobal(10) {
		t.Errorf("after 30 s of silence %v, %d suspicions", h.Status(11), h.Suspects())
	}
	ack(35*sec, 20, 4)
	until(42 * sec)
	ack(42*sec, 20, 4)
	until(48 * sec) // 30 s after the suspicion: UNREACHABLE
	if h.Status(11) != hier.DeadGlobal || h.Status(20) != hier.SuspectedJob || h.Suspects() != 1 {
		t.Errorf("after 43 s of silence %v and %v, %d suspicions", h.Status(11), h.Status(20), h.Suspects())
	}
	i := slices.IndexFunc(facts, func(f core.Fact) bool { return f.Kind == core.FactReach && f.B == int64(core.ReachUnreachable) })
	if i < 0 || i+2 >= len(facts) || facts[i+1].Cause != core.CauseGossip || facts[i+2].Cause != core.CauseGossip || facts[i+1].Subject != 10 {
		t.Errorf("facts %+v", facts)
	}
}

// Workers and clients have no job layer, nor has a gate without a link.
func TestWhoHasJobs(t *testing.T) {
	cfg := Default()
	for _, r := range []core.Role{core.RoleWorker, core.RoleGate, core.RoleClient} {
		var n Node
		n.Compose(&cfg, &Identity{Role: r, Instance: 1, Group: &Group{ID: 1, Count: 1, Leading: 1}, Jobs: true})
		if n.Jobs() != nil || len(n.parts) != 1 {
			t.Errorf("%v has one", r)
		}
	}
}
