package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"hypersim/core"
	"hypersim/core/swim"
)

// Plan is what a run of a scenario will build and cost, before it runs. Events and Memory are estimates
// for deciding whether to start, good to 30 % for the bundled scenarios, but for a few where much is sent in vain: tests
// hold them against runs and name those. Memory is the peak of a run by itself, with its pictures.
type Plan struct {
	Scenario string      `json:"scenario"`
	Title    string      `json:"title"`
	Protocol string      `json:"protocol"` // profile, and the inherited behaviours that are on
	Sites    []SitePlan  `json:"sites"`
	Groups   []GroupPlan `json:"groups"`
	Nodes    int         `json:"nodes"` // without ghosts
	Ghosts   int         `json:"ghosts"`
	Links    int         `json:"links"`      // directed pairs of rows of the topology
	Kinds    int         `json:"link_kinds"` // of different behaviour
	Faults   int         `json:"faults"`
	Expects  int         `json:"expectations"`
	Pairs    int64       `json:"pairs"`          // (observer, member) records
	Jobs     float64     `json:"jobs,omitempty"` // expected
	Events   float64     `json:"events"`         // expected
	Memory   int64       `json:"memory_bytes"`   // expected
	Warnings []string    `json:"warnings,omitempty"`
	Work     Work        `json:"-"` // what Events consist of, for an estimate of time
}

// Work is what a machine has to do in a run, by what it costs: expected numbers.
type Work struct {
	Events   float64 // all but those of pinging workers
	Crowd    float64 // Events, each times the participants of its group
	Pings    float64 // events of workers that ping and are no participants: nothing is gossiped along
	Notices  float64 // that a member learns that a fault changed who is there
	Compared float64 // pairs of coordinates that are compared with the truth, over all samples
}

// SitePlan is the population of a site.
type SitePlan struct {
	Name     string `json:"name"`
	Gates    int    `json:"gates"`
	Managers int    `json:"managers"`
	Workers  int    `json:"workers"`
	Clients  int    `json:"clients"`
}

// GroupPlan is the size of a membership group.
type GroupPlan struct {
	Name         string `json:"name"`
	Members      int    `json:"members"`
	Participants int    `json:"participants"`
	of           Group
}

// memoryPerPair is the size of a membership record (spec 50 §9).
const memoryPerPair = 32

// Describe computes the plan of a loaded scenario.
func Describe(s *Scenario) Plan {
	p := Plan{
		Scenario: s.Name, Title: s.Title, Protocol: s.Protocol.Behaviour(), Faults: len(s.Faults), Expects: len(s.Expects),
		Kinds: len(s.Network.Links), Warnings: s.Warnings,
	}
	rows := s.Topology.N()
	p.Links = rows * rows
	if s.Topology.PerNode {
		p.Links -= rows
	}
	for i, c := range s.Cluster.Sites {
		p.Sites = append(p.Sites, SitePlan{s.Topology.Sites[i].Name, c.Gates, c.Managers, c.Workers, c.Clients})
	}
	c := s.Protocol.Default()
	flat := c.Swim.AllParticipants()
	for _, g := range s.Groups {
		gp := GroupPlan{Name: g.Name, of: g}
		for id := g.First; id < g.First+core.NodeID(g.Count); id++ {
			n := &s.Nodes[id]
			if n.Ghost {
				continue
			}
			gp.Members++
			if flat || n.Role != core.RoleWorker {
				gp.Participants++
			}
		}
		p.Groups = append(p.Groups, gp)
		before := p.Events - p.Work.Pings
		p.group(s, gp)
		p.Work.Crowd += (p.Events - p.Work.Pings - before) * float64(gp.Participants)
	}
	for i := range s.Nodes {
		if s.Nodes[i].Ghost {
			p.Ghosts++
		} else {
			p.Nodes++
		}
	}
	p.link(s)
	p.jobs(s)
	p.elections(s)
	p.memory(s)
	p.Work.Events = p.Events - p.Work.Pings
	p.Work.Notices, p.Work.Compared = p.notices(s), p.compared(s)
	return p
}

