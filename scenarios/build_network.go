package scenarios

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"hypersim/scenarios/form"

	"hypersim/core"
)

// network resolves what every directed pair of sites is like.
func (l *loader) network() {
	w, sc := &l.world.Network, l.sc
	root := l.root.Kid("network")
	all := w.linkT
	intra, inter := all, all
	overlay := func(to *linkT, n *form.Node, key string) {
		if n != nil {
			l.b.Table(n, key, reflect.ValueOf(to).Elem())
		}
	}
	overlay(&intra, root.Kid("intra"), "network.intra")
	overlay(&inter, root.Kid("inter"), "network.inter")
	for _, x := range []struct {
		n   *form.Node
		key string
	}{{root, "network"}, {root.Kid("intra"), "network.intra"}, {root.Kid("inter"), "network.inter"}} {
		if x.n != nil && x.n.IsTable {
			l.checkLink(x.n, x.key)
		}
	}
	sites := len(sc.Topology.Sites)
	net := Network{Codec: w.Codec, Stream: Stream(w.Stream), Sites: sites, Class: make([]int, sites*sites)}
	if w.Stream.RTOMin > w.Stream.RTOMax {
		l.b.Wrong(root.Kid("stream"), "network.stream", "rto_min = %s is above rto_max = %s", form.FormatDuration(w.Stream.RTOMin), form.FormatDuration(w.Stream.RTOMax))
	}
	net.Links = []Link{intra.link(), inter.link()}
	for i := range net.Class {
		if i/sites != i%sites {
			net.Class[i] = 1
		}
	}
	rules := l.root.Kid("topology").Kid("links")
	if rules != nil && rules.IsArray {
		l.linkRules(&net, rules, intra, inter)
	}
	sc.Network = net
}

// linkRules applies topology.links in order: each changes what the link was before.
func (l *loader) linkRules(net *Network, rules *form.Node, intra, inter linkT) {
	names := l.sc.Topology.SiteNames()
	state := make([]*linkT, net.Sites*net.Sites)
	at := func(a, b int) *linkT {
		i := a*net.Sites + b
		if state[i] == nil {
			c := inter
			if a == b {
				c = intra
			}
			state[i] = &c
		}
		return state[i]
	}
	quiet := &form.Binding{Dir: l.b.Dir, SetDir: l.b.SetDir} // each rule was bound once, with its problems
	for i := range l.world.Topology.Links {
		r := &l.world.Topology.Links[i]
		n := rules.Items[i]
		l.checkLink(n, form.Element("topology.links", i))
		both := r.Both == nil || *r.Both
		for a, from := range names {
			for b, to := range names {
				there := (r.From == "*" || r.From == from) && (r.To == "*" || r.To == to)
				back := both && (r.From == "*" || r.From == to) && (r.To == "*" || r.To == from)
				if !there && !back || a == b && (r.From == "*" || r.To == "*") {
					continue
				}
				quiet.Table(n, "", reflect.ValueOf(at(a, b)).Elem(), "from", "to", "both", "rtt", "one_way")
			}
		}
	}
	known := map[string]int{}
	for i, s := range state {
		if s == nil {
			continue
		}
		link := s.link()
		text, _ := json.Marshal(link) // a plain struct
		class, ok := known[string(text)]
		if !ok {
			class = len(net.Links)
			known[string(text)] = class
			net.Links = append(net.Links, link)
		}
		net.Class[i] = class
	}
}

