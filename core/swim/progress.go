package swim

import "hypersim/core"

// Progress sends the owner of this worker word that work of the scope goes on; done grows with it. It
// reports whether there is an owner to tell. Membership itself takes the message for a life sign, no more.
func (m *Machine) Progress(scope, done uint64, timeout core.Duration, fx *core.Effects) bool {
	k, ok := m.index(m.watch.owner)
	if !ok || m.stopped || m.leaving || m.participates() {
		return false
	}
	msg := m.header(core.KindProgress, k, fx)
	msg.Seq, msg.Timeout = m.nextSeq(), timeout
	b := core.Attach[Progress](fx, msg)
	b.Scope, b.Done = scope, done
	return true
}

// Speaks reports whether msg, which Receive has seen, is from the process that its sender's record is
// about: not from one that is gone, and not from somebody unknown.
func (m *Machine) Speaks(msg *core.Message) bool {
	k, ok := m.index(msg.From)
	return ok && msg.From != m.self && m.rec[k].present() && m.rec[k].instance == msg.Instance
}
