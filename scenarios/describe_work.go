package scenarios

import "hypersim/core/swim"

// All pairs of a run are compared at each sample up to pairsAll of them; of more, pairsDrawn stand for the rest.
const pairsAll, pairsDrawn = 20_000, 5_000

// compared returns how many pairs of coordinates a run compares with the truth, over all its samples.
func (p *Plan) compared(s *Scenario) float64 {
	if s.Report.Sample <= 0 || !s.Protocol.Default().Vivaldi.Enabled {
		return 0
	}
	pairs := 0.0
	for _, g := range p.Groups {
		pairs += float64(g.Participants) * float64(max(0, g.Participants-1)) / 2
	}
	if c := s.Protocol.Default(); c.Swim.Membership.Topology != swim.TopologyFlat && c.Federated.Probe.Interval > 0 {
		gates, managers := 0, 0 // a gate measures managers, too
		for i := range s.Cluster.Sites {
			gates, managers = gates+s.Cluster.Sites[i].Gates, managers+s.Cluster.Sites[i].Managers
		}
		pairs += float64(gates) * float64(managers)
	}
	if pairs > pairsAll {
		pairs = pairsDrawn
	}
	return pairs * float64(s.Duration/s.Report.Sample)
}

// Share returns the part of w that is done in a share of the run's time.
func (w Work) Share(of float64) Work {
	return Work{
		Events: float64(w.Events * of), Crowd: float64(w.Crowd * of), Pings: float64(w.Pings * of),
		Notices: float64(w.Notices * of), Compared: float64(w.Compared * of),
	}
}