// checkLink reports relations within a link that do not hold. n is the table that gives it.
func (l *loader) checkLink(n *form.Node, key string) {
	if loss := n.Kid("loss"); loss != nil && loss.IsTable {
		l.checkLoss(loss, form.Join(key, "loss"))
	}
	if r := n.Kid("reorder"); r != nil && r.IsTable && r.Kid("p") != nil && r.Kid("extra") == nil && r.Kid("p").Val != 0.0 && r.Kid("p").Val != int64(0) {
		l.b.Missing(r, form.Join(key, "reorder")+".extra", "for how long is a datagram held back?")
	}
	d := n.Kid("drift")
	if d == nil || !d.IsTable {
		return
	}
	kind, _ := d.Kid("kind").Text()
	need := map[string][]string{DriftRamp: {"from", "to", "factor"}, DriftSine: {"period", "amplitude"}, DriftWalk: {"step", "sigma"}}
	if d.Kid("kind") == nil {
		l.b.Missing(d, form.Join(key, "drift")+".kind", `must be "ramp", "sine" or "walk"`)
		return
	}
	for _, name := range need[kind] {
		if d.Kid(name) == nil {
			l.b.Missing(d, form.Join(form.Join(key, "drift"), name), "a %s has one", kind)
		}
	}
	for _, name := range d.Names() {
		if may := append(need[kind], "kind", "limit"); need[kind] != nil && !slices.Contains(may, name) {
			l.b.AtKey(d.Kids[name], form.Join(form.Join(key, "drift"), name), "a %s has no such key", kind)
		}
	}
	if from, to := d.Kid("from"), d.Kid("to"); kind == DriftRamp && from != nil && to != nil {
		a, err1 := form.ParseDuration(fmt.Sprint(from.Val))
		b, err2 := form.ParseDuration(fmt.Sprint(to.Val))
		if err1 == nil && err2 == nil && a >= b {
			l.b.Wrong(to, form.Join(key, "drift")+".to", "must be after from = %s", form.FormatDuration(a))
		}
	}
}

// checkLoss reports keys of another loss model.
func (l *loader) checkLoss(n *form.Node, key string) {
	model, given := n.Kid("model").Text()
	if !given && n.Kid("p") == nil {
		l.b.Missing(n, form.Join(key, "model"), `must be "none", "bernoulli" or "gilbert-elliott"`)
		return
	}
	if !given {
		model = LossBernoulli
	}
	need := map[string][]string{
		LossNone: {}, LossBernoulli: {"p"}, LossGilbertElliott: {"p_gb", "p_bg", "loss_bad"},
	}[model]
	may := append([]string{"model"}, need...)
	if model == LossGilbertElliott {
		may = append(may, "loss_good")
	}
	if need == nil {
		return // reported
	}
	for _, name := range need {
		if n.Kid(name) == nil {
			l.b.Missing(n, form.Join(key, name), "%s loss has one", model)
		}
	}
	for _, name := range n.Names() {
		if !slices.Contains(may, name) && slices.Contains(form.Keys(reflect.TypeFor[lossT]()), name) {
			l.b.AtKey(n.Kids[name], form.Join(key, name), "%s loss has no such key", model)
		}
	}
}

func (t *lossT) loss() Loss {
	l := Loss(*t)
	if l.Model == "" {
		l.Model = LossBernoulli
	}
	if l.Model == LossBernoulli && l.P == 0 {
		l = Loss{Model: LossNone}
	}
	return l
}

func (t *linkT) link() Link {
	l := Link{
		Jitter: t.Jitter, Loss: t.Loss.loss(), Duplicate: t.Duplicate, Reorder: Reorder(t.Reorder), Corrupt: t.Corrupt,
		Bandwidth: float64(t.Bandwidth), Queue: int64(t.Queue), MTU: int(t.MTU), Drift: Drift(t.Drift),
	}
	return l
}

// hosts resolves the node model of each role.
func (l *loader) hosts() {
	w := &l.world.Node
	root := l.root.Kid("node")
	for r := range l.sc.Node {
		h := w.hostT
		key := "node." + core.Role(r).String()
		if n := root.Kid(core.Role(r).String()); n != nil {
			l.b.Table(n, key, reflect.ValueOf(&h).Elem())
		}
		l.sc.Node[r] = NodeModel{
			Service: h.Service, Inbox: h.Inbox, ByClass: h.Discipline == "by-class",
			Offset: h.Clock.Offset, DriftPPM: h.Clock.DriftPPM, Memory: int64(h.Memory), Refuse: h.Refuse,
		}
	}
}
