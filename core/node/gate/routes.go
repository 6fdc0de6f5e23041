package gate

import (
	"slices"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/routing"
)

// plain are routes without a measure: datacenters that the client named, then all others, by number.
type plain []routing.Site

// Route implements Routes.
func (p plain) Route(_ core.Instant, q *routing.Query) routing.Choice {
	var order []uint16
	for _, preferred := range [...]bool{true, false} {
		for i := range p {
			if id := p[i].ID; !slices.Contains(q.Exclude, id) && slices.Contains(q.Preferred, id) == preferred {
				order = append(order, id)
			}
		}
	}
	if len(order) == 0 {
		return routing.Choice{Unroutable: routing.NoUsable}
	}
	n := min(max(1, q.Count), len(order))
	return routing.Choice{Primary: order[:n], Fallback: order[n:]}
}

// Managers implements Routes.
func (p plain) Managers(_ core.Instant, site uint16, _ job.ID, dst []core.NodeID) []core.NodeID {
	for i := range p {
		if p[i].ID == site {
			dst = append(dst, p[i].Managers...)
		}
	}
	return dst
}
