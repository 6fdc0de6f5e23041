package routing

import (
	"slices"

	"hypersim/core"
	"hypersim/core/health"
	"hypersim/core/job"
)

// Query asks for the datacenters of a job.
type Query struct {
	Job       job.ID
	Trigger   Trigger
	Count     int      // datacenters wanted; 0 counts as 1
	Preferred []uint16 // datacenters that the client would rather have
	Only      []uint16 // the only ones that may run it, empty: any
	Exclude   []uint16 // datacenters that are out for this job now, for example because it runs there already
	Has       []uint16 // of these, those that have accepted it: no fault of theirs
}

// rules reports whether the client has ruled a datacenter out, whatever becomes of it.
func (q *Query) rules(site uint16) bool { return len(q.Only) > 0 && !slices.Contains(q.Only, site) }

// Choice is the answer. Its slices belong to the router and are valid until its next Route.
type Choice struct {
	Decision   uint64   // of its record; 0: the look changed nothing, and was not recorded
	Primary    []uint16 // of the best class, the job's choice first; at most Count
	Extended   []uint16 // further targets, of worse classes, where the best class has fewer than Count
	Fallback   []uint16 // whom to try next when a target fails, in order
	Unroutable Unroutable
	Switched   bool // the job had another choice before, or none
}

// Distance is what a gate's coordinate says of the way to a manager. Known is false where either side has none; Bound is
// then what is assumed.
type Distance struct {
	Known   bool
	RTT     float64 // ms, estimated
	Bound   float64 // ms, upper bound of it
	Quality float64 // 0 … 1
}

// Local is what a gate knows of its own coordinate. Known is false where it has none.
type Local struct {
	Known   bool
	Samples uint32
	Error   float64 // ms, absolute
	Quality float64
}

// Distances says how far away managers are.
type Distances interface {
	Distance(now core.Instant, manager core.NodeID) Distance
	Local(now core.Instant) Local

	// Measured gives what bounds of measured distances are made of: how many deviations above the median, and the least one in ms.
	Measured() (sigmas, floor float64)
}

// Site is a datacenter that a gate may route to.
type Site struct {
	ID       uint16
	Managers []core.NodeID // the configured ones, ascending; shared, read only
}

// Params say what a router may choose from. Nil configurations mean the defaults.
type Params struct {
	Config    *Config        // shared, read only
	Health    *health.Config // likewise
	Self      core.NodeID
	Seed      uint64 // of the run
	Key       uint64 // of the gate's name (rng.Key)
	Instance  uint32 // of its process
	Start     core.Instant
	Sites     []Site // ascending by id; shared, read only
	Distances Distances
}
