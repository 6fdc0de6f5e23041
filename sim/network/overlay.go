package network

import (
	"errors"
	"fmt"
	"math/bits"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/sim/trace"
)

// Overlay worsens links while it is on: the network's part of the faults loss, duplicate, reorder,
// corrupt, delay, hold and bandwidth (spec 40 §8.3). Overlays on one link compose, in any order: chances as
// independent ones, factors by product, added delays by sum, rates by minimum; switching one off leaves
// what the others give.
type Overlay struct {
	// ID tells the chance of this overlay from that of others: its draws are those of (seed, ID, sender)
	// (spec 40 §8.4.6). Overlays of one run need different ones, also those of one fault that happens again.
	ID uint64

	// From and To are the links' ends, by NodeID; nil is every node. To = nil is the egress of From.
	// With Both it holds in the other direction too.
	From, To []bool
	Both     bool

	Loss, Duplicate, Corrupt float64 // probabilities, in addition to the link's own

	// Burst is loss in bursts (Gilbert–Elliott), in addition to Loss and the link's own. Its chains, one
	// per (sending node, receiving site) as for links, are the overlay's: they start good when it is added.
	Burst Loss

	Reorder Reorder

	// The base delay becomes base·Factor + Add; relative jitter follows. Factor 0 means 1. With a Ramp
	// both grow linearly to full strength over that time from when the overlay is switched on.
	Add    core.Duration
	Factor float64
	Ramp   core.Duration

	// BitsPerSec limits the rate at which the sender's egress sends these packets, until Until; 0 = no limit,
	// never. Packets already in its queue keep their times, and those still there at Until go at the egress's
	// own rate from then on.
	BitsPerSec int64
	Until      core.Instant

	// Hold keeps what would arrive before Until back until then; Until must be later than when the overlay is
	// switched on. What is lost is lost all the same.
	Hold bool

	// Kinds and Classes are what the overlay is for, by either; with both empty it is for everything.
	Kinds   []core.Kind
	Classes []core.Class
}

func (o *Overlay) validate() error {
	var errs []error
	for _, p := range []float64{
		o.Loss, o.Duplicate, o.Corrupt, o.Reorder.P, o.Burst.PGB, o.Burst.PBG, o.Burst.LossGood, o.Burst.LossBad,
	} {
		if !(p >= 0 && p <= 1) {
			errs = append(errs, fmt.Errorf("overlay: %v is not a probability", p))
		}
	}
	if o.Burst.Model != LossNone && o.Burst.Model != LossGilbertElliott {
		errs = append(errs, fmt.Errorf("overlay: bursts of loss model %d, must be none or Gilbert–Elliott", o.Burst.Model))
	}
	if o.Add < 0 || o.Add > maxBase || o.Ramp < 0 {
		errs = append(errs, fmt.Errorf("overlay: adds %v with a ramp of %v, must be 0 to 24h and not negative", o.Add, o.Ramp))
	}
	if !(o.Factor >= 0 && o.Factor <= 1e6) {
		errs = append(errs, fmt.Errorf("overlay: factor is %v, must be 0 (none) to 1e6", o.Factor))
	}
	if o.BitsPerSec < 0 || o.BitsPerSec > maxBitsPerSec {
		errs = append(errs, fmt.Errorf("overlay: %d bit/s, must be 0 (no limit) to 1e15", o.BitsPerSec))
	}
	if o.Hold && o.Until <= 0 {
		errs = append(errs, errors.New("overlay: holds for ever, must say until when"))
	}
	return errors.Join(errs...)
}

type overlays struct {
	sides
	applies [256]uint64 // by Kind: the overlays that are for it
	list    [64]overlay
}

type overlay struct {
	Overlay
	since core.Instant
	rate  perByte
	draws []rng.Stream // by NodeID of the sender, for its streams; nil when it has no chances
	key   uint64       // what the draws for datagrams begin with
	bad   badPaths     // of Burst; nil without
}

// AddOverlay adds an overlay, off, and returns its id for SetOverlay. There may be 64 at a time. O(nodes).
func (n *Network) AddOverlay(o Overlay) (id int, err error) {
	if err := o.validate(); err != nil {
		return 0, err
	}
	if id, err = n.over.add("overlay", len(n.nodes), o.From, o.To, o.Both); err != nil {
		return 0, err
	}
	if o.Factor == 0 {
		o.Factor = 1
	}
	if o.Until == 0 {
		o.Until = core.Never
	}
	if o.BitsPerSec > 0 {
		n.limit()
	}
	o.From, o.To = nil, nil
	ov := overlay{Overlay: o, rate: newPerByte(o.BitsPerSec)}
	if o.Burst.Model != LossNone {
		ov.bad = newBadPaths(len(n.nodes), n.sites)
	}
	if o.Loss > 0 || o.Duplicate > 0 || o.Corrupt > 0 || o.Reorder.P > 0 || ov.bad != nil {
		chance := rng.New(n.seed, "network.fault.datagram", o.ID)
		ov.key = chance.Uint64()
		ov.draws = make([]rng.Stream, len(n.nodes))
		for i := range ov.draws {
			ov.draws[i] = rng.New(n.seed, "network.fault.stream", o.ID, n.keys[i])
		}
	}
	n.over.list[id] = ov
	bit := uint64(1) << id
	for k := range core.Kind(core.NumKinds) {
		n.over.applies[k] &^= bit
		if among(o.Kinds, o.Classes, k) {
			n.over.applies[k] |= bit
		}
	}
	return id, nil
}

