package routing

import (
	"hypersim/core"
	"hypersim/core/job"
)

// Cores that a gate has just sent a job for count as taken, until a report knows of the job (spec 30 §4.9 no. 10, spec 02
// nos. 10 and 11). Otherwise every job between two reports would go to the same datacenter.

// due is a reservation that may end by itself. Those end in the order in which they were made.
type due struct {
	pair  uint32
	until core.Instant
}

// Reserve notes that a job was sent to a datacenter, with what it needs there. Waiting counts its workflows.
func (r *Router) Reserve(now core.Instant, id job.ID, site uint16, cores, workflows uint32) {
	i := r.index(site)
	if i < 0 || r.k.Reservation == 0 {
		return
	}
	r.expire(now)
	s := r.states.need(id)
	s.touched = now
	h := r.states.needPair(s, i)
	r.release(h)
	p := r.states.pair(h)
	p.until, p.cores, p.queue, p.took = now.Add(r.k.Reservation), cores, workflows, false
	x := &r.sites[i]
	p.before, p.after = 0, x.held
	if x.held != 0 {
		r.states.pair(x.held).before = h
	}
	x.held = h
	x.reservedCores += cores
	x.reservedQueue += workflows
	r.dues = append(r.dues, due{h, p.until})
}

// release ends the reservation of a pair, if there is one.
func (r *Router) release(h uint32) {
	p := r.states.pair(h)
	if p.until == 0 {
		return
	}
	x := &r.sites[p.site]
	x.reservedCores -= p.cores
	x.reservedQueue -= p.queue
	if p.before != 0 {
		r.states.pair(p.before).after = p.after
	} else {
		x.held = p.after
	}
	if p.after != 0 {
		r.states.pair(p.after).before = p.before
	}
	p.until, p.cores, p.queue, p.took, p.before, p.after = 0, 0, 0, false, 0, 0
}

// expire ends the reservations whose time has come.
func (r *Router) expire(now core.Instant) {
	for r.dueAt < len(r.dues) && r.dues[r.dueAt].until <= now {
		d := r.dues[r.dueAt]
		if r.states.pair(d.pair).until == d.until {
			r.release(d.pair)
		}
		r.dueAt++
	}
	if r.dueAt > len(r.dues)/2 {
		r.dues = r.dues[:copy(r.dues, r.dues[r.dueAt:])]
		r.dueAt = 0
	}
}

// known releases what a load report of a manager knows of: jobs that it accepted before it made the report.
func (r *Router) known(site int, from core.NodeID, report uint64) {
	for h := r.sites[site].held; h != 0; {
		p := r.states.pair(h)
		next := p.after
		if p.took && p.manager == from && report > p.report {
			r.release(h)
		}
		h = next
	}
}

// Reserved returns how many cores and workflows are reserved at a datacenter.
func (r *Router) Reserved(site uint16) (cores, workflows uint32) {
	if i := r.index(site); i >= 0 {
		return r.sites[i].reservedCores, r.sites[i].reservedQueue
	}
	return 0, 0
}
