package scenarios

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hypersim/scenarios/claim"

	"hypersim/scenarios/form"

	"hypersim/core"
)

// serviceT is one distribution for all classes, or a table of them by class.
type serviceT [core.NumClasses]Dist

var serviceField = form.Field{Name: "service", Tag: `unit:"s" range:"[0,inf)"`}

func classNames() []string {
	names := make([]string, core.NumClasses)
	for i := range names {
		names[i] = strings.ToLower(core.Class(i).String())
	}
	return names
}

func (s *serviceT) Bind(b *form.Binding, n *form.Node, key string, _ form.Field) {
	if !n.IsTable || n.Kids["dist"] != nil {
		var d Dist
		before := len(b.Problems)
		if d.Bind(b, n, key, serviceField); len(b.Problems) == before {
			for i := range s {
				s[i] = d
			}
		}
		return
	}
	classes := classNames()
	for _, name := range n.Names() {
		i := slices.Index(classes, strings.ToLower(name))
		switch {
		case i >= 0:
			s[i].Bind(b, n.Kids[name], form.Join(key, name), serviceField)
		case isMessageKind(name):
			b.Later(n.Kids[name], form.Join(key, name), "service times by message type are")
		default:
			b.Unknown(n.Kids[name], form.Join(key, name), name, classes)
		}
	}
}

func isMessageKind(name string) bool { return kindNamed(name) != core.KindNone }

func (s *serviceT) Encode(form.Field) any {
	out := map[string]any{}
	for i, name := range classNames() {
		out[name] = s[i].Encode(serviceField)
	}
	return out
}

func (s *serviceT) Schema(form.Field) map[string]any {
	one := (&Dist{}).Schema(serviceField)
	props := map[string]any{}
	for _, name := range classNames() {
		props[name] = one
	}
	byClass := map[string]any{"type": "object", "properties": props, "additionalProperties": false}
	return map[string]any{"anyOf": append(slices.Clone(one["anyOf"].([]any)), byClass)}
}

// labelsT is a label filter: label = value or list; label_not negates.
type labelsT []label

// label is one condition of a filter: the observation's label key is one of values (or, with not, none).
type label struct {
	key    string
	values []string
	not    bool
}

// where returns the filter as claims have it.
func (l labelsT) where() claim.Where {
	if len(l) == 0 {
		return nil
	}
	w := claim.Where{}
	for i := range l {
		w[l[i].spelled()] = l[i].values
	}
	return w
}

func (l *labelsT) Bind(b *form.Binding, n *form.Node, key string, _ form.Field) {
	if !n.IsTable {
		b.Wrong(n, key, "must be a table of labels")
		return
	}
	*l = nil
	for _, name := range n.Names() {
		kid := n.Kids[name]
		word, not := strings.CutSuffix(name, "_not")
		out := label{key: word, not: not}
		items := []*form.Node{kid}
		if kid.IsArray {
			items = kid.Items
		}
		for _, item := range items {
			switch v := item.Val.(type) {
			case string:
				out.values = append(out.values, v)
			case int64, float64, bool:
				out.values = append(out.values, fmt.Sprint(v))
			default:
				b.Wrong(item, form.Join(key, name), "must be a label's value or a list of them")
			}
		}
		*l = append(*l, out)
	}
}

func (l *labelsT) Encode(form.Field) any {
	if len(*l) == 0 {
		return nil
	}
	out := map[string]any{}
	for i := range *l {
		out[(*l)[i].spelled()] = form.Anys((*l)[i].values)
	}
	return out
}

func (*labelsT) Schema(form.Field) map[string]any {
	scalar := []any{map[string]any{"type": []any{"string", "number", "boolean"}}}
	list := map[string]any{"type": "array", "items": scalar[0]}
	return map[string]any{"type": "object", "additionalProperties": map[string]any{"anyOf": append(scalar, list)}}
}

// seedsT is "1..30" or a list of seeds.
type seedsT []uint64

const seedsMax = 100_000

