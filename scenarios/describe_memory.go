package scenarios

import (
	"math"

	"hypersim/core"
	"hypersim/sim/fault"
)

// What a run holds at its peak, judging and drawing included, in bytes. The figures are fitted to the peak resident
// memory of the bundled scenarios, each in a process of its own; they include what the collector leaves lying about.
const (
	memoryFixed     = 40 << 20 // the program, its fonts and one picture
	memoryPerNode   = 15 << 10
	memoryPerRecord = 24       // of an (observer, member) pair
	memoryPerPeer   = 112      // one cached coordinate with its latency filter
	memoryPerSample = 16 << 10 // what each sample writes down whatever the cluster: rows of messages and series
	memoryPerRole   = 640      // more of it for each role that there is,
	memoryPerGroup  = 3500     // for each group,
	memoryPerClass  = 700      // for each class of pairs whose coordinates are compared,
	memoryPerValue  = 280      // and for each value that is kept of those
	memoryPerNotice = 1500     // a member notices that another is gone: a row, and observations of it
	samplesKept     = 12_000   // after so many the lists of a run are full
	noticesKept     = 80_000
)

// memory adds what the run holds beside the records of its groups.
func (p *Plan) memory(s *Scenario) {
	samples := 0.0
	if s.Report.Sample > 0 {
		samples = math.Min(samplesKept, s.Duration.Seconds()/s.Report.Sample.Seconds())
	}
	var roles [core.NumRoles]bool
	for i := range s.Nodes {
		roles[s.Nodes[i].Role] = true
	}
	each := float64(memoryPerSample + memoryPerGroup*len(p.Groups))
	for _, there := range roles {
		if there {
			each += memoryPerRole
		}
	}
	classes, values := comparedPairs(s)
	each += float64(memoryPerClass*classes) + float64(memoryPerValue*values)
	p.Memory += memoryFixed + memoryPerNode*int64(p.Nodes) + int64(each*samples)
	p.Memory += int64(memoryPerNotice * math.Min(noticesKept, p.notices(s)))
}

// notices is how many members notice a fault of how many nodes.
func (p *Plan) notices(s *Scenario) (sum float64) {
	for i := range s.Faults {
		f := &s.Faults[i]
		if !faultRules[f.Kind].gone {
			continue
		}
		hit := float64(f.hits(s)) * f.Times()
		if f.Kind == fault.Crash && f.For == 0 {
			hit *= 2 // who does not come back is noticed as SUSPECT and as DEAD
		}
		for _, g := range p.Groups {
			sum += float64(hit*float64(g.Members)) / float64(max(1, len(s.Nodes))) * float64(g.Participants)
		}
	}
	return sum
}

// pairClass tells apart pairs of nodes whose coordinates are compared for themselves.
type pairClass struct {
	siteA, siteB int
	roleA, roleB core.Role
}

// comparedPairs returns how many classes of pairs there are whose estimated distances are compared with the truth at each
// sample, and how many values are kept of all of them. Of large groups every so many-th node stands for the rest.
func comparedPairs(s *Scenario) (classes, values int) {
	const most, least, all, looked = 100, 20, 2000, 300 // values of a class, of all classes together
	c := s.Protocol.Default()
	if !c.Vivaldi.Enabled {
		return 0, 0
	}
	flat := c.Swim.AllParticipants()
	pairs := map[pairClass]int{}
	for _, g := range s.Groups {
		step := 1 + g.Count/looked
		for a := 0; a < g.Count; a += step {
			for b := a + 1; b < g.Count; b += step {
				x, y := &s.Nodes[g.First+core.NodeID(a)], &s.Nodes[g.First+core.NodeID(b)]
				if flat || x.Role != core.RoleWorker && y.Role != core.RoleWorker {
					pairs[pairClass{min(x.Site, y.Site), max(x.Site, y.Site), min(x.Role, y.Role), max(x.Role, y.Role)}]++
				}
			}
		}
	}
	quota := min(most, max(least, all/max(1, len(pairs))))
	for c, n := range pairs { // a sum of whole numbers: in any order
		kept := min(n, quota)
		if c.siteA == c.siteB {
			kept = (kept + 2) / 3 // distances within a site are alike, and of equal errors one is kept
		}
		values += kept
	}
	return len(pairs), values
}
