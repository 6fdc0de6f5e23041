package scenarios

import (
	"time"

	"hypersim/scenarios/form"
	"hypersim/sim/fault"
)

// linkRules are the faults that worsen links.
var linkRules = map[fault.Kind]faultRule{
	fault.Loss: {may: []string{"p", "model", "p_gb", "p_bg", "loss_good", "loss_bad", "direction", "traffic"}, links: true, check: checkLoss,
		detail: func(_ *Scenario, f *Fault) []string {
			if f.Loss.Model == LossGilbertElliott {
				return []string{"in bursts"}
			}
			return percent(f.Loss.P)
		}},
	fault.Duplicate: {need: []string{"p"}, may: []string{"direction", "traffic"}, links: true, detail: detailP},
	fault.Reorder:   {need: []string{"p", "extra"}, may: []string{"direction", "traffic"}, links: true, detail: detailP},
	fault.Corrupt:   {need: []string{"p"}, may: []string{"direction", "traffic"}, links: true, detail: detailP},
	fault.Delay: {may: []string{"add", "factor", "ramp", "direction", "traffic"}, links: true, check: checkDelay,
		detail: func(_ *Scenario, f *Fault) []string {
			parts := say(f.Add.Value != 0, "+%v", time.Duration(f.Add.Value*1e9))
			parts = append(parts, say(f.Factor != 0 && f.Factor != 1, "×%g", f.Factor)...)
			return append(parts, say(f.Ramp > 0, "over %v", f.Ramp)...)
		}},
	fault.Hold: {need: []string{"for"}, may: []string{"direction", "traffic"}, links: true},
	fault.Bandwidth: {need: []string{"target", "bandwidth"}, may: []string{"queue"},
		detail: func(_ *Scenario, f *Fault) []string { return say(true, "%g bit/s", f.Bandwidth) }},
}

func detailP(_ *Scenario, f *Fault) []string { return percent(f.P) }

func percent(p float64) []string { return say(true, "%.6g %%", p*100) }

func checkDelay(l *loader, _ *Fault, _ *faultT, n *form.Node, key string) {
	if (n.Kid("add") == nil) == (n.Kid("factor") == nil) {
		l.b.Missing(n, key+".add", "a delay needs either add or factor")
	}
}

// checkLoss checks the model of a loss fault, whose keys stand beside its others.
func checkLoss(l *loader, f *Fault, t *faultT, n *form.Node, key string) {
	get := func(p *float64) float64 {
		if p == nil {
			return 0
		}
		return *p
	}
	model := LossBernoulli
	if t.Model != nil && *t.Model != "" {
		model = *t.Model
	}
	need, not := []string{"p"}, []string{"p_gb", "p_bg", "loss_good", "loss_bad"}
	if model == LossGilbertElliott {
		need, not = []string{"p_gb", "p_bg", "loss_bad"}, []string{"p"}
	}
	for _, name := range need {
		if n.Kid(name) == nil {
			l.b.Missing(n, form.Join(key, name), "%s loss has one", model)
		}
	}
	for _, name := range not {
		if at := n.Kid(name); at != nil {
			l.b.AtKey(at, form.Join(key, name), "%s loss has no such key", model)
		}
	}
	f.Loss = Loss{Model: model, P: get(t.P), PGB: get(t.PGB), PBG: get(t.PBG), LossGood: get(t.LossGood), LossBad: get(t.LossBad)}
}
