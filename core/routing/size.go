package routing

// Sizes of what a router keeps, held to the truth by a test.
const (
	routerBytes    = 528
	siteBytes      = 224
	managerBytes   = 168
	stateBytes     = 72
	pairBytes      = 56
	recordBytes    = 224
	candidateBytes = 160
	dueBytes       = 16
	factBytes      = 56
)

// MemoryBytes returns the heap bytes that the router holds.
func (r *Router) MemoryBytes() int {
	n := routerBytes + siteBytes*cap(r.sites) + managerBytes*cap(r.managers) + 4*cap(r.byID) + dueBytes*cap(r.dues) + 8*cap(r.evict) + factBytes*cap(r.facts)
	for i := range r.sites {
		x := &r.sites[i]
		n += x.tracker.MemoryBytes() + x.echoes.memoryBytes() + 8*cap(x.trouble.changes)
	}
	for i := range r.managers {
		n += r.managers[i].breaker.MemoryBytes()
	}
	return n + r.states.memoryBytes() + r.ledger.memoryBytes()
}
