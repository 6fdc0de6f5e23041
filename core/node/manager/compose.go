package manager

import (
	"hypersim/core/node"
	"hypersim/core/swim"
)

// Compose makes n a manager: a member that leads jobs, if the run has any.
func Compose(n *node.Node, cfg *node.Config, id *node.Identity) {
	n.Compose(cfg, id)
	w := id.Work
	if w == nil {
		return
	}
	p := Params{
		Flow:   n.Guard(id),
		Config: &cfg.Job, Self: id.Self, Words: id.Words(cfg), Patience: cfg.Patience(), Instance: id.Instance, Seed: id.Seed, Key: id.Key, Site: id.Site, Members: &n.Swim, Scopes: n.Jobs(), Book: w.Book,
		First: w.First, Count: w.Count,
		Replica: &cfg.Replica, Timeout: &cfg.Timeout, Classes: &cfg.Routing.Sites, Cluster: id.Voters, Intact: id.Formed,
	}
	if w.Stats {
		p.Stats = &Stats{Buffer: &cfg.Stats, Pressure: &cfg.Pressure.Pressure}
	}
	if e := n.Election(); e != nil {
		p.Election = e
	}
	if cfg.Swim.Worker.Probe == swim.WorkerProbeNever { // else they ping their managers too rarely to be called silent after half a minute
		p.Health = &cfg.Health
	}
	p.Interval, p.Breaker = cfg.Health.Node.Interval, &cfg.Health.Breaker
	p.Gates, p.GatesFormed = w.Gates, id.Formed
	if id.Formed {
		for _, x := range w.Formed {
			p.Formed = append(p.Formed, FormedWorker{Node: x, Instance: 1, Cores: w.Cores})
		}
	}
	m := New(p)
	p.Flow.Watch(m)
	n.AddJobs(m)
	if f := n.Manager(); f != nil {
		f.Works(m)
	}
	n.Swim.HearBeats(m)
}
