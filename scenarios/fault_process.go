package scenarios

import (
	"hypersim/core"
	"hypersim/scenarios/form"
	"hypersim/sim/fault"
)

// Process lets a fault happen at random: its beginnings are a Poisson process from Fault.At until Until, from the fault's own stream
// (spec 40 §8.3). Occurrences may overlap.
type Process struct {
	Rate  float64       // beginnings per second
	Until core.Duration // what begins later would be in the way of the settle time
}

type faultProcessT struct {
	Rate *perTimeT `key:"rate" required:"true" range:"(0,1000]" doc:"how often it begins on average, such as \"2/min\""`
}

// Times is how often the fault happens: on average, where that is random.
func (f *Fault) Times() float64 {
	if p := f.Process; p != nil {
		return float64(p.Rate * (p.Until - f.At).Seconds())
	}
	return float64(max(1, f.Repeat.Count))
}

// faultProcess takes that a fault happens at random.
func (l *loader) faultProcess(f *Fault, t *faultT, n *form.Node, key string) {
	at := n.Kid("process")
	if at == nil || t.Process == nil || t.Process.Rate == nil {
		return
	}
	f.Process = &Process{Rate: float64(*t.Process.Rate)}
	for _, name := range [...]string{"repeat", "on"} {
		if other := n.Kid(name); other != nil {
			l.b.AtKey(other, form.Join(key, name), "cannot stand beside process, which says when the fault happens")
		}
	}
	if f.Kind == fault.Join || f.Kind == fault.Churn {
		l.b.AtKey(at, key+".process", "a %s has its time", f.Kind)
	}
}

// processWindow says from when until when a fault may begin: without at, from the end of the warm-up.
func (l *loader) processWindow(t *faultT, f *Fault, key string) {
	sc, p := l.sc, f.Process
	if t.At != nil && t.At.bad || sc.Duration == 0 {
		return
	}
	if t.At == nil {
		f.At = sc.Warmup
	}
	settle := sc.Settle
	if f.Force {
		settle = 0
	}
	p.Until = sc.Duration - settle - max(f.For, f.Over)
	if p.Until <= f.At {
		l.b.AtKey(l.root.Kid("fault").Items[f.Index].Kid("process"), key+".process", "leaves no time to begin in: from %s to %s, so that it is over where the last %s are to be quiet",
			form.FormatDuration(f.At), form.FormatDuration(max(0, p.Until)), form.FormatDuration(settle))
		p.Until = f.At
		return
	}
	if f.Kind.Row().Course == fault.State && f.For == 0 && !f.Force {
		l.b.AtKey(l.root.Kid("fault").Items[f.Index].Kid("process"), key+".process", "begins what is never undone, so nothing can settle; give for, or say force = true if that is meant")
	}
}
