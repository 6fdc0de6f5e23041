package registry

import (
	"hypersim/core"
	"hypersim/core/call"
)

// Peers is what a process has agreed on with each of those that it talks to: what both can (AD-25; spec 30 §10). It is agreed
// on in registrations and submissions, and in their answers, for one process of the peer each. A zero Peers has agreed on
// everything with everybody: whoever made the role asked for no negotiation.
//
// # One is older, told as a story
//
//  1. A manager of version 1.4 restarts as 1.5. Its workers hear of a new process, and what they had agreed on with the old
//     one is gone: from now on they use nothing towards it that is not in every version.
//  2. They register. The request says what the worker can, the answer what the manager can. Both sides now hold the same set:
//     what both say, and the lower of the two versions has.
//  3. A manager that was slower and is still 1.4 is sent each snapshot by itself; the new one gets batches.
type Peers struct {
	hello  call.Handshake
	own    Version
	can    Features
	on     bool
	formed bool
	spoken []Version // of a formed start: of all first processes, by node; nil: all speak as this one does
	by     map[core.NodeID]pact
}

// pact is what is agreed on with a process of a peer.
type pact struct {
	instance uint32 // 0: it is not known which
	features Features
	met      bool // something was agreed on, be it that nothing can be
	doubted  bool // it was, and perhaps with another process
	ok       bool // they can talk
}

// Words are what a process says of itself, and what it knows of others from the start.
type Words struct {
	Hello  call.Handshake
	Formed bool      // it stands from the start, and knows all others
	Spoken []Version // what their first processes speak, by node, zero: not there at the start; nil: the same as this one; shared, read only
}

// Init makes p ready. nil words: no negotiation.
func (p *Peers) Init(w *Words) {
	*p = Peers{}
	if w == nil {
		return
	}
	*p = Peers{hello: w.Hello, own: Version{w.Hello.Major, w.Hello.Minor}, on: true, formed: w.Formed, spoken: w.Spoken, by: map[core.NodeID]pact{}}
	p.can = Features(w.Hello.Features)
}

// Hello is what goes into a registration or a submission.
func (p *Peers) Hello() call.Handshake { return p.hello }

// Versions are what goes into an answer to one.
func (p *Peers) Versions() call.Versions { return p.hello.Versions }

// of returns what is agreed on with a peer. With those of a formed start all is, with their first processes.
func (p *Peers) of(id core.NodeID) pact {
	x, known := p.by[id]
	if known || !p.formed {
		return x
	}
	v := p.own
	if int(id) < len(p.spoken) {
		v = p.spoken[id]
	}
	if v == (Version{}) { // nobody was there
		return x
	}
	x = pact{instance: 1, met: true}
	x.features, x.ok = Negotiate(p.own, v, p.can, FeaturesOf(v))
	p.by[id] = x
	return x
}

// Meet takes in what a process of a peer says of itself, and returns how that is answered: OK, or VERSION_INCOMPATIBLE. Of an
// older process than the last nothing is kept.
func (p *Peers) Meet(id core.NodeID, instance uint32, v *call.Versions, fx *core.Effects) call.Code {
	if !p.on {
		return call.CodeOK
	}
	now := pact{instance: instance, met: true}
	now.features, now.ok = Negotiate(p.own, Version{v.Major, v.Minor}, p.can, Features(v.Features))
	if old := p.of(id); now != old && instance >= old.instance {
		p.by[id] = now
		f := fx.JobFact(core.JobFactNegotiated)
		f.Node, f.Epoch = id, instance
		if now.ok {
			f.To = 1
		}
		f.Put("version", int64(v.Major)<<8|int64(v.Minor)).Put("features", int64(now.features))
	}
	if !now.ok {
		return call.CodeVersionIncompatible
	}
	return call.CodeOK
}

// Answered takes in what an answer to a registration or submission says of a peer, likewise. Some answers are given at the
// door, by whom did not look at the request: they say nothing of that.
func (p *Peers) Answered(o *call.Outcome, v *call.Versions, fx *core.Effects) call.Code {
	switch o.Code {
	case call.CodeBusy, call.CodeIsolation, call.CodeRoleDenied:
		return call.CodeOK
	default:
		return p.Meet(o.From, o.Instance, v, fx)
	}
}

// Forget drops what was agreed on with a peer: it is gone, or another process by now. What it was known to lack it lacks until it has
// been met again, for where others told of its next process, that may be the very one that was met.
func (p *Peers) Forget(id core.NodeID) {
	if p.on {
		x := p.of(id)
		p.by[id] = pact{instance: x.instance, features: x.features, doubted: x.met || x.doubted}
	}
}

// Newer drops it unless it was agreed on with that process of the peer, or a later one.
func (p *Peers) Newer(id core.NodeID, instance uint32) {
	if p.on && instance > p.of(id).instance {
		p.by[id] = pact{instance: instance}
	}
}

// Has reports whether a feature may be used towards a peer. Nothing that came with a later version than the first may, until
// something is agreed on.
func (p *Peers) Has(id core.NodeID, f Feature) bool {
	if !p.on {
		return true
	}
	x := p.of(id)
	return x.met && x.features.Has(f)
}

// Lacks reports whether a peer is known not to have a feature: something was agreed on with it, or with a process before it, and not that.
func (p *Peers) Lacks(id core.NodeID, f Feature) bool {
	if !p.on {
		return false
	}
	x := p.of(id)
	return (x.met || x.doubted) && !x.features.Has(f)
}

// Works reports whether work may go to a peer: what it is sent once must not run twice, which needs what 1.2 brought.
func (p *Peers) Works(id core.NodeID) bool {
	if !p.on {
		return true
	}
	x := p.of(id)
	return x.ok && x.features.Has(FeatureFences) && x.features.Has(FeatureIdempotency)
}

// Met reports whether anything is agreed on with a peer as it is now.
func (p *Peers) Met(id core.NodeID) bool { return !p.on || p.of(id).met }

// MemoryBytes returns the heap bytes that p holds.
func (p *Peers) MemoryBytes() int { return pactBytes * len(p.by) }

// pactBytes is a place in the map.
const pactBytes = 32
