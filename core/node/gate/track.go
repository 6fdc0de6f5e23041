package gate

import "hypersim/core/job"

// Owes reports whether a datacenter has still to get a cancel of a job that this gate leads, or to settle that its time is over: it keeps the
// job until then (spec 20 §11).
func (g *Gate) Owes(id job.ID) bool {
	x := g.led(id)
	return x != nil && (x.owes() || x.state.Terminal() && g.time.Tracks(id))
}

// Tracks reports whether this gate counts with a part of a job in a datacenter: the job runs there, may, or is being asked for there, or a
// cancel of it is owed (I-J7). leads is false where it does not lead the job.
func (g *Gate) Tracks(id job.ID, site uint16) (tracks, leads bool) {
	x := g.led(id)
	if x == nil {
		return false, false
	}
	s := x.site(site)
	return s != nil && (s.target || s.unknown || s.asking || s.owed), true
}
