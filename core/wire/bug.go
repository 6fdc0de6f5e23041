package wire

import "hypersim/core"

// bug says what is wrong with a message that is about to be encoded, or "". A field that its kind does
// not carry would be lost here and kept where messages travel as values: two codecs, two results.
func bug(m *core.Message) string {
	switch k := m.Kind; {
	case !travels(k):
		return "this kind never travels"
	case m.Role >= core.NumRoles:
		return "unknown role"
	case m.State >= core.NumStates:
		return "unknown state"
	case m.Reject > core.RejectFull:
		return "unknown reason of refusal"
	case m.Coord.Dims > core.MaxDims:
		return "coordinate of too many dimensions"
	case len(m.Updates) > MaxUpdates:
		return "more updates than a block can count"
	case m.Failed != core.KindNone:
		return "Failed does not travel"
	case m.Target != 0 && !hasTarget(k) && k != core.KindXNack:
		return "this kind has no target"
	case len(m.Records) > 0 && !hasRecords(k):
		return "this kind has no records"
	case k != core.KindAck && (m.State != 0 || m.RTTms != 0 || m.Digest != 0):
		return "State, RTTms and Digest are for ACK"
	case k != core.KindIndAck && k != core.KindJoinAck && m.Required != 0:
		return "Required is for IND_ACK and JOIN_ACK"
	case k != core.KindPingReq && k != core.KindStreamPing && m.BudgetMS != 0:
		return "BudgetMS is for PING_REQ and STREAM_PING"
	case k != core.KindJoinAck && m.Reject != 0:
		return "Reject is for JOIN_ACK"
	case k != core.KindJoin && (m.Major != 0 || m.Minor != 0):
		return "Major and Minor are for JOIN"
	case k != core.KindSyncDigest && (m.Count != 0 || m.PartCount != 0):
		return "counts are for SYNC_DIGEST"
	case k != core.KindSyncDigest && k != core.KindProgress && (m.Sum != 0 || m.PartSum != 0):
		return "sums are for SYNC_DIGEST and PROGRESS"
	}
	if what := extraBug(m); what != "" {
		return what
	}
	for i := range m.Updates {
		if u := &m.Updates[i]; u.Type >= core.NumUpdateTypes || u.Role >= core.NumRoles {
			return "update of unknown type or role"
		}
	}
	for i := range m.Records {
		if e := &m.Records[i]; e.State >= core.NumStates || e.Role >= core.NumRoles {
			return "record of unknown state or role"
		}
	}
	return ""
}
