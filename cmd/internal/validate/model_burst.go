package validate

import (
	"hypersim/core"
	"hypersim/sim/network"
	"hypersim/sim/trace"
)

// chain is loss in bursts: a path turns bad and good again from one datagram to the next.
type chain struct{ toBad, toGood, lossBad float64 }

// loss is the share of datagrams that are lost, in the long run: that of the bad state and what is lost there.
func (c chain) loss() float64 { return float64(c.toBad/(c.toBad+c.toGood)) * c.lossBad }

// burst is the mean number of datagrams lost in a row: after a lost one the path is bad, and the next is lost if it
// stays so and loses again.
func (c chain) burst() float64 { return 1 / (1 - float64((1-c.toGood)*c.lossBad)) }

// measure sends datagrams one after another over one path of the simulator's network.
func (c chain) measure(t *Trial, datagrams int) {
	n, err := network.New(network.Config{
		Site: []uint16{0, 0}, Sites: 1, Base: []core.Duration{1e6},
		Intra:  network.Link{Loss: network.Loss{Model: network.LossGilbertElliott, PGB: c.toBad, PBG: c.toGood, LossBad: c.lossBad}},
		Stream: network.DefaultStream(),
	}, t.Seed)
	check(err)
	lost, bursts, before := 0, 0, false
	var fate network.Fate
	for i := range datagrams {
		n.Send(core.Instant(i)*1e6, 0, 1, 100, core.KindPing, uint32(i), &fate)
		now := fate.Reason == trace.ReasonLoss
		if now {
			lost++
			if !before {
				bursts++
			}
		}
		before = now
	}
	t.Put("loss", float64(lost)/float64(datagrams))
	t.Put("burst", float64(lost)/float64(max(1, bursts)))
}
