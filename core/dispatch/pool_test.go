package dispatch

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/job"
)

// The pool against a list that is sorted anew each time.
func TestPoolOrders(t *testing.T) {
	type worker struct {
		id     core.NodeID
		bucket Bucket
		free   int
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 150).Draw(t, "n")
		p, have := NewPool(40, n), make([]worker, n)
		for i := range have {
			have[i] = worker{id: 40 + core.NodeID(i), bucket: BucketNone}
		}
		for range rapid.IntRange(0, 60).Draw(t, "ops") {
			i := rapid.IntRange(0, n-1).Draw(t, "worker")
			have[i].bucket, have[i].free = Bucket(rapid.IntRange(0, 3).Draw(t, "bucket")), rapid.IntRange(-1, 9).Draw(t, "free")
			p.Set(have[i].id, have[i].bucket, have[i].free)
		}
		list := slices.DeleteFunc(slices.Clone(have), func(w worker) bool { return w.bucket == BucketNone || w.free <= 0 })
		slices.SortFunc(list, func(a, b worker) int {
			return cmp.Or(cmp.Compare(a.bucket, b.bucket), cmp.Compare(b.free, a.free), cmp.Compare(a.id, b.id))
		})
		total, c := 0, p.Best()
		for _, w := range list {
			total += w.free
			id, free, ok := c.Next()
			if !ok || id != w.id || free != w.free {
				t.Fatalf("have %v with %d (%v), want %+v", id, free, ok, w)
			}
		}
		if _, _, ok := c.Next(); ok || p.Total() != total {
			t.Fatalf("more than all, or total %d of %d", p.Total(), total)
		}
	})
}

