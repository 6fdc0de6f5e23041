package scenarios

import (
	"errors"
	"slices"

	"hypersim/core/rng"
	"hypersim/scenarios/form"
)

// perTimeT is a number of events per time, kept as so many a second.
type perTimeT float64

var errPerTime = errors.New(`must be a rate such as "2/s" or "30/min"`)

func (r *perTimeT) Bind(b *form.Binding, n *form.Node, key string, f form.Field) {
	s, _ := n.Text()
	v, err := form.ParseRate(s)
	if err != nil {
		b.Wrong(n, key, "%v", errPerTime)
		return
	}
	if b.Inside(n, key, v, f, func(x float64) string { return form.Number(x) + "/s" }) {
		*r = perTimeT(v)
	}
}

func (r *perTimeT) Encode(form.Field) any { return form.Number(float64(*r)) + "/s" }

func (*perTimeT) Schema(form.Field) map[string]any {
	return map[string]any{"type": "string", "description": errPerTime.Error()}
}

// sitesT is names of sites, or how many are drawn.
type sitesT struct {
	names []string
	count int
}

const sitesText = "must be how many sites are drawn, or a list of their names"

func (s *sitesT) Bind(b *form.Binding, n *form.Node, key string, _ form.Field) {
	*s = sitesT{}
	if v, ok := n.Val.(int64); ok && v > 0 && v <= sitesMax {
		s.count = int(v)
		return
	}
	if !n.IsArray || len(n.Items) == 0 {
		b.Wrong(n, key, sitesText)
		return
	}
	for i, item := range n.Items {
		name, ok := item.Text()
		if !ok {
			b.Wrong(item, form.Element(key, i), "must be the name of a site")
			continue
		}
		s.names = append(s.names, name)
	}
}

func (s *sitesT) Encode(form.Field) any {
	switch {
	case s.count > 0:
		return int64(s.count)
	case len(s.names) > 0:
		return form.Anys(s.names)
	}
	return nil
}

func (*sitesT) Schema(form.Field) map[string]any {
	return map[string]any{"anyOf": []any{
		map[string]any{"type": "integer", "minimum": 1, "maximum": sitesMax},
		map[string]any{"type": "array", "items": map[string]any{"type": "string"}, "minItems": 1},
	}}
}

// troubledSites resolves sites. Those that are drawn are so by their names and the place in the file that asks for them,
// among the sites that have workers.
func (l *loader) troubledSites(t *sitesT, n *form.Node, key string) []int {
	names := l.sc.Topology.SiteNames()
	var out []int
	for i, name := range t.names {
		site, ok := l.sc.Topology.SiteIndex(name)
		if !ok {
			l.b.Wrong(n.Items[i], form.Element(key, i), "no site %q%s%s", name, form.Has(names), form.DidYouMean(name, names))
		} else if !slices.Contains(out, site) {
			out = append(out, site)
		}
	}
	if t.count > 0 {
		for i, c := range l.sc.Cluster.Sites {
			if c.Workers > 0 {
				out = append(out, i)
			}
		}
		if len(out) < t.count {
			l.b.Wrong(n, key, "only %d sites have workers", len(out))
			return nil
		}
		draw := rng.New(l.sc.Seed, "workload.sites", rng.Key(key))
		luck := map[int]uint64{}
		for _, i := range out {
			luck[i] = rng.Mix(draw.Uint64(), rng.Key(names[i]))
		}
		slices.SortFunc(out, func(a, b int) int {
			if luck[a] < luck[b] {
				return -1
			}
			return 1
		})
		out = out[:t.count]
	}
	slices.Sort(out)
	return out
}
