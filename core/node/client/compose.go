package client

import "hypersim/core/node"

// Compose makes n a client: a member of no group that hands in jobs, if the run has any.
func Compose(n *node.Node, cfg *node.Config, id *node.Identity) {
	n.Compose(cfg, id)
	if w := id.Work; w != nil {
		targets := w.Gates
		if len(targets) == 0 {
			targets = w.Managers
		}
		n.AddJobs(New(Params{
			Config: &cfg.Job, Self: id.Self, Words: id.Words(cfg), Patience: cfg.Patience(), Instance: id.Instance, Seed: id.Seed, Key: id.Key, Book: w.Book, Targets: targets, Ring: w.Ring,
		}))
	}
}
