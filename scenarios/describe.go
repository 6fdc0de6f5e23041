package scenarios

import (
	"fmt"
	"math"
	"strings"

	"hypersim/core"
	"hypersim/core/xmath"
)

// Plan is what a run of a scenario will build and cost, before it runs. Events and Memory are estimates
// for deciding whether to start, good to about a factor of two.
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
	Pairs    int64       `json:"pairs"`        // (observer, member) records
	Events   float64     `json:"events"`       // expected
	Memory   int64       `json:"memory_bytes"` // expected
	Warnings []string    `json:"warnings,omitempty"`
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
}

// Cost figures of a node and a record: the targets of spec 50 §9 with room to spare.
const (
	memoryFixed   = 96 << 20 // the program, its event queue and the newest part of the trace
	memoryPerNode = 4 << 10
	memoryPerPair = 32
	memoryPerPeer = 112 // one cached coordinate with its latency filter
	updateBatch   = 64  // updates per datagram (spec 10 §6)
)

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
		gp := GroupPlan{Name: g.Name}
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
		p.group(s, gp)
	}
	for i := range s.Nodes {
		if s.Nodes[i].Ghost {
			p.Ghosts++
		} else {
			p.Nodes++
		}
	}
	p.Memory += memoryFixed + memoryPerNode*int64(p.Nodes)
	return p
}

// group adds what a membership group costs. Per participant and period: one tick, a ping and an ack
// delivered (spec 10 §15.1: 2 datagrams); per second one sample of the timer lag; per sync interval a digest
// there and back. A worker pings once per period and keeps records of participants only. News: each fault
// that changes who is there is told by every participant up to the retransmit limit, 64 updates to a datagram.
func (p *Plan) group(s *Scenario, g GroupPlan) {
	c := &s.Protocol.Default().Swim
	period, total := c.Probe.Interval.Seconds(), s.Duration.Seconds()
	m, workers := float64(g.Participants), float64(g.Members-g.Participants)
	rate := m * (3 / period)
	if c.Lag.Enabled {
		rate += m / c.Lag.Interval.Seconds()
	}
	if c.Sync.Mode != "off" {
		rate += m * 3 / c.Sync.Interval.Seconds()
	}
	rate += workers * (3 / period)
	p.Events += rate * total
	limit := math.Max(1, math.Floor(float64(c.Gossip.Lambda*xmath.Log(m+1))))
	burst := m * limit * (1 + 1/math.Max(1, float64(c.Gossip.Fanout)))
	for i := range s.Faults {
		p.Events += burst * p.news(s, &s.Faults[i])
	}
	if !s.Cluster.Formed {
		p.Events += burst*math.Ceil(m/updateBatch) + 4*m*m // everybody confirms everybody
	}
	pairs := int64(g.Participants)*int64(max(0, g.Members-1)) + int64(g.Members-g.Participants)*int64(g.Participants)
	p.Pairs += pairs
	p.Memory += pairs * memoryPerPair
	if v := s.Protocol.Default().Vivaldi; v.Enabled {
		p.Memory += int64(g.Participants) * int64(min(v.Peers, g.Participants)) * memoryPerPeer
	}
}

// news returns how many full datagrams of updates a fault gives rise to at each member: an accusation and a
// verdict or refutation for every node that it hits.
func (p *Plan) news(s *Scenario, f *Fault) float64 {
	hit := 0
	switch {
	case f.Churn != nil:
		hit = int(math.Ceil(f.Churn.PerSecond(f.Target) * f.For.Seconds()))
	case f.Site >= 0:
		c := s.Cluster.Sites[f.Site]
		hit = c.Gates + c.Managers + c.Workers
	case f.Target != nil && f.Target.Count > 0:
		hit = f.Target.Count
	case f.Target != nil:
		hit = len(f.Target.Fixed)
		if f.Target.Pct > 0 {
			hit = int(math.Ceil(float64(f.Target.Pct * float64(hit))))
		}
	case f.A != nil && f.B != nil:
		hit = min(len(f.A.Fixed), len(f.B.Fixed))
	}
	return 2 * float64(f.Repeat.Count) * math.Ceil(float64(hit)/updateBatch)
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
	fmt.Fprintf(&b, "  %-14s %7s %9s %8s\n", "site", "gates", "managers", "workers")
	for _, s := range p.Sites {
		fmt.Fprintf(&b, "  %-14s %7d %9d %8d\n", s.Name, s.Gates, s.Managers, s.Workers)
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
	fmt.Fprintf(&b, "  about %.2g million events, %s of memory\n", p.Events/1e6, showMemory(p.Memory))
	for _, w := range p.Warnings {
		fmt.Fprintf(&b, "  warning: %s\n", w)
	}
	return b.String()
}
