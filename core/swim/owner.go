package swim

import "hypersim/core"

// ToOwner appends a message of the given kind to the owner of this worker, for a part that has a body to add; nil if
// there is no owner to tell.
func (m *Machine) ToOwner(kind core.Kind, timeout core.Duration, fx *core.Effects) *core.Message {
	k, ok := m.index(m.watch.owner)
	if !ok || m.stopped || m.leaving || m.participates() {
		return nil
	}
	msg := m.header(kind, k, fx)
	msg.Seq, msg.Timeout = m.nextSeq(), timeout
	return msg
}

// Speaks reports whether msg, which Receive has seen, is from the process that its sender's record is
// about: not from one that is gone, and not from somebody unknown.
func (m *Machine) Speaks(msg *core.Message) bool {
	k, ok := m.index(msg.From)
	return ok && msg.From != m.self && m.rec[k].present() && m.rec[k].instance == msg.Instance
}
