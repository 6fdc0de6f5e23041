package scenarios

import (
	"fmt"
	"math"
	"strings"

	"hypersim/core"
	"hypersim/core/swim"
	"hypersim/core/xmath"
)

// Plan is what a run of a scenario will build and cost, before it runs. Events and Memory are estimates
// for deciding whether to start, good to 30 % for the bundled scenarios: a test holds them against runs. Memory is
// the peak of a run by itself, with its pictures.
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
}

// memoryPerPair is the size of a membership record (spec 50 §9).
const memoryPerPair = 32

const updateBatch = 64 // updates per datagram (spec 10 §6)

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

// group adds what a membership group costs. Per participant and period: one tick, a ping and an ack
// delivered (spec 10 §15.1: 2 datagrams); per second one sample of the timer lag; per sync interval a digest
// there and back. A worker pings once per period and keeps records of participants only. News: each fault
// that changes who is there is told by every participant up to the retransmit limit, 64 updates to a datagram.
func (p *Plan) group(s *Scenario, g GroupPlan) {
	c := &s.Protocol.Default().Swim
	period, total := c.Probe.Interval.Seconds(), s.Duration.Seconds()
	m, workers := float64(g.Participants), float64(g.Members-g.Participants)
	rate := m * (3 / period)
	// A wait that an ack ends leaves its alarm behind. Of a far peer the next tick comes first. The lag timer goes
	// off with the tick where their periods are the same.
	rate += (m*near(s, g.Name, c) + workers) / period
	if c.Lag.Enabled && c.Lag.Interval != c.Probe.Interval {
		rate += (m + workers) / c.Lag.Interval.Seconds()
	}
	if c.Sync.Mode != swim.SyncOff {
		rate += m * 3 / c.Sync.Interval.Seconds()
	}
	rate += workers * (3 / period)
	p.Work.Pings += workers * (4 / period) * total
	rate += m / period * lossOf(s) * indirect(c)
	p.Events += rate * total
	limit := math.Max(1, math.Floor(float64(c.Gossip.Lambda*xmath.Log(m+1))))
	burst := m * limit * (1 + 1/math.Max(1, float64(c.Gossip.Fanout)))
	for i := range s.Faults {
		p.Events += burst * p.news(s, &s.Faults[i])
		if f := &s.Faults[i]; f.Kind == FaultLoss {
			lasts := min(f.For, s.Duration)
			if lasts == 0 {
				lasts = s.Duration - f.At
			}
			p.Events += m / period * float64(max(1, f.Repeat.Count)) * lasts.Seconds() * vain(&f.Loss) * indirect(c)
		}
		p.Events += silence(s, &s.Faults[i]) * float64(g.Members) / float64(max(1, len(s.Nodes))) / period * indirect(c)
	}
	if !s.Cluster.Formed {
		p.Events += burst*math.Ceil(m/updateBatch) + 4*m*m // everybody confirms everybody
	}
	pairs := int64(g.Participants)*int64(max(0, g.Members-1)) + int64(g.Members-g.Participants)*int64(g.Participants)
	p.Pairs += pairs
	p.Memory += pairs * memoryPerRecord
	if v := s.Protocol.Default().Vivaldi; v.Enabled {
		met := 2 * total / period // one more with each probe, sent or answered
		p.Memory += int64(float64(g.Participants) * math.Min(float64(min(v.Peers, g.Participants)), met) * memoryPerPeer)
	}
}

// near is the share of pairs of a group whose wait for an ack is shorter than a probe period.
func near(s *Scenario, group string, c *swim.Config) float64 {
	const sampled = 64
	var g *Group
	for i := range s.Groups {
		if s.Groups[i].Name == group {
			g = &s.Groups[i]
		}
	}
	step := max(1, g.Count/sampled)
	reach := c.Timeout.LatencyReference * (c.Probe.Interval / max(1, c.Probe.Timeout))
	close, all, n := 0, 0, s.Topology.N()
	for a := 0; a < g.Count; a += step {
		for b := 0; b < g.Count; b += step {
			x, y := s.Nodes[g.First+core.NodeID(a)].Row, s.Nodes[g.First+core.NodeID(b)].Row
			if a == b {
				continue
			}
			all++
			if c.Timeout.LatencyMode != swim.LatencyMultiplier || s.Topology.Base[x*n+y]+s.Topology.Base[y*n+x] < reach {
				close++
			}
		}
	}
	return float64(close) / float64(max(1, all))
}

// indirect is what a probe costs that fails: each proxy is asked, pings, is answered or not, and says so.
func indirect(c *swim.Config) float64 { return 4 * float64(c.Probe.IndirectK) }

// lossOf is the share of round trips that lose a datagram, on average over the kinds of links.
func lossOf(s *Scenario) float64 {
	sum := 0.0
	for i := range s.Network.Links {
		l := &s.Network.Links[i].Loss
		if l.Model != "" && l.Model != LossNone {
			sum += vain(l)
		}
	}
	return sum / float64(max(1, len(s.Network.Links)))
}

// vain is the share of round trips that lose a datagram.
func vain(l *Loss) float64 {
	p := l.P
	if l.Model == LossGilbertElliott && l.PGB+l.PBG > 0 {
		p = (float64(l.PGB*l.LossBad) + float64(l.PBG*l.LossGood)) / (l.PGB + l.PBG)
	}
	return 1 - float64((1-p)*(1-p))
}

// silence is how long nodes that a fault hits are probed in vain, in node-seconds: until they are back, or given up.
func silence(s *Scenario, f *Fault) float64 {
	switch f.Kind {
	case FaultPause, FaultSlow, FaultCrash, FaultPartition, FaultFlap, FaultHold, FaultSiteOutage:
	default:
		return 0
	}
	last := s.Protocol.Default().Swim.Suspicion.Max / 2
	if f.For > 0 {
		last = min(last, f.For)
	}
	return float64(f.hits(s)*max(1, f.Repeat.Count)) * last.Seconds()
}

// news returns how many full datagrams of updates a fault gives rise to at each member: an accusation and a
// verdict or refutation for every node that it hits.
func (p *Plan) news(s *Scenario, f *Fault) float64 {
	return 2 * float64(f.Repeat.Count) * math.Ceil(float64(f.hits(s))/updateBatch)
}

// hits is how many nodes an occurrence of f is about.
func (f *Fault) hits(s *Scenario) (hit int) {
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
	return hit
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
