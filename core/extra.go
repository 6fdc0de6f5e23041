package core

// Extra holds the blocks that few messages carry. It is borrowed like Updates: whoever keeps a message
// copies it.
type Extra struct {
	Health  []HealthEntry // participants about themselves (spec 10 §4.6)
	Workers []WorkerEntry // owners about their workers (§6, AD-48)

	// A worker about itself, on its own pings (spec 01 no. 18). Version 0: nothing. Shards are by id and end where the
	// datagram does.
	Beat   Beat
	Shards []ShardBeat
}

// Load is the overload state of a node (spec 10 §4.6, spec 30 §1).
type Load uint8

// Overload states, mildest first.
const (
	LoadHealthy Load = iota
	LoadBusy
	LoadStressed
	LoadOverloaded

	NumLoads = 4
)

var loadNames = [NumLoads]string{"healthy", "busy", "stressed", "overloaded"}

func (l Load) String() string {
	if int(l) < len(loadNames) {
		return loadNames[l]
	}
	return "unknown"
}

// HealthEntry is what a participant gossips about itself (spec 10 §4.6). The higher Version wins.
type HealthEntry struct {
	Subject    NodeID
	Version    uint32
	Capacity   uint32  // cores, or whatever the role counts
	Throughput float32 // per second, measured
	Expected   float32 // per second, hoped for
	Role       Role
	Load       Load
	Accepting  bool // takes new work
}

// WorkerState is what an owner says about its worker (spec 10 §6, AD-48). At equal incarnation the
// states other than registered win.
type WorkerState uint8

// Worker states.
const (
	WorkerRegistered WorkerState = iota
	WorkerDead
	WorkerEvicted
	WorkerLeft

	NumWorkerStates = 4
)

var workerStateNames = [NumWorkerStates]string{"registered", "dead", "evicted", "left"}

func (s WorkerState) String() string {
	if int(s) < len(workerStateNames) {
		return workerStateNames[s]
	}
	return "unknown"
}

// WorkerEntry is what a worker's owner gossips about it. Incarnation is the owner's count of this entry,
// not the worker's own. Instance is the owner's process with which the worker is registered: a restart of the
// owner makes orphans of those that registered before it, and of nobody else.
type WorkerEntry struct {
	Worker      NodeID
	Owner       NodeID
	Instance    uint32
	Incarnation uint32
	Cores       uint16
	Available   uint16
	State       WorkerState
}

// Clear empties x and keeps the memory of its slices.
func (x *Extra) Clear() {
	*x = Extra{Health: x.Health[:0], Workers: x.Workers[:0], Shards: x.Shards[:0]}
}

// CopyFrom makes x equal to src, in memory of its own.
func (x *Extra) CopyFrom(src *Extra) {
	x.Health = append(x.Health[:0], src.Health...)
	x.Workers = append(x.Workers[:0], src.Workers...)
	x.Beat = src.Beat
	x.Shards = append(x.Shards[:0], src.Shards...)
}
