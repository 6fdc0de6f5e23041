package election

import (
	"testing"
	"time"
	"unsafe"

	"hypersim/core"
)

// one is a voter that is looked at alone: the second of three, which has lost its leader long ago.
type one struct {
	w  *voters
	m  *Machine
	fx core.Effects
}

func newOne(at core.Instant) *one {
	w := newVoters(3, Default())
	w.boot(1, false)
	w.now = at
	w.nodes[1].poll = core.Never
	w.nodes[1].arm(0)
	return &one{w: w, m: w.nodes[1]}
}

func (o *one) tell(k core.Kind, from core.NodeID, b core.Body) (reply core.Body) {
	o.fx.Reset()
	o.m.Receive(o.w.now, &core.Message{Kind: k, From: from, To: 11, Body: b}, &o.fx)
	for i := range o.fx.Messages {
		if m := &o.fx.Messages[i]; m.To == from && m.Kind != core.KindLeaderStepdown {
			reply = m.Body
		}
	}
	return reply
}

func (o *one) preVote(from core.NodeID, term uint64, lhm float64) bool {
	return o.tell(core.KindPreVoteRequest, from, &Candidacy{Term: term, Candidate: from, LHM: lhm}).(*Vote).Granted
}

func (o *one) claim(from core.NodeID, term uint64, lhm float64) *Vote {
	return o.tell(core.KindLeaderClaim, from, &Candidacy{Term: term, Candidate: from, LHM: lhm}).(*Vote)
}

func (o *one) heartbeat(from core.NodeID, term uint64) *HeartbeatAck {
	a, _ := o.tell(core.KindLeaderHeartbeat, from, &Leadership{Term: term, Leader: from, Seq: 7}).(*HeartbeatAck)
	return a
}

// stand lets the voter ask for encouragement now.
func (o *one) stand() {
	o.m.timer = o.w.now
	o.fx.Reset()
	o.m.Wake(o.w.now, &o.fx)
}

// rule is one thing that a voter is asked, and whether it says yes.
type rule struct {
	what string
	do   func(o *one) bool
	want bool
}

func try(t *testing.T, rules []rule) {
	t.Helper()
	for _, r := range rules {
		if have := r.do(newOne(100 * sec)); have != r.want {
			t.Errorf("%s: granted %v", r.what, have)
		}
	}
}

// A vote is given once a term, to a healthy candidate, after the own lease and the holdoff (spec 20 §5.1).
func TestVotes(t *testing.T) {
	try(t, []rule{
		{"the first of a term", func(o *one) bool { return o.claim(10, 4, 0).Granted }, true},
		{"the same again", func(o *one) bool { o.claim(10, 4, 0); return o.claim(10, 4, 0).Granted }, true},
		{"another in the same term", func(o *one) bool { o.claim(10, 4, 0); return o.claim(12, 4, 0).Granted }, false},
		{"another in a higher term", func(o *one) bool { o.claim(10, 4, 0); return o.claim(12, 6, 0).Granted }, true},
		{"a lower term", func(o *one) bool { o.claim(10, 4, 0); return o.claim(12, 3, 0).Granted }, false},
		{"in poor health", func(o *one) bool { return o.claim(10, 4, 5).Granted }, false},
		{"within the lease", func(o *one) bool { o.heartbeat(12, 3); return o.claim(10, 4, 0).Granted }, false},
		{"just after the lease", func(o *one) bool { o.heartbeat(12, 3); o.w.now += 5 * sec; return o.claim(10, 4, 0).Granted }, true},
		{"within the holdoff", func(o *one) bool { o.w.now = 8*sec - 1; return o.claim(10, 4, 0).Granted }, false},
		{"just after the holdoff", func(o *one) bool { o.w.now = 8 * sec; return o.claim(10, 4, 0).Granted }, true},
	})
	o := newOne(100 * sec)
	o.heartbeat(12, 3)
	if v := o.claim(10, 4, 0); v.Granted || v.Term != 4 || o.m.Leader() != core.NoNode || o.m.Lease() != 105*sec {
		t.Errorf("a refused claim: %+v, leader %d, lease %v; it raises the term and leaves the lease alone (03-26)", v, o.m.Leader(), o.m.Lease())
	}
}

// Encouragement follows the same rules, changes nothing, and is not given by who has voted or stands.
func TestPreVotes(t *testing.T) {
	try(t, []rule{
		{"a higher term", func(o *one) bool { return o.preVote(10, 4, 0) }, true},
		{"the own term", func(o *one) bool { o.claim(10, 4, 0); o.w.now += 20 * sec; return o.preVote(10, 4, 0) }, false},
		{"in poor health", func(o *one) bool { return o.preVote(10, 4, 4.5) }, false},
		{"within the lease", func(o *one) bool { o.heartbeat(12, 3); return o.preVote(10, 4, 0) }, false},
		{"within the lease, after another's claim", func(o *one) bool { o.heartbeat(12, 3); o.claim(10, 4, 0); return o.preVote(10, 7, 0) }, false},
		{"within the holdoff", func(o *one) bool { o.w.now = 7 * sec; return o.preVote(10, 4, 0) }, false},
		{"after an own vote", func(o *one) bool { o.claim(10, 4, 0); o.w.now += 7 * sec; return o.preVote(12, 6, 0) }, false},
		{"long after an own vote", func(o *one) bool { o.claim(10, 4, 0); o.w.now += 8 * sec; return o.preVote(12, 6, 0) }, true},
		{"a follower, again", func(o *one) bool { o.preVote(10, 4, 0); return o.preVote(10, 4, 0) }, true},
		{"standing itself, a lower id", func(o *one) bool { o.stand(); return o.preVote(10, 4, 0) }, true},
		{"standing itself, a higher id", func(o *one) bool { o.stand(); return o.preVote(12, 6, 0) }, false},
		{"standing again, who was yielded to", func(o *one) bool { o.stand(); o.preVote(10, 4, 0); o.stand(); return o.preVote(10, 4, 0) }, false},
	})
	o := newOne(100 * sec)
	o.preVote(10, 4, 0)
	at := o.m.timer
	if o.m.Term() != 0 || at < 1025*sec/10 || at > 1045*sec/10 {
		t.Errorf("term %d, stands at %v", o.m.Term(), at)
	}
	o.w.now += sec
	if o.preVote(10, 4, 0); o.m.timer != at {
		t.Error("a repeated request puts the own candidacy off once more (03-20)")
	}
}

