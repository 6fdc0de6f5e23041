package election

import (
	"testing"
	"time"

	"hypersim/core"
)

// A leader that is deposed by a higher term is a voter like others: it stands again when its time has come.
func TestDeposedLeaderStandsAgain(t *testing.T) {
	w := newVoters(3, Default())
	w.form()
	w.run(t, 20*sec)
	m := w.nodes[0]
	var fx core.Effects
	m.Receive(w.now, &core.Message{Kind: core.KindLeaderHeartbeatAck, From: 11, To: 10, Body: &HeartbeatAck{Term: 9, Leader: core.NoNode}}, &fx)
	if at, ok := m.Deadline(); m.Role() != Follower || !ok || at > w.now+2*sec {
		t.Errorf("it is %v and acts again at %v", m.Role(), at)
	}
}

// Each datagram of a kind to the same voter has a turn of its own, so that the loss of one is not the loss of all.
func TestTurnsDiffer(t *testing.T) {
	w := newVoters(3, Default())
	seen := map[uint32]bool{}
	for life := range 2 {
		w.now = core.Instant(life) * 100 * sec
		w.boot(1, false)
		w.now += 50 * sec
		o := &one{w: w, m: w.nodes[1]}
		for range 3 { // in vain: no term grows
			o.stand()
			for i := range o.fx.Messages {
				if m := &o.fx.Messages[i]; m.Kind == core.KindPreVoteRequest && m.To == 10 {
					if seen[m.Turn] {
						t.Errorf("turn %#x twice", m.Turn)
					}
					seen[m.Turn] = true
				}
			}
			o.w.now += 3 * sec
			o.m.Wake(o.w.now, &o.fx)
		}
	}
	if len(seen) != 6 {
		t.Errorf("%d requests", len(seen))
	}
}

// However many rounds of heartbeats are under way at once, an acknowledgement that comes within the lease renews it.
func TestManyRoundsUnderWay(t *testing.T) {
	cfg := Default()
	cfg.Election.Heartbeat = 100 * time.Millisecond
	w := newVoters(3, cfg)
	w.way = func(_, _ core.NodeID) (core.Duration, bool) { return 700 * time.Millisecond, true }
	w.form()
	w.run(t, 60*sec)
	if w.leader() != 10 || w.nodes[0].Term() != 1 {
		t.Errorf("leader %d, term %d", w.leader(), w.nodes[0].Term())
	}
}

// Every change of whom a voter follows is told, that it follows nobody in a higher term, too.
func TestEveryChangeIsTold(t *testing.T) {
	o := newOne(100 * sec)
	o.heartbeat(12, 3)
	o.claim(10, 4, 0)
	told := core.NodeID(12)
	for _, f := range o.fx.JobFacts {
		if f.Kind == core.JobFactLeader {
			told = f.Node
		}
	}
	if told != o.m.Leader() {
		t.Errorf("it follows %d and said %d", o.m.Leader(), told)
	}
}
