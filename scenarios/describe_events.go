package scenarios

import (
	"math"

	"hypersim/core/swim"
	"hypersim/core/xmath"
	"hypersim/sim/fault"
)

// chatter is what makes events in one membership group: how often its members probe, and how long they gossip.
type chatter struct {
	s            *Scenario
	c            *swim.Config
	g            Group
	participants float64
	workers      float64 // members that ping and are no participants
	period       float64 // s, of probes
	total        float64 // s, of the run
}

// group adds what a membership group costs.
func (p *Plan) group(s *Scenario, g GroupPlan) {
	c := &s.Protocol.Default().Swim
	t := &chatter{
		s: s, c: c, g: g.of, participants: float64(g.Participants), workers: float64(g.Members - g.Participants),
		period: c.Probe.Interval.Seconds(), total: s.Duration.Seconds(),
	}
	m, up := t.participants, t.up()
	p.Events += float64(t.steady() * t.total * up)
	p.Work.Pings += float64(t.workers * (4 / t.period) * t.total * up)
	p.Events += float64(m / t.period * lossOf(s) * indirect(c) * t.total)
	for i := range s.Faults {
		p.Events += t.fault(&s.Faults[i])
	}
	if !s.Cluster.Formed {
		p.Events += t.gossip(outbreak{pieces: m}) + 4*m*m // everybody confirms everybody
	}
	pairs := int64(g.Participants)*int64(max(0, g.Members-1)) + int64(g.Members-g.Participants)*int64(g.Participants)
	p.Pairs += pairs
	p.Memory += pairs * memoryPerRecord
	if v := s.Protocol.Default().Vivaldi; v.Enabled {
		met := 2 * t.total / t.period // one more with each probe, sent or answered
		p.Memory += int64(float64(g.Participants) * math.Min(float64(min(v.Peers, g.Participants)), met) * memoryPerPeer)
	}
}

// steady is how many events a second the group makes while nothing happens. Per participant and period: one tick, a ping
// and an ack delivered (spec 10 §15.1: 2 datagrams); per second one sample of the timer lag; per sync interval a digest
// there and back. A worker pings once per period and keeps records of participants only.
func (t *chatter) steady() float64 {
	c, m, workers := t.c, t.participants, t.workers
	rate := (m + workers) * (3 / t.period)
	// A wait that an ack ends leaves its alarm behind. Of a far peer the next tick comes first. The lag timer goes
	// off with the tick where their periods are the same.
	rate += (m*near(t.s, t.g, c) + workers) / t.period
	if c.Lag.Enabled && c.Lag.Interval != c.Probe.Interval {
		rate += (m + workers) / c.Lag.Interval.Seconds()
	}
	if c.Sync.Mode != swim.SyncOff {
		rate += m * 3 / c.Sync.Interval.Seconds()
	}
	return rate
}

// up is the share of the time of all members in which they run: who is down neither ticks nor answers.
func (t *chatter) up() float64 {
	down := 0.0
	for i := range t.s.Faults {
		f := &t.s.Faults[i]
		h := f.hitsIn(t.s, t.g)
		gone := float64(h.all() * f.Times())
		switch f.Kind {
		case fault.Crash, fault.SiteOutage, fault.Pause, fault.Leave:
			if !f.Blackhole {
				down += gone * t.lasts(f)
			}
		case fault.Churn:
			down += t.away(f, gone)
		case fault.Join:
			down += gone * min(f.At.Seconds(), t.total)
		default: // nobody is away
		}
	}
	return 1 - min(1, down/max(1, float64((t.participants+t.workers)*t.total)))
}

// away is how many node-seconds members are gone that come and go: who is gone already cannot go.
func (t *chatter) away(f *Fault, gone float64) float64 {
	all := max(1, float64(t.s.within(f.Target.Fixed, t.g).all()*f.For.Seconds()))
	return min(all, gone*min(f.Downtime.Seconds(), t.total))
}

// lasts is how long an occurrence of f goes on, in seconds.
func (t *chatter) lasts(f *Fault) float64 {
	if f.For > 0 {
		return min(f.For.Seconds(), t.total)
	}
	return max(0, t.total-f.At.Seconds())
}

