package scenarios

import (
	"errors"

	"hypersim/scenarios/form"
)

// Churn is a Poisson process of departures and arrivals among the target's nodes (spec 40 §8.3). At each
// event one thing happens, drawn by weight: a running node crashes, a running node leaves, or one that does
// not run is started. Who crashed or left comes back as a new process after Downtime, under its old id;
// with a Downtime of 0 only a join brings it back. Events happen for For; the fault ends when the last one
// is back.
type Churn struct {
	Rate               float64 // events per second
	Relative           bool    // Rate is per node of the target, running or not
	Crash, Leave, Join float64 // weights, their sum > 0
}

// PerSecond is the rate of events among the nodes of target.
func (c *Churn) PerSecond(target *Selector) float64 {
	if !c.Relative {
		return c.Rate
	}
	return float64(c.Rate * float64(len(target.Fixed)))
}

type mixT struct {
	Crash float64 `key:"crash" range:"[0,1000000]" doc:"weight of crashes"`
	Leave float64 `key:"leave" range:"[0,1000000]" doc:"weight of graceful departures"`
	Join  float64 `key:"join" range:"[0,1000000]" doc:"weight of starts of nodes that do not run"`
}

// rateT is a number of events per time, or a share of the target's nodes per time.
type rateT struct {
	perSec   float64
	relative bool
}

var errChurnRate = errors.New(`must be a rate such as "30/min", or a share of the target such as "10%/min"`)

func (r *rateT) Bind(b *form.Binding, n *form.Node, key string, f form.Field) {
	s, _ := n.Text()
	out := rateT{}
	v, err := form.ParseShareRate(s)
	if out.relative = err == nil; !out.relative {
		v, err = form.ParseRate(s)
	}
	if err != nil {
		b.Wrong(n, key, "%v", errChurnRate)
		return
	}
	if out.perSec = v; b.Inside(n, key, v, f, func(x float64) string { return form.Number(x) + "/s" }) {
		*r = out
	}
}

func (r *rateT) Encode(form.Field) any {
	if r.relative {
		return form.Number(r.perSec*100) + "%/s"
	}
	return form.Number(r.perSec) + "/s"
}

func (*rateT) Schema(form.Field) map[string]any {
	return map[string]any{"type": "string", "description": errChurnRate.Error()}
}

// checkChurn checks and copies what a churn has of its own.
func checkChurn(l *loader, f *Fault, t *faultT, n *form.Node, key string) {
	set(&f.Downtime, t.Downtime)
	if f.Target != nil && f.Target.Draws() {
		l.b.Wrong(f.Target.src, f.Target.key, "count and pct cannot be used here: each event draws one node of all that match")
	}
	if t.Rate == nil || n.Kid("rate") == nil {
		return // reported
	}
	c := Churn{Rate: t.Rate.perSec, Relative: t.Rate.relative, Crash: 1, Leave: 1}
	if m := t.Mix; m != nil && n.Kid("mix") != nil {
		c.Crash, c.Leave, c.Join = m.Crash, m.Leave, m.Join
		if c.Crash+c.Leave+c.Join <= 0 {
			l.b.Wrong(n.Kid("mix"), key+".mix", "needs a weight above 0")
		}
	}
	f.Churn = &c
}
