package replica

import (
	"testing"
	"time"
	"unsafe"

	"hypersim/core"
	"hypersim/core/job"
)

// A round over jobs that have not changed, and its acks, allocate nothing: neither at their holder nor at a member.
func TestRenewAllocatesNothing(t *testing.T) {
	const jobs = 200
	var ms [3]*desk
	for i := range ms {
		d := &desk{t: t, cfg: Default(), dead: map[core.NodeID]bool{}}
		var peers []core.NodeID
		for j := range ms {
			if j != i {
				peers = append(peers, core.NodeID(j))
			}
		}
		d.Init(0, d, Params{Self: core.NodeID(i), Instance: 1, Peers: peers, Formed: true, Config: &d.cfg, Graves: 10, GravesKeep: time.Hour})
		ms[i] = d
	}
	fx := &core.Effects{}
	now := core.Instant(0)
	var hand []core.Message
	settle := func() { // what a driver does: everything arrives at once, and bodies go back on the shelf
		for len(fx.Messages) > 0 {
			hand = append(hand[:0], fx.Messages...)
			fx.Messages = fx.Messages[:0]
			for k := range hand {
				core.Hold(hand[k].Body)
			}
			for k := range hand {
				ms[hand[k].To].Receive(now, &hand[k], fx)
			}
			for k := range hand {
				fx.Bodies.Drop(hand[k].Kind, hand[k].Body)
			}
		}
	}
	for id := job.ID(1); id <= jobs; id++ {
		e := Entry{Head: Head{Job: id}, HandoverTo: core.NoNode, Gate: core.NoNode, Callback: core.NoNode}
		ms[0].Accept(now, &e, fx)
		settle()
	}
	round := func() {
		now = now.Add(10 * time.Second)
		for _, d := range ms {
			d.Wake(now, fx)
		}
		settle()
		for _, d := range ms {
			d.said = d.said[:0]
		}
	}
	for range 10 {
		round()
	}
	if n := testing.AllocsPerRun(20, round); n > 0 {
		t.Errorf("%v allocations in a round of %d jobs", n, jobs)
	}
	if !ms[0].Valid(now, jobs) || len(ms[1].Leaderless(now, nil)) != 0 {
		t.Error("the jobs have no holder: this test shows nothing")
	}
}

// What a job costs: in the memory of its holder and of the other members, lists in its entry apart, and on the wire in each
// round, per member.
func TestBytesPerJob(t *testing.T) {
	if n := unsafe.Sizeof(record{}); n != recordBytes {
		t.Errorf("a record has %d bytes, not %d", n, recordBytes)
	}
	if n := unsafe.Sizeof(lead{}); n != leadBytes {
		t.Errorf("what its holder keeps beside it has %d bytes, not %d", n, leadBytes)
	}
	if n := unsafe.Sizeof(ack{}); n != ackBytes {
		t.Errorf("an ack has %d bytes, not %d", n, ackBytes)
	}
	d := holds(t)
	if have, want := d.MemoryBytes(), recordBytes+leadBytes+2*ackBytes; have < want || have > want+1000 {
		t.Errorf("%d bytes for one job, whose records are %d", have, want)
	}
	var w core.Walker
	size := func(n int) int {
		es := make([]Entry, n)
		return w.Size(&core.Message{Kind: core.KindJobStateSync, Body: &Sync{Entries: es}}, book{})
	}
	if n := size(2) - size(1); n != 41 {
		t.Errorf("a RENEW is %d bytes", n)
	}
}

// book has endpoints of seven bytes.
type book struct{ core.Book }

func (book) KeyBytes(core.NodeID) int { return 7 }
