package core

// Cause says why. One list serves all facts of membership and of the link, so that a reader learns one vocabulary; facts
// about jobs tell a code of their own.
type Cause uint8

// Causes, in groups by the facts that tell them; what they mean stands in their rows.
const (
	CauseNone Cause = iota
	CauseConfigured
	CauseAlive
	CauseJoined
	CauseSuspect
	CauseDead
	CauseLeft
	CauseSeen
	CauseConfirm
	CauseProbeFailed
	CauseSilent
	CauseExpired
	CauseRoleTimeout
	CauseExhausted
	CauseRetention
	CauseEvicted

	CauseAck
	CauseIndirectAck
	CauseVoid
	CauseNackMissing
	CauseLag
	CauseRecovered
	CauseDegraded
	CauseIdle

	CauseRefute
	CauseRefuted
	CauseOlderProcess
	CauseJoinRequired
	CauseGossip
	CauseRemoved

	CauseFresh
	CauseConfirmation
	CauseSelf
	CauseLimit
	CauseSuperseded
	CauseOverflow
	CauseAge

	CauseProactive
	CauseReactive

	CauseJoinSent
	CauseJoinAccepted
	CauseJoinRetry
	CauseJoinRejected
	CauseJoinFailed
	CauseSyncEqual
	CauseSyncFull
	CauseSyncFailed

	CauseStreamAck
	NumCauses = 48
)

// causeRow is all that is known of a cause.
type causeRow struct{ name, doc string }

var causes = [NumCauses]causeRow{
	CauseNone: {"none", ""},

	// of transitions and callbacks: the events of spec 10 §2.3
	CauseConfigured:  {"configured", "configuration, join list, full sync"},
	CauseAlive:       {"alive", "hearsay: alive"},
	CauseJoined:      {"join", "hearsay: join"},
	CauseSuspect:     {"suspect", "hearsay: suspect"},
	CauseDead:        {"dead", "hearsay: dead"},
	CauseLeft:        {"left", "hearsay: left"},
	CauseSeen:        {"seen", "valid message from the subject itself"},
	CauseConfirm:     {"confirm", "confirming event (§2.5)"},
	CauseProbeFailed: {"probe_failed", "own probe failed"},
	CauseSilent:      {"silent", "worker silent past its deadline (§10.4)"},
	CauseExpired:     {"expired", "suspicion timer"},
	CauseRoleTimeout: {"passive_timeout_expired", "UNCONFIRMED: passive timeout expired"},
	CauseExhausted:   {"exhausted_proactive_attempts", "UNCONFIRMED: proactive attempts used up and timed out"},
	CauseRetention:   {"retention", "record aged out"},
	CauseEvicted:     {"evicted", "table full (§2.6)"},

	// of probes, ticks and the health score
	CauseAck:         {"ack", "a probe was answered"},
	CauseIndirectAck: {"indirect_ack", "a probe was answered through a proxy"},
	CauseVoid:        {"void", "a probe ended without a verdict"},
	CauseNackMissing: {"nack_missing", "a probe failed with nacks missing"},
	CauseLag:         {"lag", "own timer late"},
	CauseRecovered:   {"recovered", "own timer on time again"},
	CauseDegraded:    {"degraded", "this tick was left out to spare a degraded node"},
	CauseIdle:        {"idle", "nobody to probe"},

	// of incarnations and of the end of suspicions
	CauseRefute:       {"refute", "own incarnation raised against an accusation"},
	CauseRefuted:      {"refuted", "the accused answered"},
	CauseOlderProcess: {"older_process", "an earlier process of this node had a higher incarnation"},
	CauseJoinRequired: {"join_required", "whoever let it in asked for a higher incarnation"},
	CauseGossip:       {"gossip", "others said so"},
	CauseRemoved:      {"removed", "the record, or the scope, is gone"},

	// of what enters and leaves the gossip queue
	CauseFresh:        {"fresh", "news"},
	CauseConfirmation: {"confirmation", "another accuser"},
	CauseSelf:         {"self", "about itself"},
	CauseLimit:        {"limit", "sent often enough"},
	CauseSuperseded:   {"superseded", "newer word came"},
	CauseOverflow:     {"overflow", "no room"},
	CauseAge:          {"age", "too old"},

	// of attempts on UNCONFIRMED peers
	CauseProactive: {"proactive", "tried because it is time"},
	CauseReactive:  {"reactive", "tried because it was heard"},

	// of joins and syncs
	CauseJoinSent:     {"join_sent", ""},
	CauseJoinAccepted: {"join_accepted", ""},
	CauseJoinRetry:    {"join_retry", ""},
	CauseJoinRejected: {"join_rejected", ""},
	CauseJoinFailed:   {"join_failed", ""},
	CauseSyncEqual:    {"sync_equal", "the digests agree"},
	CauseSyncFull:     {"sync_full", "records were exchanged"},
	CauseSyncFailed:   {"sync_failed", ""},

	// of probes, too
	CauseStreamAck: {"stream_ack", "of a probe: the target answered over a stream and in no other way"},
}

func (c Cause) String() string {
	if int(c) < len(causes) {
		return causes[c].name
	}
	return "unknown"
}

// Doc says in a few words what the cause means; "" where its name does.
func (c Cause) Doc() string {
	if int(c) < len(causes) {
		return causes[c].doc
	}
	return ""
}
