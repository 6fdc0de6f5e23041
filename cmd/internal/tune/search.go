package tune

import (
	"context"
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

// search proposes and measures points.
type search struct {
	field
	space   Space
	method  method
	most    int // points, the default among them
	measure oracle
	admit   func(p *point) error // why the scenario refuses a point
	after   func() error         // after each generation

	known      map[string]*point
	generation int
}

// stale generations without a new point end a search: it has closed in.
const stale = 5

// run searches until so many points were measured, or nothing new is proposed.
func (s *search) run(ctx context.Context) error {
	s.known = map[string]*point{}
	base := &point{values: s.defaults(), u: s.space.Start()}
	if err := s.admit(base); err != nil {
		return err
	}
	s.points = []*point{base}
	s.known[key(base.values)] = base
	if err := s.race(ctx, s.points, s.measure); err != nil {
		return err
	}
	if err := s.comparable(); err != nil {
		return err
	}
	if err := s.after(); err != nil {
		return err
	}
	for idle := 0; idle < stale && len(s.points) < s.most; {
		u := s.method.ask()
		if len(u) == 0 {
			return nil
		}
		s.generation++
		all, fresh := s.propose(u)
		if len(fresh) == 0 {
			idle++
		} else {
			idle = 0
		}
		if err := s.race(ctx, runnable(fresh), s.measure); err != nil {
			return err
		}
		if err := s.after(); err != nil {
			return err
		}
		if len(all) < len(u) { // the last generation is not whole
			return nil
		}
		s.method.tell(s.tellAll(all))
	}
	return nil
}

func runnable(list []*point) (out []*point) {
	for _, p := range list {
		if p.refused == "" {
			out = append(out, p)
		}
	}
	return out
}

func key(values []string) string { return strings.Join(values, "\n") }

// defaults are the values of the scenario itself.
func (s *search) defaults() (out []string) {
	for i := range s.space {
		out = append(out, s.space[i].Default)
	}
	return out
}

// propose returns the points of a generation, and those of them that are new. A point that was measured is not measured again.
func (s *search) propose(u [][]float64) (all, fresh []*point) {
	for _, x := range u {
		values := s.space.Decode(x)
		p := s.known[key(values)]
		if p == nil {
			if len(s.points) == s.most {
				return all, fresh
			}
			p = &point{no: len(s.points), generation: s.generation, u: x, values: values}
			if err := s.admit(p); err != nil {
				p.refused = err.Error()
			}
			s.known[key(values)] = p
			s.points, fresh = append(s.points, p), append(fresh, p)
		}
		all = append(all, p)
	}
	return all, fresh
}

func (s *search) tellAll(all []*point) []told {
	list := make([]told, len(all))
	for i, p := range all {
		list[i] = s.field.told(p)
	}
	for i, place := range places(list) {
		list[i].place = place
	}
	return list
}
