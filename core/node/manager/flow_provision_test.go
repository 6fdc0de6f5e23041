package manager

import (
	"testing"

	"hypersim/core"
	"hypersim/core/dispatch"
)

// A round of agreement ends with the majority. Whoever agrees after that hears too that its reservation is over: it would
// hold the cores for provision.ttl, and of a hundred short jobs a second soon all that there are.
func TestWhoAgreesLateIsTold(t *testing.T) {
	b := newCluster(t)
	told := map[core.NodeID]int{}
	b.lost = func(m *core.Message) bool {
		if m.Kind == core.KindProvisionCommit {
			if c, ok := m.Body.(*dispatch.ProvisionCommit); ok && m.From == self {
				told[m.To]++
				_ = c
			}
		}
		return false
	}
	b.send(b.submission(gate1, 1))
	b.run(b.now + 400*ms)
	if told[other] != 1 || told[third] != 1 {
		t.Errorf("of two members that agreed, %d and %d words came", told[other], told[third])
	}
}