// link adds what gates and datacenters say to each other: a probe is sent, answered and timed, a leader's sample
// is a ping and its ack.
func (p *Plan) link(s *Scenario) {
	c := &s.Protocol.Default().Federated
	gates, sites := 0.0, 0.0
	for i := range s.Cluster.Sites {
		gates += float64(s.Cluster.Sites[i].Gates)
		if s.Cluster.Sites[i].Managers > 0 {
			sites++
		}
	}
	if s.Protocol.Default().Swim.Membership.Topology == swim.TopologyFlat || c.Probe.Interval <= 0 {
		return
	}
	rate := 4 * gates * sites / c.Probe.Interval.Seconds()
	if c.Link.SampleInterval > 0 {
		rate += 3 * gates * sites / c.Link.SampleInterval.Seconds()
	}
	p.Events += rate * s.Duration.Seconds()
}

// elections adds what leaders and voters say to each other while nothing happens: a heartbeat to each voter and its ack,
// and two wakes of the leader.
func (p *Plan) elections(s *Scenario) {
	c := &s.Protocol.Default().Election.Election
	for _, voters := range s.Clusters() {
		if others := float64(len(voters) - 1); others > 0 {
			p.Events += (float64(2*others) + 2) / c.Heartbeat.Seconds() * s.Duration.Seconds()
		}
	}
}

// Tables is what the membership records of all nodes take together, in bytes: the least that a run holds.
func (p *Plan) Tables() int64 { return p.Pairs * memoryPerPair }

// Fits returns an error when the run needs more memory than limit bytes; a limit of 0 is none.
func (p *Plan) Fits(limit int64) error {
	if limit <= 0 || p.Memory <= limit {
		return nil
	}
	return fmt.Errorf("scenario %q: %d nodes need about %s of memory, there are %s; choose fewer nodes or a larger machine",
		p.Scenario, p.Nodes, showMemory(p.Memory), showMemory(limit))
}

func showMemory(v int64) string {
	if v >= 10<<30 {
		return fmt.Sprintf("%d GiB", v>>30)
	}
	return fmt.Sprintf("%d MiB", (v+1<<20-1)>>20)
}

// String prints the plan for a person.
func (p Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s — %s\n", p.Scenario, p.Title)
	clients := slices.ContainsFunc(p.Sites, func(s SitePlan) bool { return s.Clients > 0 })
	head := fmt.Sprintf("  %-14s %7s %9s %8s", "site", "gates", "managers", "workers")
	if clients {
		head += fmt.Sprintf(" %8s", "clients")
	}
	fmt.Fprintln(&b, head)
	for _, s := range p.Sites {
		fmt.Fprintf(&b, "  %-14s %7d %9d %8d", s.Name, s.Gates, s.Managers, s.Workers)
		if clients {
			fmt.Fprintf(&b, " %8d", s.Clients)
		}
		fmt.Fprintln(&b)
	}
	for _, g := range p.Groups {
		if g.Members > 0 {
			fmt.Fprintf(&b, "  group %-14s %d members, %d participants\n", g.Name, g.Members, g.Participants)
		}
	}
	fmt.Fprintf(&b, "  %d nodes", p.Nodes)
	if p.Ghosts > 0 {
		fmt.Fprintf(&b, " and %d ghosts", p.Ghosts)
	}
	fmt.Fprintf(&b, ", %d links of %d kinds, %d faults, %d expectations\n", p.Links, p.Kinds, p.Faults, p.Expects)
	fmt.Fprintf(&b, "  protocol as %s\n", p.Protocol)
	if p.Jobs > 0 {
		fmt.Fprintf(&b, "  about %.0f jobs\n", p.Jobs)
	}
	fmt.Fprintf(&b, "  about %.2g million events, %s of memory\n", p.Events/1e6, showMemory(p.Memory))
	for _, w := range p.Warnings {
		fmt.Fprintf(&b, "  warning: %s\n", w)
	}
	return b.String()
}
