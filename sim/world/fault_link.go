package world

import (
	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/fault"
	"hypersim/sim/network"
)

// linkDeeds worsen links, until the overlay goes with what every fault undoes.
var linkDeeds = []deed{
	{kind: fault.Loss, begin: worsen(func(o *network.Overlay, f *scenarios.Fault) error {
		o.Loss = f.Loss.P
		if l := &f.Loss; l.Model == scenarios.LossGilbertElliott {
			o.Burst = network.Loss{Model: network.LossGilbertElliott, PGB: l.PGB, PBG: l.PBG, LossGood: l.LossGood, LossBad: l.LossBad}
		}
		return nil
	})},
	{kind: fault.Duplicate, begin: worsen(func(o *network.Overlay, f *scenarios.Fault) error {
		o.Duplicate = f.P
		return nil
	})},
	{kind: fault.Reorder, begin: worsen(func(o *network.Overlay, f *scenarios.Fault) (err error) {
		o.Reorder.P = f.P
		o.Reorder.Extra, err = f.Extra.Build()
		return err
	})},
	{kind: fault.Corrupt, begin: worsen(func(o *network.Overlay, f *scenarios.Fault) error {
		o.Corrupt = f.P
		return nil
	})},
	{kind: fault.Delay, begin: worsen(func(o *network.Overlay, f *scenarios.Fault) error {
		o.Factor, o.Add = f.Factor, core.Seconds(f.Add.Value)
		return nil
	})},
	{kind: fault.Hold, begin: worsen(func(o *network.Overlay, _ *scenarios.Fault) error {
		o.Hold = true
		return nil
	})},
	{kind: fault.Bandwidth, begin: worsen(func(o *network.Overlay, f *scenarios.Fault) error {
		o.BitsPerSec = int64(f.Bandwidth)
		return nil
	})},
}

// worsen is an overlay over the links between A and B, or over the egress of the target; how says what it does there.
func worsen(how func(*network.Overlay, *scenarios.Fault) error) act {
	return func(w *World, now core.Instant, f *scenarios.Fault, a *activeFault) {
		o := network.Overlay{ID: a.key, Ramp: f.Ramp, Until: undoneAt(now, f), Kinds: f.Kinds, Classes: f.Classes}
		if f.Target != nil {
			o.From = w.members(a.nodes)
		} else {
			o.From, o.To, o.Both = w.resolve(f.A, a, 0), w.resolve(f.B, a, 1), !f.OneWay
		}
		if err := how(&o, f); err != nil {
			w.failFault(a, err)
			return
		}
		w.overlay(now, a, o)
	}
}

func (w *World) overlay(now core.Instant, a *activeFault, o network.Overlay) {
	id, err := w.net.AddOverlay(o)
	if err != nil {
		w.failFault(a, err)
		return
	}
	w.net.SetOverlay(id, true, now)
	w.promiseDelay(a, &o)
	a.overlays = append(a.overlays, id)
}