// fault is how many events all occurrences of f add: news that goes round, and probes in vain with all that they ask for.
func (t *chatter) fault(f *Fault) float64 {
	if f.Execution {
		return 0 // nobody is missed
	}
	times := f.Times()
	h := f.hitsIn(t.s, t.g)
	vain := 0.0
	switch f.Kind {
	case fault.Loss, fault.Corrupt:
		return times * t.lossy(f)
	case fault.Pause, fault.Slow, fault.Crash, fault.Partition, fault.Flap, fault.Hold, fault.SiteOutage:
		// Until they are back, or given up.
		silent := t.lasts(f)
		if f.Kind == fault.Flap {
			silent *= f.Down.Seconds() / (f.Down + f.Up).Seconds()
		}
		vain = h.participants / t.period * min(silent, t.c.Suspicion.Max.Seconds()/2)
	default: // nobody is missed
	}
	return times * (float64(vain*indirect(t.c)) + t.rumoured(f, h.all()))
}

// lossy is how many events an occurrence of a fault adds that loses datagrams, or spoils them: what is lost does not arrive,
// and is no event; what is spoilt does.
func (t *chatter) lossy(f *Fault) float64 {
	// Each period of each member a probe may fail, and an accusation needs that all proxies fail, too.
	lost := vainOf(f)
	probes := t.participants / t.period * t.lasts(f)
	wrong := probes * lost * pow(1-float64((1-lost)*(1-lost)), t.c.Probe.IndirectK)
	gossip := t.gossip(outbreak{pieces: 2 * wrong, over: t.lasts(f)})
	vain := float64(probes * lost * indirect(t.c))
	if f.Kind == fault.Corrupt {
		return vain + gossip
	}
	arrives := math.Sqrt(1 - lost)
	ways := arrives * (1 + arrives + pow(arrives, 2) + pow(arrives, 3)) / 4 // of a request to a proxy: each needs those before it
	fanout := min(float64(t.c.Gossip.Fanout), t.participants-1)
	missing := probes * (float64(1-arrives) + lost) // pings and acks
	return float64(vain*ways) + float64(gossip*((float64(fanout*arrives)+1)/(fanout+1))) - missing
}

// outbreak is news: so many pieces that a member passes on, come up over so many seconds.
type outbreak struct{ pieces, over float64 }

// rumoured is how many events it takes to pass on what an occurrence of f, that hits so many members, gives rise to.
func (t *chatter) rumoured(f *Fault, hit float64) float64 {
	switch f.Kind {
	case fault.Crash, fault.Pause, fault.Slow, fault.Hold, fault.SiteOutage, fault.Partition:
		return t.absence(f, hit)
	case fault.Flap:
		cuts := t.lasts(f) / (f.Down + f.Up).Seconds()
		return t.gossip(outbreak{2 * hit * cuts * t.accused(f.Down.Seconds()), t.lasts(f)})
	case fault.Churn:
		return t.gossip(outbreak{2 * hit, f.For.Seconds()})
	case fault.Join:
		return t.gossip(outbreak{hit, f.Over.Seconds()})
	case fault.Restart, fault.Leave, fault.Raise, fault.Rumour:
		return t.gossip(outbreak{pieces: hit})
	default:
		return 0
	}
}

// absence is what is said of members that are not heard for a while. Within a few periods each is accused, and others confirm
// it. If that lasts each is called dead, at its own time. When it is back it says that it lives.
func (t *chatter) absence(f *Fault, hit float64) float64 {
	lasts := t.lasts(f)
	accused := hit * t.accused(lasts)
	sum := t.gossip(outbreak{2 * accused, min(lasts, 2*t.period)})
	if lasts > t.sure() {
		sum += t.gossip(outbreak{hit, t.c.Suspicion.Min.Seconds()})
	}
	switch {
	case f.For == 0:
	case f.Kind == fault.Crash || f.Kind == fault.SiteOutage && !f.Blackhole:
		sum += t.gossip(outbreak{pieces: hit})
	default:
		sum += t.gossip(outbreak{pieces: accused})
	}
	return sum
}

