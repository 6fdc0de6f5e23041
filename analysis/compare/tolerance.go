package compare

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"hypersim/sim/metrics/words"
)

// Tolerances are the default of every metric with what a user changed.
type Tolerances struct {
	all *Tolerance
	own map[string]Tolerance
}

// Set reads "metric=5%", "metric=0.2" (in the metric's unit), "metric=200ms" for times; "5%" is for
// all metrics.
func (t *Tolerances) Set(text string) error {
	name, value, named := strings.Cut(text, "=")
	if !named {
		value = name
	}
	v, err := parseTolerance(strings.TrimSpace(value))
	if err != nil {
		return fmt.Errorf("tolerance %q: %w", text, err)
	}
	if !named {
		if !strings.HasSuffix(strings.TrimSpace(value), "%") {
			return fmt.Errorf("tolerance %q: for all metrics it must be a share such as 5%%; name one for an amount", text)
		}
		t.all = &v
		return nil
	}
	name = strings.TrimSpace(name)
	if _, ok := words.Lookup(name); !ok {
		return fmt.Errorf("tolerance %q: no metric %q", text, name)
	}
	if t.own == nil {
		t.own = map[string]Tolerance{}
	}
	t.own[name] = v
	return nil
}

func parseTolerance(s string) (Tolerance, error) {
	bad := fmt.Errorf("must be a share such as 5%%, an amount such as 0.2, or a time such as 200ms, not below 0")
	text, share := strings.CutSuffix(s, "%")
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !share {
		d, err2 := time.ParseDuration(s)
		v, err = d.Seconds(), err2
	}
	switch {
	case err != nil || !(v >= 0) || math.IsInf(v, 0):
		return Tolerance{}, bad
	case share:
		return Tolerance{Share: v / 100}, nil
	}
	return Tolerance{Amount: v}, nil
}

func (t *Tolerances) of(metric, unit string) Tolerance {
	if v, ok := t.own[metric]; ok {
		return v
	}
	if t.all != nil {
		return *t.all
	}
	return DefaultTolerance(unit)
}
