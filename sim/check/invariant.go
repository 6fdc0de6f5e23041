package check

// ID names an invariant that this room checks.
type ID uint8

// The invariants, in the order of spec 50 §8 and spec 10 §13.
const (
	W1 ID = iota
	W2
	W3
	W4
	W5
	W6
	M1
	M2
	M3
	M4
	M5
	M6
	M7
	M8
	M9
	M10
	M11
	M12
	M13
	M14
	M15
	M16
	M17
	M18
	M19
	M20
	M21
	M22
	M23
	M24
	M25
	M26
	M27
	M28
	M29
	M30
	M31
	V1
	V2
	V4
	L1
	L2
	L3
	NumIDs = 43
)

var invariants = [NumIDs]struct{ name, statement string }{
	W1:  {"I-W1", "no message is delivered before it was sent plus the link's least delay"},
	W2:  {"I-W2", "nothing reaches a process that is down"},
	W3:  {"I-W3", "a node's handler never sees time go backwards"},
	W4:  {"I-W4", "per kind, messages sent = delivered + dropped + in flight"},
	W5:  {"I-W5", "after the settle time all live members of a site agree"},
	W6:  {"I-W6", "no table outgrows what the live peers need"},
	M1:  {"I-M1", "an UNCONFIRMED record never becomes SUSPECT or DEAD"},
	M2:  {"I-M2", "no node holds itself in any state but OK or leaving"},
	M3:  {"I-M3", "a record's incarnation never decreases"},
	M4:  {"I-M4", "no incarnation of a subject exists that the subject did not adopt"},
	M5:  {"I-M5", "every transition is a row of the transition table"},
	M6:  {"I-M6", "at equal incarnation the rank never falls"},
	M7:  {"I-M7", "nobody probes, confirms or gossips to a worker"},
	M8:  {"I-M8", "UNCONFIRMED becomes OK only in the same event as a confirming contact"},
	M9:  {"I-M9", "at most one outstanding probe per target, and no more than the limit in all"},
	M10: {"I-M10", "two probes of a listed target are at most 2L-1 probing ticks apart"},
	M11: {"I-M11", "a suspicion's deadline never moves later, but for granted extensions and one pause grace"},
	M12: {"I-M12", "a suspicion expires between start + Min and start + Max, plus extensions and lateness"},
	M13: {"I-M13", "accusers are distinct and not the subject, at most K confirm"},
	M14: {"I-M14", "DEAD by timer only from SUSPECT, never by a failed probe"},
	M15: {"I-M15", "Died fires exactly once per transition to DEAD"},
	M16: {"I-M16", "an update is not transmitted more often than its limit"},
	M17: {"I-M17", "datagrams and their blocks keep their sizes, coordinates are on board"},
	M18: {"I-M18", "0 <= LHM <= S, changed only by the rules of Lifeguard"},
	M19: {"I-M19", "every timeout factor and every timeout is within its range"},
	M20: {"I-M20", "only nodes that are OK or SUSPECT have job suspicions and DEAD_JOB marks"},
	M21: {"I-M21", "who is alive for a scope is alive, and an event of one scope changes no other"},
	M22: {"I-M22", "an accusation of a live node is refuted in time"},
	M23: {"I-M23", "a message of a lower instance changes nothing"},
	M24: {"I-M24", "LEFT is left only by a higher incarnation, and who left does not die"},
	M25: {"I-M25", "only fresh claims and counted confirmations are relayed"},
	M26: {"I-M26", "the incremental digest equals the recomputed one"},
	M27: {"I-M27", "all tables are within bounds and side tables belong to records"},
	M28: {"I-M28", "in a calm run no live node is SUSPECT or DEAD"},
	M29: {"I-M29", "a crashed participant is detected everywhere within the bound"},
	M30: {"I-M30", "after the settle time live participants hold each other OK and agree"},
	M31: {"I-M31", "nobody that runs, is reachable and speaks stays NONE, DEAD or LEFT at somebody it speaks to"},
	V1:  {"I-V1", "every coordinate field is finite and within its bounds"},
	V2:  {"I-V2", "the local coordinate moves only on an own RTT sample"},
	V4:  {"I-V4", "no more samples are counted than answers came"},
	L1:  {"I-L1", "a datagram between gates and datacenters carries no claim and changes no record"},
	L2:  {"I-L2", "such a datagram changes neither health nor incarnation, suspects and confirms nobody"},
	L3:  {"I-L3", "every change in how a gate judges a datacenter is a row of the table"},
}

// String returns the id as the spec writes it, for example "I-M10".
func (id ID) String() string { return invariants[id].name }

// Statement returns what the invariant says, in one line.
func (id ID) Statement() string { return invariants[id].statement }
