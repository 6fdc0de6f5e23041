package swim

import (
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/core/wire"
)

// many is a worker of many shards.
type many struct{ n int }

func (c many) Beat(_ core.Instant, _ core.NodeID, x *core.Extra) {
	x.Beat = core.Beat{Version: 7, Cores: 8, CoresAvailable: 3}
	for i := range c.n {
		x.Shards = append(x.Shards, core.ShardBeat{Job: 1, Workflow: uint64(i), Attempt: 1})
	}
}

// ear is a manager that listens.
type ear struct {
	beats  []core.Beat
	shards []core.ShardBeat
	from   core.NodeID
}

func (e *ear) HearBeat(_ core.Instant, m *core.Message, _ *core.Effects) {
	e.from, e.beats, e.shards = m.From, append(e.beats, m.Extra.Beat), slices.Clone(m.Extra.Shards)
}

// Every ping of whoever carries a heartbeat has it, cut to what a datagram holds and in the shards' order; nothing else
// has one; and who hears it gets it as it was sent.
func TestBeatRidesOnPings(t *testing.T) {
	const shards = 40
	c := newCrowd(8, true)
	c.m.Carry(many{shards})
	pings := 0
	for n := range 20 {
		at, _ := c.m.Deadline()
		c.fx.Reset()
		c.m.Wake(at, &c.fx)
		for i := range c.fx.Messages {
			m := &c.fx.Messages[i]
			if m.Kind != core.KindPing {
				if m.Extra != nil && m.Extra.Beat.Version != 0 {
					t.Fatalf("%v has %+v", m.Kind, m.Extra)
				}
				continue
			}
			switch x := m.Extra; {
			case x == nil || x.Beat.Version != 7:
				t.Fatalf("a ping without a heartbeat: %+v", x)
			case len(x.Shards) == 0 || len(x.Shards) == shards || x.Shards[len(x.Shards)-1].Workflow != uint64(len(x.Shards)-1):
				t.Fatalf("%d of %d shards fit", len(x.Shards), shards)
			case wire.Size(m, anyBook) > wire.MTU:
				t.Fatalf("a ping of %d bytes", wire.Size(m, anyBook))
			}
			pings++
			if pings == 1 {
				heard(t, m)
			}
		}
		if n == 19 && pings == 0 {
			t.Fatal("no ping in twenty steps")
		}
	}
}

// heard delivers the ping of a node to another one.
func heard(t *testing.T, ping *core.Message) {
	t.Helper()
	var e ear
	other := newCrowd(8, true)
	other.m.HearBeats(&e)
	m := *ping
	m.From, m.To, m.Target = 3, 0, 0
	other.fx.Reset()
	other.m.Receive(1e9, &m, &other.fx)
	if len(e.beats) != 1 || e.from != 3 || e.beats[0] != m.Extra.Beat || !slices.Equal(e.shards, m.Extra.Shards) {
		t.Fatalf("heard %+v", e)
	}
	m.Extra = nil
	other.m.Receive(2e9, &m, &other.fx)
	if len(e.beats) != 1 {
		t.Fatal("heard a heartbeat on a plain ping")
	}
}

// In steady state a heartbeat costs no allocation.
func TestBeatAllocatesNothing(t *testing.T) {
	c := newCrowd(8, true)
	c.m.Carry(many{8})
	for range 100 {
		c.tick()
	}
	if n := testing.AllocsPerRun(200, c.tick); n != 0 {
		t.Errorf("%v allocations per tick", n)
	}
}
