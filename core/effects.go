package core

// Effects is what one step of a machine asks its driver to do. The driver owns it and reuses it: a
// step appends, the driver drains and calls Reset.
//
// Updates of the appended messages are cut from an arena that Reset recycles, so a driver copies them
// before the next step. Their bodies come from Bodies: the driver holds all of them while
// it sends them on, and drops them before Reset.
type Effects struct {
	Messages []Message
	Facts    []Fact
	JobFacts []JobFact
	Work     []Work
	Bodies   Shelf

	updates []Update
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

// JobFact appends a zeroed fact about a job and returns it to be filled in. The pointer is valid until the next
// call of JobFact.
func (fx *Effects) JobFact(k JobFactKind) *JobFact {
	fx.JobFacts = append(fx.JobFacts, JobFact{Kind: k, Node: NoNode})
	return &fx.JobFacts[len(fx.JobFacts)-1]
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
	fx.JobFacts = fx.JobFacts[:0]
	fx.Work = fx.Work[:0]
	fx.updates = fx.updates[:0]
	fx.extras = fx.extras[:0]
}
