package election

import "hypersim/core"

// AddBodies tells which kinds of elections have bodies. All of them are datagrams.
func AddBodies(b *core.Bodies) {
	candidacy := func() core.Body { return new(Candidacy) }
	vote := func() core.Body { return new(Vote) }
	leadership := func() core.Body { return new(Leadership) }
	b[core.KindPreVoteRequest] = candidacy
	b[core.KindPreVoteResponse] = vote
	b[core.KindLeaderClaim] = candidacy
	b[core.KindLeaderVote] = vote
	b[core.KindLeaderElected] = leadership
	b[core.KindLeaderHeartbeat] = leadership
	b[core.KindLeaderHeartbeatAck] = func() core.Body { return new(HeartbeatAck) }
	b[core.KindLeaderStepdown] = leadership
}

// Candidacy (pre_vote_req, leader_claim) asks for a vote, or whether there would be one.
type Candidacy struct {
	core.Shared
	Term      uint64 // for which it stands
	Candidate core.NodeID
	LHM       float64 // its local health, 0 is best
}

// Walk implements core.Body.
func (b *Candidacy) Walk(w *core.Walker) {
	w.Uint64("term", &b.Term)
	w.Node("candidate", &b.Candidate)
	w.Float64("lhm", &b.LHM)
}

// Vote (pre_vote_resp, leader_vote) answers a Candidacy.
type Vote struct {
	core.Shared
	Term    uint64 // of the voter
	For     uint64 // term of the candidacy that it answers
	Granted bool
}

// Walk implements core.Body.
func (b *Vote) Walk(w *core.Walker) {
	w.Uint64("term", &b.Term)
	w.Uint64("for", &b.For)
	w.Bool("granted", &b.Granted)
}

// Leadership (leader_elected, leader_heartbeat, leader_stepdown) says who leads, or leads no more.
type Leadership struct {
	core.Shared
	Term   uint64
	Leader core.NodeID
	Seq    uint64 // round of heartbeats
}

// Walk implements core.Body.
func (b *Leadership) Walk(w *core.Walker) {
	w.Uint64("term", &b.Term)
	w.Node("leader", &b.Leader)
	w.Uint64("seq", &b.Seq)
}

// HeartbeatAck answers a leader_heartbeat.
type HeartbeatAck struct {
	core.Shared
	Term    uint64      // of the voter
	Leader  core.NodeID // whom it follows, or NoNode
	Seq     uint64      // of the heartbeat
	Holdoff bool        // the voter may have promised more in its earlier life: this one does not count (spec 03 no. 25)
}

// Walk implements core.Body.
func (b *HeartbeatAck) Walk(w *core.Walker) {
	w.Uint64("term", &b.Term)
	w.MaybeNode("leader", &b.Leader)
	w.Uint64("seq", &b.Seq)
	w.Bool("holdoff", &b.Holdoff)
}