// SetOverlay switches an overlay on or off for what is sent from now on. A ramp starts at now. O(1), but
// O(nodes) to switch off one with a rate.
func (n *Network) SetOverlay(id int, on bool, now core.Instant) {
	n.over.set("overlay", id, on)
	if !on {
		n.unlimit(id)
	}
	n.over.list[id].since = now
}

// RemoveOverlay switches an overlay off and frees its id. O(nodes).
func (n *Network) RemoveOverlay(id int) {
	n.over.remove("overlay", id)
	n.unlimit(id)
}

// effect is what all overlays on a link do together.
type effect struct {
	add    core.Duration
	factor float64
	limits uint64       // the overlays with a rate
	chance uint64       // the overlays with a chance to draw
	held   core.Instant // nothing arrives before; 0 if nothing is held
}

// slows returns the overlays with a rate; e may be nil.
func (e *effect) slows() uint64 {
	if e == nil {
		return 0
	}
	return e.limits
}

// effectOn returns what the active overlays do to packets of a kind from one node to another now, or nil. The
// result is valid until the next call.
func (n *Network) effectOn(now core.Instant, from, to core.NodeID, kind core.Kind) *effect {
	match := n.over.match(from, to) & n.over.applies[kind]
	if match == 0 {
		return nil
	}
	n.effect = effect{factor: 1}
	e := &n.effect
	for m := match; m != 0; m &= m - 1 {
		o := &n.over.list[bits.TrailingZeros64(m)]
		add, factor := o.Add, o.Factor
		if t := now.Sub(o.since); t < o.Ramp {
			strength := float64(max(t, 0)) / float64(o.Ramp)
			add = nanos(float64(strength * float64(add)))
			factor = 1 + float64(strength*(factor-1))
		}
		e.add += add
		e.factor = float64(e.factor * factor)
		if o.rate > 0 {
			e.limits |= m & -m
		}
		if o.draws != nil {
			e.chance |= m & -m
		}
		if o.Hold {
			e.held = max(e.held, o.Until)
		}
	}
	return e
}

// delay is the base delay under the overlays.
func (e *effect) delay(base core.Duration) core.Duration {
	if e.factor != 1 {
		base = nanos(float64(e.factor * float64(base)))
	}
	return base + e.add
}

// faultFate draws what the overlays do to the datagram of chance d; it returns the extra delay.
func (n *Network) faultFate(e *effect, l *link, d uint64, from core.NodeID, site uint16, depart core.Instant, base core.Duration, out *Fate) core.Duration {
	extra := core.Duration(0)
	for m := e.chance; m != 0; m &= m - 1 {
		o := &n.over.list[bits.TrailingZeros64(m)]
		n.fate = rng.At(rng.Mix(o.key, d))
		s := &n.fate
		if o.Loss > 0 && s.Bool(o.Loss) {
			out.Reason = trace.ReasonLoss
		}
		if o.bad != nil && n.lost(o.bad, &o.Burst, from, site, s) {
			out.Reason = trace.ReasonLoss
		}
		if o.Corrupt > 0 && s.Bool(o.Corrupt) {
			out.Corrupt = true
		}
		if o.Duplicate > 0 && s.Bool(o.Duplicate) {
			at := depart.Add(max(base+l.sample(base, s), 1))
			if out.At2 == 0 || at < out.At2 {
				out.At2 = at // a fate has one extra copy: the earliest stands for all
			}
		}
		extra = min(extra+o.Reorder.sample(s), maxDelay)
	}
	return extra
}

// streamFate draws, from the streams of drawer, what the overlays do to an attempt of a stream, like
// faultFate.
func (n *Network) streamFate(e *effect, from, drawer core.NodeID, site uint16) (extra core.Duration, lost bool) {
	for m := e.chance; m != 0; m &= m - 1 {
		o := &n.over.list[bits.TrailingZeros64(m)]
		s := &o.draws[drawer]
		if o.Loss > 0 && s.Bool(o.Loss) {
			lost = true
		}
		if o.bad != nil && n.lost(o.bad, &o.Burst, from, site, s) {
			lost = true
		}
		if o.Corrupt > 0 && s.Bool(o.Corrupt) {
			lost = true
		}
		extra = min(extra+o.Reorder.sample(s), maxDelay)
	}
	return extra, lost
}

// sample draws the extra delay of a packet, 0 for most; nothing is drawn if reordering is off.
func (r *Reorder) sample(s *rng.Stream) core.Duration {
	if r.P > 0 && s.Bool(r.P) {
		return max(nanos(float64(r.Extra.Sample(s)*1e9)), 0)
	}
	return 0
}
