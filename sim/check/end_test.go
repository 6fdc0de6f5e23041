package check

import (
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/sim/trace"
)

// bigView is a world in which one observer may err and calls of State are counted.
type bigView struct {
	fakeView
	calls int
	errs  core.NodeID
}

func (v *bigView) State(o, s core.NodeID) core.MemberState {
	v.calls++
	if o == v.errs && s != o {
		return core.StateSuspect
	}
	return core.StateOK
}

// TestBigGroup: above allPairs nodes, only those participants are compared one by one whose digest
// differs or who suspect somebody.
func TestBigGroup(t *testing.T) {
	const n = allPairs + 1
	for _, suspects := range []bool{false, true} {
		v := &bigView{errs: 7}
		ctx := Context{Limits: Default(), Settle: 10e9, View: v, ValidateMax: 1}
		for i := range n {
			ctx.Nodes = append(ctx.Nodes, Node{ID: core.NodeID(i), Site: i, Role: core.RoleManager, Group: 1})
		}
		c := New(ctx)
		for i := range n {
			c.Record(&trace.Record{Kind: trace.KindStart, Node: core.NodeID(i), Inst: 1, Fault: -1})
		}
		if suspects {
			c.Record(&trace.Record{Kind: trace.KindFact, At: sec, Local: sec, Node: 7, Fact: core.Fact{
				Kind: core.FactSuspicionStarted, Subject: 8, Other: 9, A: 5e9, B: 30e9, N: 3, At: 31 * sec,
			}})
		}
		c.Record(&trace.Record{Kind: trace.KindEnd, At: 20 * sec, Node: core.NoNode})
		if got := c.Count(M30) > 0; got != suspects || c.Count(W5) != 0 {
			t.Errorf("suspects %v: %v", suspects, c.Violations())
		}
		if v.calls > 3*n {
			t.Errorf("suspects %v: %d states were asked for", suspects, v.calls)
		}
	}
}

// TestInTurn: every machine is validated sooner or later.
func TestInTurn(t *testing.T) {
	tp := newTape()
	tp.ctx.ValidateMax = 3
	c := tp.run()
	for _, want := range []int{3, 2, 1, 0} {
		c.checkpoint(10 * sec)
		if c.nextValid != want {
			t.Errorf("the next machine is %d, want %d", c.nextValid, want)
		}
	}
}

// TestLateCrash: a crash that not everybody can have noticed when the run ends is not reached; one that all must have
// noticed by then breaks I-M30, and so does any other difference.
func TestLateCrash(t *testing.T) {
	for _, c := range []struct {
		name       string
		after      core.Instant // from the crash to the end
		other      bool         // another member is held differently as well
		violations uint64
		reached    bool
	}{
		{"all noticed in time", 60 * sec, false, 1, true},
		{"30 s before the end", 30 * sec, false, 0, false},
		{"and a difference about one that lives", 30 * sec, true, 1, true},
	} {
		tp := newTape()
		tp.ctx.Settle = 10e9
		tp.ctx.Nodes = append(tp.ctx.Nodes, Node{ID: 4, Name: "d", Role: core.RoleManager, Group: 1})
		tp.add(trace.Record{Kind: trace.KindStart, Node: 4, Inst: 1})
		tp.at(sec).probes(0, 2, 1, 3)
		tp.at(2*sec).life(trace.KindCrash, 2)
		tp.view.states[[2]core.NodeID{0, 2}] = core.StateDead
		tp.view.sums = map[core.NodeID]uint64{0: 1}
		if c.other {
			tp.view.incs[[2]core.NodeID{1, 4}] = 1
			tp.view.incs[[2]core.NodeID{0, 4}] = 0
		}
		tp.at(2*sec + c.after).end()
		ck := tp.run()
		if have := ck.Count(M30) > 0; have != (c.violations > 0) {
			t.Errorf("%s: I-M30 broken %d times: %v", c.name, ck.Count(M30), ck.Violations())
		}
		if have := !slices.Contains(ck.NotReached(), M30); have != c.reached {
			t.Errorf("%s: reached %v, want %v", c.name, have, c.reached)
		}
	}
}

// A sender that refuses its own datagrams goes on to disturb: the end is judged once that is over for the settle time.
func TestRefusedDatagramsDisturb(t *testing.T) {
	for _, c := range []struct {
		before core.Duration // of the end
		judged bool
	}{{5e9, false}, {20e9, true}} {
		tp := newTape()
		tp.ctx.Settle = 10e9
		tp.view.states[[2]core.NodeID{0, 2}] = core.StateDead
		m := tp.at(100*sec).message(core.KindGossip, 1, 2)
		tp.sent(m)
		tp.add(trace.Record{Kind: trace.KindDropped, Reason: trace.ReasonMTU, Node: 1, Peer: 2, Msg: m})
		tp.at((100 * sec).Add(c.before)).end()
		if have := tp.run().Count(M30) > 0; have != c.judged {
			t.Errorf("%v after the last refusal: judged %v, want %v", c.before, have, c.judged)
		}
	}
}
