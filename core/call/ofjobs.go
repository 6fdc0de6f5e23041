package call

// OfJobs returns how many calls about jobs have not ended: Len without heartbeats and the like. It looks at every call.
func (c *Calls) OfJobs() (n int) {
	for _, h := range c.t.heap {
		if s := c.t.at(h); s.ticket.Job != 0 && s.phase != phaseLate {
			n++
		}
	}
	return n
}
