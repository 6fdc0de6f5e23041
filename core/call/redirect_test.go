package call

import (
	"slices"
	"testing"
	"time"

	"hypersim/core"
)

// choosy is an owner that goes its own ways.
type choosy struct {
	role
	where func(to core.NodeID) core.NodeID
}

func (c *choosy) Redirect(_ core.Instant, _ *Sending, to core.NodeID) core.NodeID { return c.where(to) }

// An owner may go elsewhere than it is sent, stay where it was, which counts as a redirect too, or not go at all, which ends the
// attempt as NOT_LEADER without an address does.
func TestRedirector(t *testing.T) {
	for _, x := range []struct {
		where func(to core.NodeID) core.NodeID
		asked []core.NodeID // in the first attempt
	}{
		{func(to core.NodeID) core.NodeID { return to }, []core.NodeID{2, 5, 6}},
		{func(core.NodeID) core.NodeID { return 7 }, []core.NodeID{2, 7, 7}},
		{func(core.NodeID) core.NodeID { return 2 }, []core.NodeID{2, 2, 2}},
		{func(core.NodeID) core.NodeID { return core.NoNode }, []core.NodeID{2}},
	} {
		r := new(choosy)
		r.where = x.where
		r.c.Init(r, Params{Self: 9, Role: core.RoleManager, Instance: 1, Seed: 7, Key: 3})
		s := Strategy{Timeout: time.Second, Base: time.Second, Attempts: 1, Jitter: JitterNone, Redirects: 2}
		r.call(0, 2, &s, Ticket{})
		var asked []core.NodeID
		for i := core.NodeID(5); len(r.done) == 0; i++ {
			m := r.one(t)
			asked = append(asked, m.To)
			r.reply(0, &m, Answer{Code: CodeNotLeader, Leader: i})
		}
		if o := r.done[0]; !slices.Equal(asked, x.asked) || o.Code != CodeNotLeader || o.Redirects != len(x.asked)-1 {
			t.Errorf("asked %v, want %v; %+v", asked, x.asked, o)
		}
	}
}
