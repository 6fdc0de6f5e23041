package workflow

import (
	"cmp"

	"hypersim/core/job"
)

// OfSpec returns the graph of a job's workflows.
func OfSpec(s *job.Spec) (*Graph, error) {
	names, deps := make([]uint32, len(s.Workflows)), make([][]uint32, len(s.Workflows))
	for i := range s.Workflows {
		names[i], deps[i] = s.Workflows[i].Name, s.Workflows[i].Depends
	}
	return NewGraph(names, deps)
}

// Valid reports whether a job can be run as it is asked for: workflows with ids of their own, each with something to run,
// and dependencies without a cycle.
func Valid(s *job.Spec) bool {
	if s.Timeout < 0 || len(s.Workflows) == 0 {
		return false
	}
	seen := make(map[job.WorkflowID]struct{}, len(s.Workflows))
	for i := range s.Workflows {
		w := &s.Workflows[i]
		if cmp.Or(w.VUs, s.VUs) < 1 && w.Cores < 1 {
			return false
		}
		seen[w.Workflow] = struct{}{}
	}
	if len(seen) != len(s.Workflows) {
		return false
	}
	_, err := OfSpec(s)
	return err == nil
}
