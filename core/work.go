package core

// WorkKind says what a worker asks of whoever runs the work.
type WorkKind uint8

// Kinds of orders.
const (
	WorkStart WorkKind = iota // run the shard
	WorkStop                  // end it soon; its end is reported
	WorkKill                  // end it now; nothing is reported any more
)

var workNames = [...]string{"start", "stop", "kill"}

func (k WorkKind) String() string {
	if int(k) < len(workNames) {
		return workNames[k]
	}
	return "unknown"
}

// Work is an order of a worker to its host: how the payload of a shard is run is the host's business, as a socket is.
// The host reports back through the worker's Ended. It is a plain value without pointers.
type Work struct {
	Kind     WorkKind
	Attempt  uint16
	Shard    uint16
	Cores    uint16
	VUs      uint32
	Job      uint64
	Workflow uint64
	Token    uint64
	Payload  Blob
}
