package scenarios

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"slices"

	"hypersim/core"
)

// encode writes what this run does in the file's own terms, every default filled in, expressions and tables
// by swept value resolved, so that it could be loaded again. The seed is left out, it is named beside it, and
// so are other variants and the sweep.
func (l *loader) encode() {
	m := l.encodeWorld()
	delete(m["scenario"].(map[string]any), "seed")
	claims := l.claims
	claims.Expect = nil
	for i, t := range l.claims.Expect {
		if l.applies[i] { // what is not judged in this run is no part of it, nor why the rest is
			t.When, t.Per = rawT{}, ""
			claims.Expect = append(claims.Expect, t)
		}
	}
	claims.Report.Plot = l.marked(l.claims.Report.Plot)
	for k, v := range encodeStruct(reflect.ValueOf(claims)) {
		m[k] = v
	}
	l.sc.Config = canonical(m)
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

func canonical(m map[string]any) []byte {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(m); err != nil {
		panic("scenarios: the resolved configuration is no JSON: " + err.Error()) // only finite numbers and strings are in it
	}
	return buf.Bytes()
}

// encodeWorld is the part of the configuration that expressions and swept keys refer to.
func (l *loader) encodeWorld() map[string]any {
	w := l.world
	n := l.root.kid("network")
	for _, x := range []struct {
		to  **linkT
		key string
	}{{&w.Network.Intra, "intra"}, {&w.Network.Inter, "inter"}} {
		full := w.Network.linkT
		if kid := n.kid(x.key); kid != nil {
			(&binding{dir: l.b.dir, setDir: l.b.setDir}).table(kid, "", reflect.ValueOf(&full).Elem())
		}
		*x.to = &full
	}
	for r, to := range map[core.Role]**hostT{core.RoleGate: &w.Node.Gate, core.RoleManager: &w.Node.Manager, core.RoleWorker: &w.Node.Worker, core.RoleClient: &w.Node.Client} {
		full := w.Node.hostT
		if kid := l.root.kid("node").kid(r.String()); kid != nil {
			(&binding{}).table(kid, "", reflect.ValueOf(&full).Elem())
		}
		*to = &full
	}
	if w.Cluster.Start.Mode == "formed" {
		w.Cluster.Start.Over, w.Cluster.Start.Order = 0, nil
	}
	m := encodeStruct(reflect.ValueOf(w))
	protocol := map[string]any{"unsafe": l.proto.unsafe, "profile": l.proto.profile}
	base := l.proto.base
	rooms := roomsOf(&base)
	for _, name := range roomNames() {
		protocol[name] = encodeStruct(rooms[name])
	}
	roles := map[string]any{}
	for r, layer := range l.proto.roles {
		if layer != nil {
			roles[core.Role(r).String()] = layer.plain()
		}
	}
	if len(roles) > 0 {
		protocol["role"] = roles
	}
	if len(l.proto.overrides) > 0 {
		protocol["override"] = encodeValue(reflect.ValueOf(l.proto.overrides), field{})
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

// encodeStruct writes the keys of a struct; what was not given and has no default is left out.
func encodeStruct(v reflect.Value) map[string]any {
	out := map[string]any{}
	if !v.CanAddr() {
		c := reflect.New(v.Type()).Elem()
		c.Set(v)
		v = c
	}
	for _, sf := range fieldsOf(v.Type()) {
		f := field{name: sf.Tag.Get("key"), tag: sf.Tag}
		if x := encodeValue(v.FieldByIndex(sf.Index), f); x != nil {
			out[f.name] = x
		}
	}
	return out
}

func encodeValue(v reflect.Value, f field) any {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	if !v.CanAddr() {
		c := reflect.New(v.Type()).Elem()
		c.Set(v)
		v = c
	}
	if v.IsZero() && !f.zeroIsValue(v) {
		return nil
	}
	if s, ok := v.Addr().Interface().(interface{ encode(f field) any }); ok {
		return s.encode(f)
	}
	if d, ok := v.Addr().Interface().(*core.Duration); ok {
		return formatDuration(*d)
	}
	switch v.Kind() {
	case reflect.Struct:
		if m := encodeStruct(v); len(m) > 0 {
			return m
		}
		return nil
	case reflect.Slice:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = encodeValue(v.Index(i), f)
		}
		return out
	case reflect.Int, reflect.Int64:
		return v.Int()
	case reflect.Uint32, reflect.Uint64:
		return int64(v.Uint())
	case reflect.Float64:
		return v.Float()
	case reflect.Bool:
		return v.Bool()
	default: // string
		return v.String()
	}
}

// zeroIsValue reports whether a zero is a value that the key may have, rather than "not given".
func (f field) zeroIsValue(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return false
	case reflect.Slice, reflect.Struct, reflect.Array:
		_, has := v.Addr().Interface().(interface{ zeroIsValue() })
		return has
	case reflect.Int, reflect.Int64, reflect.Uint32, reflect.Uint64, reflect.Float64:
		return f.interval().has(0)
	default: // bool
		return true
	}
}

// encode writes the keys of the loss model only; others would be refused.
func (t *lossT) encode(field) any {
	switch l := t.loss(); l.Model {
	case LossNone:
		return map[string]any{"model": LossNone}
	case LossBernoulli:
		return map[string]any{"model": l.Model, "p": l.P}
	default:
		return map[string]any{"model": l.Model, "p_gb": l.PGB, "p_bg": l.PBG, "loss_good": l.LossGood, "loss_bad": l.LossBad}
	}
}

// encode writes the keys of the kind of drift only; others would be refused.
func (t *driftT) encode(field) any {
	switch t.Kind {
	case DriftRamp:
		return map[string]any{"kind": t.Kind, "from": formatDuration(t.From), "to": formatDuration(t.To), "factor": t.Factor}
	case DriftSine:
		return map[string]any{"kind": t.Kind, "period": formatDuration(t.Period), "amplitude": t.Amplitude}
	case DriftWalk:
		return map[string]any{"kind": t.Kind, "step": formatDuration(t.Step), "sigma": t.Sigma, "limit": t.Limit}
	}
	return nil
}
