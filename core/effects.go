package core

// Effects is what one step of a machine asks its driver to do. The driver owns it and reuses it: a
// step appends, the driver drains and calls Reset.
//
// Updates and Records of the appended messages are cut from arenas that Reset recycles, so a driver
// copies them before the next step.
type Effects struct {
	Messages []Message
	Facts    []Fact

	updates []Update
	entries []Entry
	extras  []*Extra // used and, up to its capacity, usable again
}

// Send appends a zeroed message and returns it to be filled in. The pointer is valid until the next
// call of Send.
func (fx *Effects) Send() *Message {
	n := len(fx.Messages)
	if n < cap(fx.Messages) {
		fx.Messages = fx.Messages[:n+1]
		fx.Messages[n] = Message{}
	} else {
		fx.Messages = append(fx.Messages, Message{})
	}
	return &fx.Messages[n]
}

// Fact appends a zeroed fact of the given kind and returns it to be filled in. The pointer is valid
// until the next call of Fact.
func (fx *Effects) Fact(k FactKind) *Fact {
	n := len(fx.Facts)
	if n < cap(fx.Facts) {
		fx.Facts = fx.Facts[:n+1]
		fx.Facts[n] = Fact{Kind: k}
	} else {
		fx.Facts = append(fx.Facts, Fact{Kind: k})
	}
	return &fx.Facts[n]
}

// GrowUpdates returns an empty slice with room for n updates, cut from the arena. Give the filled
// slice to KeepUpdates before cutting another one.
func (fx *Effects) GrowUpdates(n int) []Update {
	if cap(fx.updates)-len(fx.updates) < n {
		fx.updates = make([]Update, 0, max(2*cap(fx.updates), n, 256)) // messages keep the old arena alive
	}
	return fx.updates[len(fx.updates):len(fx.updates):cap(fx.updates)]
}

// KeepUpdates takes u, which GrowUpdates returned and the caller appended to, out of the arena.
func (fx *Effects) KeepUpdates(u []Update) []Update {
	fx.updates = fx.updates[:len(fx.updates)+len(u)]
	return u[:len(u):len(u)]
}

// GrowEntries is GrowUpdates for table entries.
func (fx *Effects) GrowEntries(n int) []Entry {
	if cap(fx.entries)-len(fx.entries) < n {
		fx.entries = make([]Entry, 0, max(2*cap(fx.entries), n, 256))
	}
	return fx.entries[len(fx.entries):len(fx.entries):cap(fx.entries)]
}

// KeepEntries is KeepUpdates for table entries.
func (fx *Effects) KeepEntries(e []Entry) []Entry {
	fx.entries = fx.entries[:len(fx.entries)+len(e)]
	return e[:len(e):len(e)]
}

// Extra returns an empty Extra for one message of this step. Its slices may be appended to.
func (fx *Effects) Extra() *Extra {
	n := len(fx.extras)
	if n == cap(fx.extras) {
		fx.extras = append(fx.extras, new(Extra))
		return fx.extras[n]
	}
	fx.extras = fx.extras[:n+1]
	if fx.extras[n] == nil {
		fx.extras[n] = new(Extra)
	}
	fx.extras[n].Clear()
	return fx.extras[n]
}

// Reset empties fx and keeps its memory.
func (fx *Effects) Reset() {
	fx.Messages = fx.Messages[:0]
	fx.Facts = fx.Facts[:0]
	fx.updates = fx.updates[:0]
	fx.entries = fx.entries[:0]
	fx.extras = fx.extras[:0]
}
