// Package routing chooses the datacenters of a job at a gate, and can say why (spec 30 §2–§4, §9.2; AD-16, AD-17, AD-19,
// AD-36).
//
// In: what managers say of themselves and of their datacenter, whether the way to a datacenter is open, how far away it
// is, how dispatches ended, and the host's clock. Out: for one job the datacenters to try, in order, and a record of how
// that order came about.
//
// A Router sends nothing and reads no clock. Whoever owns it tells it what happened (Heard, Acked, Reach, Ready, …) and
// asks: Route for the datacenters of a job, Managers for whom to ask inside of one.
package routing
