package check

import "hypersim/core"

// The rules.
var (
	M4 = rule("I-M4", "no incarnation of a subject exists that the subject did not adopt", "spec 10 §13")
)

// span is a run of incarnations that a subject adopted, both ends included.
type span struct{ lo, hi uint32 }

// adopt notes that the node itself chose inc.
func (k *cold) adopt(inc uint32) {
	for i := range k.adopted {
		s := &k.adopted[i]
		switch {
		case inc >= s.lo && inc <= s.hi:
			return
		case inc == s.hi+1:
			s.hi = inc
			return
		}
	}
	k.adopted = append(k.adopted, span{inc, inc})
}

func (k *cold) hasAdopted(inc uint32) bool {
	for i := len(k.adopted) - 1; i >= 0; i-- {
		if inc >= k.adopted[i].lo && inc <= k.adopted[i].hi {
			return true
		}
	}
	return false
}

// adoptedBy checks I-M4: observer holds or says inc of subject.
func (c *Checker) adoptedBy(at core.Instant, observer, subject core.NodeID, inc uint32) {
	if int(subject) >= len(c.hot) || inc == c.hot[subject].inc || c.cold[subject].hasAdopted(inc) {
		return
	}
	if c.fails(M4) {
		c.detail(M4, at, []core.NodeID{observer, subject}, "%s has incarnation %d of %s, which that never adopted",
			c.name(observer), inc, c.name(subject))
	}
}
