package swim

import (
	"testing"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/vivaldi"
)

// crowd is one machine among n−1 others that exist only as messages.
type crowd struct {
	m   *Machine
	fx  core.Effects
	now core.Instant
	inc uint32
	msg core.Message
	us  []core.Update
}

func newCrowd(n int, coordinates bool) *crowd {
	cfg := Default()
	cfg.Sync.Mode = "off"
	cfg.Reconnect.Interval = 0
	cfg.Rate.Burst = 100_000
	formed := make([]core.Entry, n)
	for i := range formed {
		formed[i] = core.Entry{Subject: core.NodeID(i), Role: core.RoleManager, State: core.StateOK, Accuser: core.NoNode}
	}
	var viv *vivaldi.Node
	if coordinates {
		vc := vivaldi.Default()
		var node vivaldi.Node
		node.Init(&vc, rng.New(1, "vivaldi"))
		viv = &node
	}
	return &crowd{m: New(&cfg, Params{
		Role: core.RoleManager, Group: 1, Capacity: n, Instance: 1, Seed: 1, Formed: formed,
	}, viv)}
}

// tick wakes the machine at its next deadline and acknowledges whatever it pings, 1 ms later.
func (c *crowd) tick() {
	at, _ := c.m.Deadline()
	c.now = max(c.now, at)
	c.fx.Reset()
	c.m.Wake(c.now, &c.fx)
	for i := range c.fx.Messages {
		if c.fx.Messages[i].Kind == core.KindPing {
			c.msg = core.Message{
				Kind: core.KindAck, Role: core.RoleManager, Group: 1, From: c.fx.Messages[i].To, Instance: 1,
				Seq: c.fx.Messages[i].Seq, State: core.StateOK, Coord: c.fx.Messages[i].Coord,
			}
			c.now = c.now.Add(1e6)
			c.fx.Reset()
			c.m.Receive(c.now, &c.msg, &c.fx)
			return
		}
	}
}

// pinged lets member k ping the machine.
func (c *crowd) pinged(k int) {
	c.now = c.now.Add(1e6)
	c.msg = core.Message{Kind: core.KindPing, Role: core.RoleManager, Group: 1, From: core.NodeID(k), Instance: 1, Seq: 1}
	if c.m.viv != nil {
		c.m.viv.Coord(&c.msg.Coord)
	}
	c.fx.Reset()
	c.m.Receive(c.now, &c.msg, &c.fx)
}

// gossip tells n fresh things about others, then lets the machine pass them on until it has nothing left.
func (c *crowd) gossip(n int) {
	c.inc++
	c.us = c.us[:0]
	for i := range n {
		c.us = append(c.us, core.Update{
			Type: core.UpdateAlive, Subject: core.NodeID(2 + i), Incarnation: c.inc, From: core.NoNode, Role: core.RoleManager,
		})
	}
	c.now = c.now.Add(1e6)
	c.msg = core.Message{Kind: core.KindGossip, Role: core.RoleManager, Group: 1, From: 1, Instance: 1, Updates: c.us}
	c.fx.Reset()
	c.m.Receive(c.now, &c.msg, &c.fx)
}

// extra tells n new things about loads and one about each of the workers w1 …, then lets the machine pass
// them on.
func (c *crowd) extra(x *core.Extra) {
	for i := range x.Health {
		x.Health[i].Version++
	}
	for i := range x.Workers {
		x.Workers[i].Incarnation++
	}
	c.now = c.now.Add(1e6)
	c.msg = core.Message{Kind: core.KindGossip, Role: core.RoleManager, Group: 1, From: 1, Instance: 1, Extra: x}
	c.fx.Reset()
	c.m.Receive(c.now, &c.msg, &c.fx)
}

func TestEntriesAllocateNothing(t *testing.T) {
	c := newCrowd(80, true)
	x := new(core.Extra)
	for id := core.NodeID(2); id < 7; id++ {
		x.Health = append(x.Health, core.HealthEntry{Subject: id, Load: core.Load(id % core.NumLoads)})
	}
	for id := core.NodeID(60); id < 80; id++ {
		c.m.learnRole(c.now, int(id), core.RoleWorker, &c.fx)
		x.Workers = append(x.Workers, core.WorkerEntry{Worker: id, Owner: 1, Cores: 8})
	}
	step := func() {
		c.extra(x)
		for range 3 {
			c.tick()
		}
		c.pinged(9)
	}
	for range 500 {
		step()
	}
	if c.m.count.HealthSent == 0 || c.m.count.WorkersSent == 0 {
		t.Fatal("nothing is passed on")
	}
	if n := testing.AllocsPerRun(500, step); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	for _, coordinates := range []bool{false, true} {
		c := newCrowd(80, coordinates)
		for _, step := range []struct {
			name string
			do   func()
		}{
			{"tick, ping, ack", c.tick},
			{"ping received", func() { c.pinged(7) }},
			{"gossip with updates", func() {
				c.gossip(64)
				for range 4 {
					c.tick()
				}
			}},
		} {
			for range 500 { // warm-up: queue, arenas, filters
				step.do()
			}
			if n := testing.AllocsPerRun(500, step.do); n != 0 {
				t.Errorf("%s (coordinates %v): %v allocations", step.name, coordinates, n)
			}
		}
	}
}
