package routing

import (
	"hypersim/core"
	"hypersim/core/job"
)

// Query asks for the datacenters of a job.
type Query struct {
	Job       job.ID
	Trigger   Trigger
	Count     int      // datacenters wanted; 0 counts as 1
	Preferred []uint16 // datacenters that the client would rather have
	Exclude   []uint16 // datacenters that are out for this job now, for example because it runs there already
}

// Choice is the answer. Its slices belong to the router and are valid until its next Route.
type Choice struct {
	Primary    []uint16 // of the best class, the best first; at most Count
	Extended   []uint16 // further targets, of worse classes, where the best class has fewer than Count
	Fallback   []uint16 // whom to try next when a target fails, in order
	Unroutable Unroutable
}

// Distance is what a gate's coordinate says of the way to a manager. Known is false where either side has none.
type Distance struct {
	Known   bool
	RTT     float64       // ms, estimated
	Error   float64       // ms, absolute, of both coordinates added
	Remote  float64       // ms, of the manager's alone
	Samples uint32        // that the manager's coordinate rests on
	Age     core.Duration // since that coordinate was received
}

// Local is what a gate knows of its own coordinate. Known is false where it has none.
type Local struct {
	Known   bool
	Samples uint32
	Error   float64 // ms, absolute
}

// Distances says how far away managers are.
type Distances interface {
	Distance(now core.Instant, manager core.NodeID) Distance
	Local(now core.Instant) Local
}

// Site is a datacenter that a gate may route to.
type Site struct {
	ID       uint16
	Managers []core.NodeID // the configured ones, ascending; shared, read only
}

// Params say what a router may choose from.
type Params struct {
	Self      core.NodeID
	Sites     []Site // ascending by id; shared, read only
	Distances Distances
}
