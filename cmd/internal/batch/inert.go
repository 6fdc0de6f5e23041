package batch

import "hypersim/scenarios"

// Inert returns the keys of the protocol that every cell has and that change no run of any of them, as
// sentences: what is varied along such an axis is the seed alone, if that.
func (p *Plan) Inert() []string {
	var out []string
	if len(p.Cells) == 0 {
		return nil
	}
	for _, x := range p.Cells[0].inert {
		while, everywhere := x.While, true
		for i := range p.Cells[1:] {
			w, named := named(p.Cells[i+1].inert, x.Key)
			while, everywhere = max(while, w), everywhere && named
		}
		if everywhere {
			x.While = while
			out = append(out, x.String())
		}
	}
	return out
}

func named(list []scenarios.Inert, key string) (while int, ok bool) {
	for i := range list {
		if list[i].Key == key {
			return list[i].While, true
		}
	}
	return 0, false
}
