package scenarios

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"hypersim/core"
)

// network resolves what every directed pair of sites is like.
func (l *loader) network() {
	w, sc := &l.world.Network, l.sc
	root := l.root.kid("network")
	all := w.linkT
	intra, inter := all, all
	overlay := func(to *linkT, n *node, key string) {
		if n != nil {
			l.b.table(n, key, reflect.ValueOf(to).Elem())
		}
	}
	overlay(&intra, root.kid("intra"), "network.intra")
	overlay(&inter, root.kid("inter"), "network.inter")
	for _, x := range []struct {
		n   *node
		key string
	}{{root, "network"}, {root.kid("intra"), "network.intra"}, {root.kid("inter"), "network.inter"}} {
		if x.n != nil && x.n.isTable {
			l.checkLink(x.n, x.key)
		}
	}
	sites := len(sc.Topology.Sites)
	net := Network{Codec: w.Codec, Stream: Stream(w.Stream), Sites: sites, Class: make([]int, sites*sites)}
	if w.Stream.RTOMin > w.Stream.RTOMax {
		l.b.wrong(root.kid("stream"), "network.stream", "rto_min = %s is above rto_max = %s", formatDuration(w.Stream.RTOMin), formatDuration(w.Stream.RTOMax))
	}
	net.Links = []Link{intra.link(), inter.link()}
	for i := range net.Class {
		if i/sites != i%sites {
			net.Class[i] = 1
		}
	}
	rules := l.root.kid("topology").kid("links")
	if rules != nil && rules.isArray {
		l.linkRules(&net, rules, intra, inter)
	}
	sc.Network = net
}

// linkRules applies topology.links in order: each changes what the link was before.
func (l *loader) linkRules(net *Network, rules *node, intra, inter linkT) {
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
	quiet := &binding{dir: l.b.dir, setDir: l.b.setDir} // each rule was bound once, with its problems
	for i := range l.world.Topology.Links {
		r := &l.world.Topology.Links[i]
		n := rules.items[i]
		l.checkLink(n, element("topology.links", i))
		both := r.Both == nil || *r.Both
		for a, from := range names {
			for b, to := range names {
				there := (r.From == "*" || r.From == from) && (r.To == "*" || r.To == to)
				back := both && (r.From == "*" || r.From == to) && (r.To == "*" || r.To == from)
				if !there && !back || a == b && (r.From == "*" || r.To == "*") {
					continue
				}
				quiet.table(n, "", reflect.ValueOf(at(a, b)).Elem(), "from", "to", "both", "rtt", "one_way")
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
func (l *loader) checkLink(n *node, key string) {
	if loss := n.kid("loss"); loss != nil && loss.isTable {
		l.checkLoss(loss, join(key, "loss"))
	}
	if r := n.kid("reorder"); r != nil && r.isTable && r.kid("p") != nil && r.kid("extra") == nil && r.kid("p").val != 0.0 && r.kid("p").val != int64(0) {
		l.b.missing(r, join(key, "reorder")+".extra", "for how long is a datagram held back?")
	}
	d := n.kid("drift")
	if d == nil || !d.isTable {
		return
	}
	kind, _ := d.kid("kind").text()
	need := map[string][]string{DriftRamp: {"from", "to", "factor"}, DriftSine: {"period", "amplitude"}, DriftWalk: {"step", "sigma"}}
	if d.kid("kind") == nil {
		l.b.missing(d, join(key, "drift")+".kind", `must be "ramp", "sine" or "walk"`)
		return
	}
	for _, name := range need[kind] {
		if d.kid(name) == nil {
			l.b.missing(d, join(join(key, "drift"), name), "a %s has one", kind)
		}
	}
	for _, name := range d.names() {
		if may := append(need[kind], "kind", "limit"); need[kind] != nil && !slices.Contains(may, name) {
			l.b.atKey(d.kids[name], join(join(key, "drift"), name), "a %s has no such key", kind)
		}
	}
	if from, to := d.kid("from"), d.kid("to"); kind == DriftRamp && from != nil && to != nil {
		a, err1 := parseDuration(fmt.Sprint(from.val))
		b, err2 := parseDuration(fmt.Sprint(to.val))
		if err1 == nil && err2 == nil && a >= b {
			l.b.wrong(to, join(key, "drift")+".to", "must be after from = %s", formatDuration(a))
		}
	}
}

// checkLoss reports keys of another loss model.
func (l *loader) checkLoss(n *node, key string) {
	model, given := n.kid("model").text()
	if !given && n.kid("p") == nil {
		l.b.missing(n, join(key, "model"), `must be "none", "bernoulli" or "gilbert-elliott"`)
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
		if n.kid(name) == nil {
			l.b.missing(n, join(key, name), "%s loss has one", model)
		}
	}
	for _, name := range n.names() {
		if !slices.Contains(may, name) && slices.Contains(keysOf(reflect.TypeFor[lossT]()), name) {
			l.b.atKey(n.kids[name], join(key, name), "%s loss has no such key", model)
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
	root := l.root.kid("node")
	for r := range l.sc.Node {
		h := w.hostT
		key := "node." + core.Role(r).String()
		if n := root.kid(core.Role(r).String()); n != nil {
			l.b.table(n, key, reflect.ValueOf(&h).Elem())
			if n.kid("memory") != nil {
				l.b.later(n.kid("memory"), key+".memory", "the memory model is")
			}
		}
		l.sc.Node[r] = NodeModel{
			Service: h.Service, Inbox: h.Inbox, ByClass: h.Discipline == "by-class",
			Offset: h.Clock.Offset, DriftPPM: h.Clock.DriftPPM,
		}
	}
	if at := root.kid("memory"); at != nil {
		l.b.later(at, "node.memory", "the memory model is")
	}
}
