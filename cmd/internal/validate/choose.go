package validate

import (
	"fmt"
	"regexp"
)

// Choose returns the experiments of the suite that have a row whose whole id matches only (nil: all), in
// quick those of the quick suite. Of a chosen experiment all rows are measured and printed.
func Choose(suite []*Experiment, quick bool, only *regexp.Regexp) ([]*Experiment, error) {
	var out []*Experiment
	left := 0
	for _, e := range suite {
		if only != nil && !e.matches(only) {
			continue
		}
		if quick && !e.Quick {
			left++
			continue
		}
		out = append(out, e)
	}
	switch {
	case len(out) > 0:
		return out, nil
	case left > 0:
		return nil, fmt.Errorf("--only %s: the quick suite has no such row, the full one has", only)
	}
	return nil, fmt.Errorf("--only %s: no such row; hypersim validate --list shows all", only)
}

func (e *Experiment) matches(only *regexp.Regexp) bool {
	if only.MatchString(e.ID) {
		return true
	}
	for i := range e.Rows {
		if only.MatchString(e.FullID(&e.Rows[i])) {
			return true
		}
	}
	return false
}
