package core

// Reach is how a gate judges the way to a datacenter's leader (spec 30 §3.2).
type Reach uint8

// The states of reachability. UNKNOWN comes first: nothing has been heard yet, or the datacenter changed
// its leader while it was suspected.
const (
	ReachUnknown Reach = iota
	ReachReachable
	ReachSuspected
	ReachUnreachable

	NumReaches = 4
)

var reachNames = [NumReaches]string{"UNKNOWN", "REACHABLE", "SUSPECTED", "UNREACHABLE"}

func (r Reach) String() string {
	if int(r) < len(reachNames) {
		return reachNames[r]
	}
	return "unknown"
}