// sure is after how many seconds of silence a member is called dead: somebody probes it within two periods, and the
// suspicion lasts twice its least, since confirmations come one by one and those who wait in vain grow patient.
func (t *chatter) sure() float64 {
	u := &t.c.Suspicion
	least := u.Min.Seconds()
	if u.ScaleWithN {
		least = max(least, float64(u.Alpha*xmath.Log10(t.participants+1)*t.period))
	}
	return 2*t.period + 2*least
}

// accused is the share of members accused of those that do not answer for so many seconds. A probe must begin in them, and
// still be without an answer when the proxies have been asked.
func (t *chatter) accused(lasts float64) float64 {
	return min(1, max(0, lasts-t.c.Probe.Timeout.Seconds())/(2*t.period))
}

// gossip is how many events it takes to pass o on. A member sends a piece up to the retransmit limit, with others that it
// has: its gossip ticks, pings and acks take what fits. It gossips until all are told, so what counts is how long somebody
// has something to say.
func (t *chatter) gossip(o outbreak) float64 {
	g := &t.c.Gossip
	if o.pieces <= 0 || t.participants < 2 || g.Interval <= 0 {
		return 0
	}
	fanout := min(float64(g.Fanout), t.participants-1)
	rate := fanout/g.Interval.Seconds() + 2/t.period // datagrams of a member in a second
	limit := float64(g.Times(int(t.participants)))
	alone := limit / rate // seconds that one piece takes
	busy := alone
	if o.over > 0 { // pieces that come at random, as long as any is told
		busy += float64(o.over * (1 - xmath.Exp(-o.pieces*alone/o.over)))
	}
	busy = max(busy*min(1, o.pieces), o.pieces/float64(t.batch())*alone)
	return t.participants * min(busy, t.total) * (fanout + 1) / g.Interval.Seconds()
}

// batch is how many updates go into one datagram.
func (t *chatter) batch() int {
	const update = 18 // bytes of one on the wire, about
	return max(1, min(t.c.Gossip.MaxUpdates, t.c.Gossip.MaxBytes/update))
}

// near is the share of pairs of a group whose wait for an ack is shorter than a probe period.
func near(s *Scenario, g Group, c *swim.Config) float64 {
	const sampled = 64
	step := max(1, g.Count/sampled)
	reach := c.Timeout.LatencyReference * (c.Probe.Interval / max(1, c.Probe.Timeout))
	close, all, n := 0, 0, s.Topology.N()
	for a := 0; a < g.Count; a += step {
		for b := 0; b < g.Count; b += step {
			x, y := s.Nodes[int(g.First)+a].Row, s.Nodes[int(g.First)+b].Row
			if a == b {
				continue
			}
			all++
			if c.Timeout.LatencyMode != swim.LatencyMultiplier || s.Topology.Base[x*n+y]+s.Topology.Base[y*n+x] < reach {
				close++
			}
		}
	}
	return float64(close) / float64(max(1, all))
}

// indirect is what a probe costs that fails: each proxy is asked, pings, is answered or not, and says so.
func indirect(c *swim.Config) float64 { return 4 * float64(c.Probe.IndirectK) }

// lossOf is the share of round trips that lose a datagram, on average over the kinds of links.
func lossOf(s *Scenario) float64 {
	sum := 0.0
	for i := range s.Network.Links {
		l := &s.Network.Links[i].Loss
		if l.Model != "" && l.Model != LossNone {
			sum += vain(l)
		}
	}
	return sum / float64(max(1, len(s.Network.Links)))
}

// vain is the share of round trips that lose a datagram.
func vain(l *Loss) float64 {
	p := l.P
	if l.Model == LossGilbertElliott && l.PGB+l.PBG > 0 {
		p = (float64(l.PGB*l.LossBad) + float64(l.PBG*l.LossGood)) / (l.PGB + l.PBG)
	}
	return 1 - float64((1-p)*(1-p))
}

// vainOf is the share of round trips that a fault spoils.
func vainOf(f *Fault) float64 {
	if f.Kind == fault.Corrupt {
		return 1 - float64((1-f.P)*(1-f.P))
	}
	return vain(&f.Loss)
}

func pow(x float64, n int) float64 {
	y := 1.0
	for range n {
		y *= x
	}
	return y
}