// Terms belong to members, so that no two ever stand in one (03-22).
func TestTermsBelongToMembers(t *testing.T) {
	o := newOne(100 * sec)
	for _, c := range []struct{ have, want uint64 }{{0, 2}, {1, 2}, {2, 5}, {4, 5}, {5, 8}, {100, 101}} {
		o.m.term = c.have
		if n := o.m.next(); n != c.want {
			t.Errorf("above %d: %d, want %d", c.have, n, c.want)
		}
	}
}

// An ack counts for a lease if its voter follows, has not promised anything in an earlier life, and means this round.
func TestAcks(t *testing.T) {
	w := newVoters(3, Default())
	w.form()
	w.run(t, 20*sec)
	m := w.nodes[0]
	w.way = func(_, _ core.NodeID) (core.Duration, bool) { return 0, false }
	w.run(t, 21*sec)
	before, last := m.Lease(), m.rounds[len(m.rounds)-1]
	w.run(t, last.sent+2*sec) // a round that nobody has answered
	r := m.rounds[len(m.rounds)-1]
	if m.Lease() != before || r.seq == last.seq {
		t.Fatalf("lease %v, round %d", m.Lease(), r.seq)
	}
	ack := func(from core.NodeID, a HeartbeatAck) {
		var fx core.Effects
		m.Receive(w.now, &core.Message{Kind: core.KindLeaderHeartbeatAck, From: from, To: 10, Body: &a}, &fx)
	}
	ack(11, HeartbeatAck{Term: 1, Leader: 10, Seq: r.seq, Holdoff: true})
	ack(11, HeartbeatAck{Term: 1, Leader: core.NoNode, Seq: r.seq})
	ack(11, HeartbeatAck{Term: 1, Leader: 10, Seq: r.seq - 20})
	ack(99, HeartbeatAck{Term: 1, Leader: 10, Seq: r.seq})
	if m.Lease() != before {
		t.Errorf("renewed to %v", m.Lease())
	}
	ack(11, HeartbeatAck{Term: 1, Leader: 10, Seq: r.seq})
	if want := r.sent.Add(4500 * time.Millisecond); m.Lease() != want {
		t.Errorf("lease %v, want %v", m.Lease(), want)
	}
}

// Only the end of its own leader ends a lease early, and a leader of a lower term is told the higher one.
func TestLeaders(t *testing.T) {
	o := newOne(100 * sec)
	if a := o.heartbeat(12, 3); a.Term != 3 || a.Leader != 12 || a.Holdoff || o.m.Leader() != 12 {
		t.Errorf("%+v", a)
	}
	o.tell(core.KindLeaderStepdown, 10, &Leadership{Term: 3, Leader: 10})
	if o.m.Lease() != 105*sec {
		t.Error("a stranger ended the lease")
	}
	if a := o.heartbeat(10, 1); a.Term != 3 || a.Leader != 12 {
		t.Errorf("to a leader of a lower term: %+v", a)
	}
	if o.heartbeat(10, 3); o.m.Violations() != 1 || o.m.Leader() != 10 {
		t.Errorf("two leaders of a term: %d counted, leader %d", o.m.Violations(), o.m.Leader())
	}
	o.tell(core.KindLeaderStepdown, 10, &Leadership{Term: 3, Leader: 10})
	if o.m.Lease() != 100*sec || o.m.Leader() != core.NoNode {
		t.Error("its own leader's end does not end the lease")
	}
	young := newOne(sec)
	if a := young.heartbeat(12, 3); !a.Holdoff {
		t.Error("an ack within the holdoff does not say so (03-25)")
	}
}

// Who has seen five changes of leader in a minute waits before it stands, longer each time.
func TestFlapping(t *testing.T) {
	o := newOne(100 * sec)
	for i := range uint64(5) {
		o.heartbeat(core.NodeID(10+2*(i%2)), 3*i+1)
	}
	if o.m.cool != 105*sec {
		t.Errorf("cools until %v", o.m.cool)
	}
	o.heartbeat(12, 30)
	if want := 100*sec + 75*sec/10; o.m.cool != want {
		t.Errorf("then until %v, want %v", o.m.cool, want)
	}
	o.w.now += 200 * sec
	o.heartbeat(10, 40)
	if o.m.cooldown != 5*time.Second {
		t.Errorf("after a quiet time the pause is %v", o.m.cooldown)
	}
}

func TestSizes(t *testing.T) {
	if n := unsafe.Sizeof(Machine{}); n != machineBytes {
		t.Errorf("a machine has %d bytes, the constant says %d", n, machineBytes)
	}
}
