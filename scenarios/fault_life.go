package scenarios

import (
	"slices"

	"hypersim/core"
	"hypersim/scenarios/form"
	"hypersim/sim/fault"
)

// lifeRules are the faults that start and end processes.
var lifeRules = map[fault.Kind]faultRule{
	fault.Crash: {need: []string{"target"}, may: []string{"refuse", "keep_state", "version"}, gone: true, check: checkCrash, detail: detailVersion},
	fault.KillLeader: {need: []string{"of"}, may: []string{"refuse", "keep_state"}, gone: true, check: checkKillLeader,
		detail: func(_ *Scenario, f *Fault) []string { return []string{"leader of " + f.Target.LeaderOf} }},
	fault.Restart: {need: []string{"target"}, may: []string{"keep_state", "version"}, gone: true, detail: detailVersion},
	fault.Leave:   {need: []string{"target"}, members: true, gone: true},
	fault.Join: {need: []string{"target"}, may: []string{"to", "over", "version"}, check: checkJoin,
		detail: func(_ *Scenario, f *Fault) []string { return say(f.Over > 0, "over %v", f.Over) }},
	fault.Churn: {need: []string{"target", "rate"}, may: []string{"mix", "downtime"}, gone: true, check: checkChurn},
}

// checkCrash checks that there is a new process where one is spoken of.
func checkCrash(l *loader, f *Fault, t *faultT, n *form.Node, key string) {
	if t.Version != nil && t.For == nil {
		l.b.Wrong(n.Kid("version"), key+".version", "needs for: without it no new process starts")
	}
}

func detailVersion(_ *Scenario, f *Fault) []string {
	return say(f.Version.Major > 0, "to version %s", versionText(f.Version))
}

// checkJoin checks that everybody who joins has somebody to ask.
func checkJoin(l *loader, f *Fault, t *faultT, _ *form.Node, _ string) {
	set(&f.Over, t.Over)
	if f.Target != nil {
		l.settled(f.Target, "who is absent until it joins is fixed")
	}
	if f.To == nil || f.Target == nil || f.Target.bad || f.To.bad {
		return
	}
	if !l.settled(f.To, "whom a member is told to join is fixed") {
		return
	}
	for _, id := range f.Target.Fixed {
		n := &l.sc.Nodes[id]
		asks := func(to core.NodeID) bool {
			x := &l.sc.Nodes[to]
			return to != id && x.Group == n.Group && !x.Ghost && (l.flat() || x.Role != core.RoleWorker)
		}
		if !slices.ContainsFunc(f.To.Fixed, asks) {
			l.b.Wrong(f.To.src, f.To.key, "%s finds nobody of its group there that it could join", n.Name)
			return
		}
	}
}

// checkKillLeader makes the target of a kill-leader fault, which is a crash of who leads.
func checkKillLeader(l *loader, f *Fault, t *faultT, n *form.Node, key string) {
	of, at := n.Kid("of"), key+".of"
	if of == nil {
		return // reported
	}
	f.Target = &Selector{src: of, key: at, LeaderOf: bindWord(l.b, of, at)}
	if f.Target.LeaderOf != "" {
		f.Target.resolveLeader(l.b, l.sc, of, at)
		f.Target.Fixed = f.Target.voters
	}
}

// checkChurn checks and copies what a churn has of its own.
func checkChurn(l *loader, f *Fault, t *faultT, n *form.Node, key string) {
	set(&f.Downtime, t.Downtime)
	if f.Target != nil {
		l.settled(f.Target, "each event draws one node of all that match")
	}
	if t.Rate == nil || n.Kid("rate") == nil {
		return // reported
	}
	c := Churn{Rate: t.Rate.perSec, Relative: t.Rate.relative, Crash: 1, Leave: 1}
	if m := t.Mix; m != nil && n.Kid("mix") != nil {
		c.Crash, c.Leave, c.Join = m.Crash, m.Leave, m.Join
		if c.Crash+c.Leave+c.Join <= 0 {
			l.b.Wrong(n.Kid("mix"), key+".mix", "needs a weight above 0")
		}
	}
	f.Churn = &c
}
