package call

import "hypersim/core"

// Ack is the body of a reply that says no more than how the request ended.
type Ack struct {
	core.Shared
	Answer
}

// Walk implements core.Body.
func (b *Ack) Walk(w *core.Walker) { b.Answer.Walk(w) }

// NewAck makes one, for tables of bodies.
func NewAck() core.Body { return new(Ack) }

// Handshake is what a node or client says about itself before anything else of a registration or submission is used
// (spec 20 §1.3, spec 30 §10, §11). Names travel as 64-bit digests.
type Handshake struct {
	Cluster, Environment uint64 // digests of their names
	Versions
}

// Walk tells the fields.
func (h *Handshake) Walk(w *core.Walker) {
	w.Uint64("cluster", &h.Cluster)
	w.Uint64("environment", &h.Environment)
	h.Versions.Walk(w)
}

// Versions is which protocol a process speaks, and which features of it, one bit each.
type Versions struct {
	Major, Minor uint8
	Features     uint64
}

// Walk tells the fields.
func (v *Versions) Walk(w *core.Walker) {
	w.Uint8("major", &v.Major)
	w.Uint8("minor", &v.Minor)
	w.Uint64("features", &v.Features)
}
