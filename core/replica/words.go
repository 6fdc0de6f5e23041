package replica

// EntryKind is how much of a job an entry tells.
type EntryKind uint8

// Kinds of entries.
const (
	EntryRenew     EntryKind = iota // nothing changed: the lease goes on
	EntryDelta                      // what changed since Base; lists are whole
	EntryFull                       // all there is, the submission included
	EntryTombstone                  // the job is over, or never to begin: no more than its state

	NumEntryKinds = 4
)

var entryKindNames = [NumEntryKinds]string{"RENEW", "DELTA", "FULL", "TOMBSTONE"}

func (k EntryKind) String() string {
	if int(k) < len(entryKindNames) {
		return entryKindNames[k]
	}
	return "unknown"
}

// Reason is why somebody claims a job (spec 20 §2.6). An entry of a holder that goes on has none.
type Reason uint8

// Reasons.
const (
	ReasonNone Reason = iota
	ReasonAccept
	ReasonDeadLeader
	ReasonLeaseExpired
	ReasonHandover
	ReasonAdopt

	NumReasons = 6
)

var reasonNames = [NumReasons]string{"none", "ACCEPT", "DEAD_LEADER", "LEASE_EXPIRED", "HANDOVER", "ADOPT"}

func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return "unknown"
}

// Stand is what a peer did with an entry of a round (spec 03 no. 8).
type Stand uint8

// Stands.
const (
	StandStored   Stand = iota // this or a newer entry of the same epoch
	StandMissing               // a FULL is needed
	StandRejected              // a higher epoch is held
	StandTerminal              // there is a tombstone

	NumStands = 4
)

var standNames = [NumStands]string{"STORED", "MISSING", "REJECTED", "TERMINAL"}

func (s Stand) String() string {
	if int(s) < len(standNames) {
		return standNames[s]
	}
	return "unknown"
}
