package workflow

import (
	"hypersim/core"
	"hypersim/core/job"
)

// Restore begins a workflow where another leader left it, FAILED for good if final says so. One that is tracked already
// stays as it is.
func (m *Machine) Restore(now core.Instant, j job.ID, id job.WorkflowID, s State, final bool) bool {
	if !m.Track(now, j, id) {
		return false
	}
	e := m.find(id)
	e.state, e.final = s, final && s == Failed
	return true
}
