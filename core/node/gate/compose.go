package gate

import "hypersim/core/node"

// Compose makes n a gate: a member that probes datacenters, and takes jobs of clients if the run has any.
func Compose(n *node.Node, cfg *node.Config, id *node.Identity) {
	n.Compose(cfg, id)
	w := id.Work
	if w == nil {
		return
	}
	p := Params{
		Flow:   n.Guard(id),
		Config: &cfg.Job, Replica: &cfg.Replica, Timeout: &cfg.Timeout, Self: id.Self, Words: id.Words(cfg), Patience: cfg.Patience(), Instance: id.Instance, Seed: id.Seed, Key: id.Key, Members: &n.Swim, Book: w.Book,
		Gates: w.Gates, Site: id.Site, BySite: w.BySite, Formed: id.Formed,
	}
	if w.Stats {
		p.Pressure = &cfg.Pressure.Pressure
	}
	if e := n.Election(); e != nil {
		p.Elected = e
	}
	link := n.Gate()
	p.Routing, p.Health, p.Distances = &cfg.Routing, &cfg.Health, &ways{link: link, viv: n.Coordinates(), keys: &cfg.Vivaldi}
	g := New(p)
	if link != nil {
		link.Listen(g)
	}
	p.Flow.Watch(g)
	n.AddJobs(g)
}