func TestPoolDoesNotAllocate(t *testing.T) {
	p := NewPool(0, 1000)
	for i := range core.NodeID(1000) {
		p.Set(i, BucketHealthy, 8)
		p.Set(i, BucketHealthy, 7)
	}
	if n := testing.AllocsPerRun(100, func() {
		c := p.Best()
		id, free, _ := c.Next()
		p.Set(id, BucketHealthy, free-1)
		p.Set(id, BucketHealthy, free)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkPool(b *testing.B) {
	p := NewPool(0, 1000)
	for i := range core.NodeID(1000) {
		p.Set(i, BucketHealthy, int(i%8)+1)
	}
	b.ReportAllocs()
	for b.Loop() {
		c := p.Best()
		id, free, _ := c.Next()
		p.Set(id, BucketHealthy, free-1)
		p.Set(id, BucketHealthy, free)
	}
}

// The vector of spec 20 §13.3: a dispatch counts until the worker's own word shows it.
func TestCapacity(t *testing.T) {
	var c Capacity
	c.Heard(7, 8)
	tok := job.Ticket{DE: 1, N: 1}.Token()
	c.Sent(3, tok, 4)
	if c.Free() != 4 || c.Unanswered() != 1 {
		t.Errorf("sent: free %d", c.Free())
	}
	c.Accepted(3, tok, 8)
	if c.Free() != 4 || c.Unanswered() != 0 {
		t.Errorf("accepted at 8, heard 7: free %d", c.Free())
	}
	if c.Heard(7, 8) || c.Free() != 4 {
		t.Error("an old word changed something")
	}
	c.Heard(9, 3)
	if c.Free() != 3 {
		t.Errorf("heard 9: free %d", c.Free())
	}
	c.Hold(&Round{Job: 1, Workflow: 2, Attempt: 1, DE: 1}, 2, 100)
	c.Hold(&Round{Job: 1, Workflow: 2, Attempt: 1, DE: 1}, 2, 100) // a repeat
	if c.Free() != 1 {
		t.Errorf("with a peer's provision: free %d", c.Free())
	}
	if at := c.Expire(99); at != 100 || c.Free() != 1 {
		t.Errorf("expiry at %v", at)
	}
	if at := c.Expire(100); at != core.Never || c.Free() != 3 {
		t.Errorf("after it: free %d", c.Free())
	}
	c.Sent(3, tok+1, 5)
	if c.Free() != 0 {
		t.Errorf("free %d", c.Free())
	}
	c.Gone(3, tok+1)
	c.Accepted(3, tok+1, 12)
	if c.Free() != 3 {
		t.Errorf("refused: free %d", c.Free())
	}
	c.Sent(3, tok+2, 1)
	c.Heard(20, 2)
	c.Accepted(3, tok+2, 15) // shown by 20 already
	if c.Free() != 2 {
		t.Errorf("shown before the ack: free %d", c.Free())
	}
	c.Sent(3, tok, 1) // the same number of two jobs
	c.Sent(4, tok, 1)
	c.Gone(5, tok)
	c.Accepted(4, tok, 21)
	if c.Unanswered() != 1 || c.Free() != 0 {
		t.Errorf("the dispatch of another job: %d unanswered, free %d", c.Unanswered(), c.Free())
	}
	c.Gone(4, tok)
	if c.Unanswered() != 1 || c.Free() != 1 {
		t.Errorf("the end of another job: %d unanswered, free %d", c.Unanswered(), c.Free())
	}
}

// Tokens are those of a job: another job may have the same ones.
func TestCapacityTellsJobsApart(t *testing.T) {
	var c Capacity
	c.Reset(1, 8)
	tok := job.Ticket{DE: 1, N: 1}.Token()
	c.Sent(1, tok, 3)
	c.Sent(2, tok, 2)
	c.Accepted(2, tok, 5)
	c.Gone(1, tok)
	if c.Free() != 6 || c.Unanswered() != 0 {
		t.Errorf("%d free, %d unanswered; job 2 has 2 of 8 cores", c.Free(), c.Unanswered())
	}
}

// Two leaders ask for 4 of 4 free cores at once among three managers: each confirms itself, the third confirms the one that
// comes first (spec 20 §13.3).
func TestTwoLeadersOneWorker(t *testing.T) {
	var own, other, third Capacity
	confirms := func(c *Capacity, w job.WorkflowID) bool {
		if c.Free() < 4 {
			return false
		}
		c.Hold(&Round{Job: 1, Workflow: w, Attempt: 1, DE: 1}, 4, 100)
		return true
	}
	for _, c := range []*Capacity{&own, &other, &third} {
		c.Heard(1, 4)
	}
	if !confirms(&own, 1) || !confirms(&other, 2) || !confirms(&third, 2) || confirms(&third, 1) {
		t.Error("not two of three for one and one of three for the other")
	}
}

// What was reserved for a peer and is given away stays taken until the worker's next word shows it; what came to nothing is free
// at once.
func TestWhatAPeerUsed(t *testing.T) {
	var c Capacity
	c.Reset(1, 8)
	c.Hold(&Round{Job: 7, Workflow: 1, Attempt: 1, DE: 1}, 3, core.Never)
	c.Hold(&Round{Job: 7, Workflow: 2, Attempt: 1, DE: 1}, 2, core.Never)
	if c.Release(&Round{Job: 7, Workflow: 2, Attempt: 1, DE: 1}); c.Free() != 5 {
		t.Errorf("%d free after one was given up", c.Free())
	}
	if c.Used(&Round{Job: 7, Workflow: 1, Attempt: 1, DE: 1}); c.Free() != 5 {
		t.Errorf("%d free, and the worker has not said that they are taken", c.Free())
	}
	if c.Heard(1, 8); c.Free() != 5 {
		t.Error("an old word shows nothing")
	}
	if c.Heard(2, 5); c.Free() != 5 || c.Reserved() != 0 {
		t.Errorf("%d free, %d reserved after its next word", c.Free(), c.Reserved())
	}
}

// A word ends what was asked for before it, by its own holder or one before that (spec 20 §4.5). Numbers of a process begin at a draw, and may pass 0.
func TestWhichRoundAWordIsAbout(t *testing.T) {
	for _, r := range []struct {
		heldDE, heldSeq, de, seq uint32
		ends                     bool
	}{
		{1, 10, 1, 11, true}, {1, 10, 1, 10, true}, {1, 11, 1, 10, false},
		{1, 1<<32 - 2, 1, 3, true}, {1, 3, 1, 1<<32 - 2, false},
		{1, 900, 2, 5, true}, {2, 5, 1, 900, false},
	} {
		var c Capacity
		c.Reset(1, 8)
		c.Hold(&Round{Job: 7, Workflow: 1, Attempt: 1, DE: r.heldDE, Seq: r.heldSeq}, 3, core.Never)
		word := Round{Job: 7, Workflow: 1, Attempt: 1, DE: r.de, Seq: r.seq}
		if c.Outdone(&word) != (!r.ends && r.de == r.heldDE) {
			t.Errorf("%+v: outdone %v", r, c.Outdone(&word))
		}
		if c.Release(&word); (c.Free() == 8) != r.ends {
			t.Errorf("%+v: %d free", r, c.Free())
		}
	}
}
