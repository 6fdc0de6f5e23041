package worker

import "hypersim/core/node"

// Compose makes n a worker: a member that runs shards, if the run has jobs.
func Compose(n *node.Node, cfg *node.Config, id *node.Identity) {
	n.Compose(cfg, id)
	w := id.Work
	if w == nil {
		return
	}
	var stats *Stats
	if w.Stats {
		stats = &Stats{Pressure: &cfg.Pressure.Pressure, Window: cfg.Stats.Stats.Window}
	}
	x := New(Params{
		Flow:   n.Guard(id),
		Config: &cfg.Job, Self: id.Self, Words: id.Words(cfg), Patience: cfg.Patience(), Breaker: &cfg.Health.Breaker, Instance: id.Instance, Seed: id.Seed, Key: id.Key, Site: id.Site, Cores: w.Cores,
		Members: &n.Swim, Extend: &cfg.Timeout.Extension, Meter: w.Meter, Stats: stats, Managers: w.Managers, Formed: id.Formed,
	})
	x.p.Flow.Watch(x)
	n.AddJobs(x)
	n.Swim.Carry(x)
}
