package election

import (
	"testing"

	"hypersim/core"
	"hypersim/core/coretest/wiretest"
)

func bodies() *core.Bodies {
	b := new(core.Bodies)
	AddBodies(b)
	return b
}

func TestBodiesRoundTrip(t *testing.T) { wiretest.RoundTrip(t, bodies()) }

func TestBodiesTruncated(t *testing.T) { wiretest.Truncation(t, bodies()) }

func FuzzBodies(f *testing.F) { wiretest.Fuzz(f, bodies()) }

// The bytes of each body, written down by hand.
func TestBodyBytes(t *testing.T) {
	wiretest.Bytes(t, bodies(), []wiretest.Known{
		{Kind: core.KindPreVoteRequest, Body: &Candidacy{Term: 1, Candidate: 2, LHM: 1}, Want: "8:1 n2 3ff0000000000000"},
		{Kind: core.KindLeaderVote, Body: &Vote{Term: 1, For: 2, Granted: true}, Want: "8:1 8:2 1:1"},
		{Kind: core.KindLeaderHeartbeat, Body: &Leadership{Term: 1, Leader: 2, Seq: 3}, Want: "8:1 n2 8:3"},
		{Kind: core.KindLeaderHeartbeatAck, Body: &HeartbeatAck{Term: 1, Leader: core.NoNode, Seq: 2, Holdoff: true}, Want: "8:1 - 8:2 1:1"},
	})
}