func (s *seedsT) Bind(b *form.Binding, n *form.Node, key string, f form.Field) {
	*s = nil
	if text, ok := n.Val.(string); ok {
		lo, hi, cut := strings.Cut(text, "..")
		from, err1 := strconv.ParseUint(strings.TrimSpace(lo), 10, 53)
		to, err2 := strconv.ParseUint(strings.TrimSpace(hi), 10, 53)
		if !cut || err1 != nil || err2 != nil || from > to || to-from >= seedsMax {
			b.Wrong(n, key, `must be a range such as "1..30" or a list of whole numbers`)
			return
		}
		for v := from; v <= to; v++ {
			*s = append(*s, v)
		}
		return
	}
	if !n.IsArray {
		b.Wrong(n, key, `must be a range such as "1..30" or a list of whole numbers`)
		return
	}
	for i, item := range n.Items {
		v, ok := item.Val.(int64)
		if !ok || v < 0 || v > 1<<53 {
			b.Wrong(item, form.Element(key, i), "must be a whole number ≥ 0")
			continue
		}
		if slices.Contains(*s, uint64(v)) {
			b.Wrong(item, form.Element(key, i), "is in the list twice")
		}
		*s = append(*s, uint64(v))
	}
}

func (s *seedsT) Encode(form.Field) any {
	if len(*s) == 0 {
		return nil
	}
	out := make([]any, len(*s))
	for i, v := range *s {
		out[i] = int64(v)
	}
	return out
}

func (*seedsT) Schema(form.Field) map[string]any {
	return map[string]any{"anyOf": []any{
		map[string]any{"type": "string", "pattern": `^\s*[0-9]+\s*\.\.\s*[0-9]+\s*$`},
		map[string]any{"type": "array", "items": map[string]any{"type": "integer", "minimum": 0}},
	}}
}

// instantT is a point of the run: a duration from its start, or relative to a fault.
type instantT struct {
	n      *form.Node
	key    string
	ref    string // id of a fault, or "faults"; "" for an absolute instant
	end    bool
	offset core.Duration
	at     core.Duration // once resolved
	bad    bool          // reported already
	off    bool          // relative to a fault that this variant lacks
}

var instantForm = regexp.MustCompile(`^([A-Za-z0-9_-]+)\.(start|end)(?:\s*([+-])\s*(\S+))?$`)

func (t *instantT) Bind(b *form.Binding, n *form.Node, key string, _ form.Field) {
	*t = instantT{n: n, key: key, bad: true}
	s, ok := n.Val.(string)
	if ok && form.IsExpression(s) {
		if sec, ok := b.Evaluate(n, key, s, form.OneTime); ok {
			t.offset, t.bad = core.Seconds(sec), false
			t.notBefore(b)
		}
		return
	}
	m := instantForm.FindStringSubmatch(s)
	if m == nil {
		d, err := form.ParseDuration(s)
		if !ok || err != nil {
			b.Wrong(n, key, `must be an instant: "30s" from the start, or "<fault>.start" or "<fault>.end", with "+5s" after it if need be`)
			return
		}
		t.offset, t.bad = d, false
		t.notBefore(b)
		return
	}
	t.ref, t.end = m[1], m[2] == "end"
	if m[4] != "" {
		d, err := form.ParseDuration(m[4])
		if err != nil {
			b.Wrong(n, key, "%q %v", m[4], err)
			return
		}
		if m[3] == "-" {
			d = -d
		}
		t.offset = d
	}
	switch {
	case t.ref == "load":
		b.Wrong(n, key, "workloads are not supported yet, so there is no load.end")
	case t.ref == "faults" && !t.end:
		b.Wrong(n, key, "there is faults.end, but no faults.start")
	default:
		t.bad = false
	}
}

func (t *instantT) notBefore(b *form.Binding) {
	if t.offset < 0 {
		b.Wrong(t.n, t.key, "must be ≥ 0s")
		t.bad = true
	}
}

func (*instantT) WantsText() {}

func (t *instantT) Encode(form.Field) any { return form.FormatDuration(t.at) }
func (*instantT) Schema(form.Field) map[string]any {
	return map[string]any{"type": "string", "description": `"30s" from the start, or "<fault id>.start" or ".end" with an offset`}
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

// spelled is the label's key as it stands in the file.
func (l *label) spelled() string {
	if l.not {
		return l.key + "_not"
	}
	return l.key
}
