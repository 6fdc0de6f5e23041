package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"slices"

	"hypersim/scenarios/form"

	"hypersim/core"
)

// Encode writes what this run does in the file's own terms, every default filled in, expressions and tables
// by swept value resolved, so that it could be loaded again. The seed is left out, it is named beside it, and
// so are other variants and the sweep.
func (l *loader) Encode() {
	m := l.encodeWorld()
	delete(m["scenario"].(map[string]any), "seed")
	claims := l.claims
	claims.Expect = nil
	for i, t := range l.claims.Expect {
		if l.applies[i] { // what is not judged in this run is no part of it, nor why the rest is
			t.When, t.Per = form.Raw{}, ""
			claims.Expect = append(claims.Expect, t)
		}
	}
	claims.Report.Plot = l.marked(l.claims.Report.Plot)
	for k, v := range form.Encode(reflect.ValueOf(claims)) {
		m[k] = v
	}
	l.sc.Config = form.Canonical(m)
	sum := sha256.Sum256(l.sc.Config)
	l.sc.ConfigHash = hex.EncodeToString(sum[:])
}

// marked are the plots with the marks of faults that this run has; those of other variants are no part of it.
func (l *loader) marked(plots []plotT) []plotT {
	out := slices.Clone(plots)
	for i := range out {
		out[i].Mark = slices.DeleteFunc(slices.Clone(out[i].Mark), func(id string) bool {
			return !slices.ContainsFunc(l.sc.Faults, func(f Fault) bool { return f.ID == id })
		})
	}
	return out
}

// encodeWorld is the part of the configuration that expressions and swept keys refer to.
func (l *loader) encodeWorld() map[string]any {
	w := l.world
	n := l.root.Kid("network")
	for _, x := range []struct {
		to  **linkT
		key string
	}{{&w.Network.Intra, "intra"}, {&w.Network.Inter, "inter"}} {
		full := w.Network.linkT
		if kid := n.Kid(x.key); kid != nil {
			(&form.Binding{Dir: l.b.Dir, SetDir: l.b.SetDir}).Table(kid, "", reflect.ValueOf(&full).Elem())
		}
		*x.to = &full
	}
	for r, to := range map[core.Role]**hostT{core.RoleGate: &w.Node.Gate, core.RoleManager: &w.Node.Manager, core.RoleWorker: &w.Node.Worker, core.RoleClient: &w.Node.Client} {
		full := w.Node.hostT
		if kid := l.root.Kid("node").Kid(r.String()); kid != nil {
			(&form.Binding{}).Table(kid, "", reflect.ValueOf(&full).Elem())
		}
		*to = &full
	}
	if w.Cluster.Start.Mode == "formed" {
		w.Cluster.Start.Over, w.Cluster.Start.Order = 0, nil
	}
	m := form.Encode(reflect.ValueOf(w))
	protocol := map[string]any{"unsafe": l.proto.unsafe, "profile": l.proto.profile}
	base := l.proto.base
	rooms := roomsOf(&base)
	for _, name := range roomNames() {
		protocol[name] = form.Encode(rooms[name])
	}
	roles := map[string]any{}
	for r, layer := range l.proto.roles {
		if layer != nil {
			roles[core.Role(r).String()] = layer.Plain()
		}
	}
	if len(roles) > 0 {
		protocol["role"] = roles
	}
	if len(l.proto.overrides) > 0 {
		protocol["override"] = form.EncodeValue(reflect.ValueOf(l.proto.overrides), form.Field{})
	}
	m["protocol"] = protocol
	cluster, start := m["cluster"].(map[string]any), m["cluster"].(map[string]any)["start"].(map[string]any)
	if w.Cluster.Start.Mode == "formed" {
		delete(start, "over")
	}
	if w.Cluster.Size > 0 {
		delete(cluster, "workers") // they are what size leaves
	} else {
		delete(cluster, "size")
	}
	if at, ok := m["topology"].(map[string]any); ok && w.Topology.Use != "" {
		delete(at, "per_node") // the topology in use says it
	}
	return m
}

// Encode writes the keys of the loss model only; others would be refused.
func (t *lossT) Encode(form.Field) any {
	switch l := t.loss(); l.Model {
	case LossNone:
		return map[string]any{"model": LossNone}
	case LossBernoulli:
		return map[string]any{"model": l.Model, "p": l.P}
	default:
		return map[string]any{"model": l.Model, "p_gb": l.PGB, "p_bg": l.PBG, "loss_good": l.LossGood, "loss_bad": l.LossBad}
	}
}

// Encode writes the keys of the kind of drift only; others would be refused.
func (t *driftT) Encode(form.Field) any {
	switch t.Kind {
	case DriftRamp:
		return map[string]any{"kind": t.Kind, "from": form.FormatDuration(t.From), "to": form.FormatDuration(t.To), "factor": t.Factor}
	case DriftSine:
		return map[string]any{"kind": t.Kind, "period": form.FormatDuration(t.Period), "amplitude": t.Amplitude}
	case DriftWalk:
		return map[string]any{"kind": t.Kind, "step": form.FormatDuration(t.Step), "sigma": t.Sigma, "limit": t.Limit}
	}
	return nil
}
