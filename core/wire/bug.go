package wire

import "hypersim/core"

// bug says what is wrong with a message that is about to be encoded, or "". A field that its kind does
// not carry would be lost here and kept where messages travel as values: two codecs, two results.
func bug(m *core.Message) string {
	switch k := m.Kind; {
	case !k.Travels():
		return "this kind never travels"
	case m.Role >= core.NumRoles:
		return "unknown role"
	case m.State >= core.NumStates:
		return "unknown state"
	case m.Coord.Dims > core.MaxDims:
		return "coordinate of too many dimensions"
	case len(m.Updates) > MaxUpdates:
		return "more updates than a block can count"
	case m.Failed != core.KindNone:
		return "Failed does not travel"
	case m.Target != 0 && !hasTarget(k):
		return "this kind has no target"
	case k != core.KindAck && (m.State != 0 || m.Digest != 0):
		return "State and Digest are for ACK"
	case k != core.KindAck && k != core.KindSampleAck && m.RTTms != 0:
		return "RTTms is for ACK and SAMPLE_ACK"
	case k != core.KindIndAck && m.Required != 0:
		return "Required is for IND_ACK"
	case k != core.KindPingReq && k != core.KindStreamPing && m.BudgetMS != 0:
		return "BudgetMS is for PING_REQ and STREAM_PING"
	}
	if what := extraBug(m); what != "" {
		return what
	}
	for i := range m.Updates {
		if u := &m.Updates[i]; u.Type >= core.NumUpdateTypes || u.Role >= core.NumRoles {
			return "update of unknown type or role"
		}
	}
	return ""
}
