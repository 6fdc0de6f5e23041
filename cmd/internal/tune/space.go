package tune

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"hypersim/core"
	"hypersim/core/xmath"
	"hypersim/scenarios"
	"hypersim/scenarios/form"
)

// Param is one dimension of the search.
type Param struct {
	Key     string                `json:"key"`
	Kind    scenarios.SettingKind `json:"kind"`
	Low     float64               `json:"low"` // of numbers; of durations in s
	High    float64               `json:"high"`
	Log     bool                  `json:"log,omitempty"` // equal ratios are equal steps
	Values  []string              `json:"values,omitempty"`
	Default string                `json:"default"`
}

// digits that a value of a continuous parameter keeps: more would claim what no search finds.
const digits = 3

// Cells is how many values the parameter has, 0: it is continuous.
func (p *Param) Cells() int {
	switch {
	case p.Values != nil:
		return len(p.Values)
	case p.Kind == scenarios.SettingWhole && !p.Log:
		return int(p.High-p.Low) + 1
	}
	return 0
}

// At returns the value at u in [0, 1], as a file has it.
func (p *Param) At(u float64) string {
	u = min(max(u, 0), 1)
	if n := p.Cells(); n > 0 {
		i := min(int(u*float64(n)), n-1)
		if p.Values != nil {
			return p.Values[i]
		}
		return strconv.Itoa(int(p.Low) + i)
	}
	v := p.Low + float64(u*(p.High-p.Low))
	if p.Log {
		v = xmath.Exp(xmath.Log(p.Low) + float64(u*(xmath.Log(p.High)-xmath.Log(p.Low))))
	}
	if p.Kind == scenarios.SettingWhole {
		return strconv.Itoa(int(min(max(math.Round(v), p.Low), p.High)))
	}
	v = min(max(rounded(v), p.Low), p.High)
	if p.Kind == scenarios.SettingDuration {
		return form.FormatDuration(core.Seconds(v))
	}
	s := form.Number(v)
	if !strings.Contains(s, ".") { // a whole number would be one
		s += ".0"
	}
	return s
}

func rounded(v float64) float64 {
	x, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if err != nil {
		return v
	}
	return x
}

// Of returns where in [0, 1] a value lies; ok is false where it is none of the parameter's.
func (p *Param) Of(text string) (u float64, ok bool) {
	if p.Values != nil {
		i := slices.IndexFunc(p.Values, func(v string) bool { return same(p.Kind, v, text) })
		return (float64(i) + 0.5) / float64(len(p.Values)), i >= 0
	}
	v, err := p.number(text)
	if err != nil {
		return 0.5, false
	}
	ok = v >= p.Low && v <= p.High
	v = min(max(v, p.Low), p.High)
	switch n := p.Cells(); {
	case n > 0:
		return (v - p.Low + 0.5) / float64(n), ok
	case p.Log:
		return (xmath.Log(v) - xmath.Log(p.Low)) / (xmath.Log(p.High) - xmath.Log(p.Low)), ok
	}
	return (v - p.Low) / (p.High - p.Low), ok
}

func (p *Param) number(text string) (float64, error) { return number(p.Kind, text) }

func number(kind scenarios.SettingKind, text string) (float64, error) {
	switch kind {
	case scenarios.SettingDuration:
		d, err := form.ParseDuration(text)
		return d.Seconds(), err
	case scenarios.SettingWhole:
		n, err := strconv.ParseInt(text, 10, 53)
		return float64(n), err
	default: // the rest is written as a number
	}
	v, err := strconv.ParseFloat(text, 64)
	if err == nil && (math.IsNaN(v) || math.IsInf(v, 0)) {
		err = errors.New("it is no finite number")
	}
	return v, err
}

func same(kind scenarios.SettingKind, a, b string) bool {
	x, err1 := number(kind, a)
	y, err2 := number(kind, b)
	return a == b || err1 == nil && err2 == nil && x == y
}

// Spec is a parameter as somebody wrote it: KEY, KEY=a,b,c or KEY=LOW..HIGH[:log].
type Spec struct {
	Key       string
	Low, High string
	Log       bool
	Values    []string
}

// ParseSpec reads a parameter. Whether its key exists and the values fit is another matter: see Resolve.
func ParseSpec(text string) (s Spec, err error) {
	key, rest, given := strings.Cut(text, "=")
	if s.Key = strings.TrimSpace(key); s.Key == "" {
		return s, fmt.Errorf("--param %q: must be KEY, KEY=LOW..HIGH, KEY=LOW..HIGH:log or KEY=a,b,c", text)
	}
	if !given {
		return s, nil
	}
	rest = strings.TrimSpace(rest)
	rest, s.Log = strings.CutSuffix(rest, ":log")
	if lo, hi, is := strings.Cut(rest, ".."); is {
		s.Low, s.High = strings.TrimSpace(lo), strings.TrimSpace(hi)
		if s.Low == "" || s.High == "" || strings.Contains(s.High, "..") {
			return s, fmt.Errorf("--param %s: %q must be LOW..HIGH", s.Key, rest)
		}
		return s, nil
	}
	if s.Log {
		return s, fmt.Errorf("--param %s: :log goes with LOW..HIGH", s.Key)
	}
	for i, v := range strings.Split(rest, ",") {
		if v = strings.TrimSpace(v); v == "" {
			return s, fmt.Errorf("--param %s: value %d of %q is empty", s.Key, i+1, rest)
		}
		s.Values = append(s.Values, v)
	}
	if len(s.Values) < 2 {
		return s, fmt.Errorf("--param %s: %q is one value; LOW..HIGH is a range, a,b,c a list", s.Key, rest)
	}
	return s, nil
}

// paramsMax and cellsMax bound a space; who needs more does not want a search.
const (
	paramsMax = 32
	cellsMax  = 100_000
)

// Resolve looks the parameters up in a scenario. Everything wrong with any of them is one error.
func Resolve(sc *scenarios.Scenario, specs []Spec) ([]Param, error) {
	var out []Param
	var bad []error
	if len(specs) == 0 {
		bad = append(bad, errors.New("--param: at least one is needed, such as protocol.suspicion.min=2s..20s:log"))
	}
	if len(specs) > paramsMax {
		bad = append(bad, fmt.Errorf("--param: %d of them, at most %d", len(specs), paramsMax))
	}
	seen := map[string]bool{}
	for _, s := range specs {
		p, err := s.resolve(sc)
		if err == nil && seen[s.Key] {
			err = errors.New("it is given twice")
		}
		seen[s.Key] = true
		if err != nil {
			bad = append(bad, fmt.Errorf("--param %s: %w", s.Key, err))
			continue
		}
		out = append(out, *p)
	}
	return out, errors.Join(bad...)
}

func (s *Spec) resolve(sc *scenarios.Scenario) (*Param, error) {
	set, err := scenarios.SettingOf(sc, s.Key)
	if err != nil {
		return nil, err
	}
	p := &Param{Key: s.Key, Kind: set.Kind, Log: s.Log, Default: set.Value, Values: s.Values}
	switch {
	case s.Values == nil && s.Low == "":
		return p, p.whole(set)
	case s.Values != nil:
		return p, p.listed(set)
	}
	if set.Words != nil {
		return nil, fmt.Errorf("%s..%s: it has no range, it is one of %s", s.Low, s.High, strings.Join(set.Words, ", "))
	}
	var bad []error
	for _, end := range []struct {
		text string
		to   *float64
	}{{s.Low, &p.Low}, {s.High, &p.High}} {
		*end.to, err = p.number(end.text)
		switch {
		case err != nil:
			bad = append(bad, fmt.Errorf("%q: must be a %s", end.text, p.Kind))
		case !set.Interval.Has(*end.to):
			bad = append(bad, fmt.Errorf("%s: %s", end.text, set.Interval.Text(show(p.Kind))))
		}
	}
	if err := errors.Join(bad...); err != nil {
		return nil, err
	}
	return p, p.check()
}

func show(kind scenarios.SettingKind) func(float64) string {
	if kind == scenarios.SettingDuration {
		return form.ShowSeconds
	}
	return form.Number
}

// whole takes all values that the schema allows.
func (p *Param) whole(set *scenarios.Setting) error {
	switch in := set.Interval; {
	case set.Words != nil:
		p.Values = set.Words
		return nil
	case math.IsInf(in.Lo, 0) || math.IsInf(in.Hi, 0) || in.LoOpen || in.HiOpen:
		return fmt.Errorf("it %s, which is no range to search: say LOW..HIGH", in.Text(show(p.Kind)))
	default:
		p.Low, p.High = in.Lo, in.Hi
		return p.check()
	}
}

func (p *Param) listed(set *scenarios.Setting) error {
	var bad []error
	for i, v := range p.Values {
		if slices.ContainsFunc(p.Values[:i], func(o string) bool { return same(p.Kind, o, v) }) {
			bad = append(bad, fmt.Errorf("%s is listed twice", v))
		}
		if set.Words != nil {
			if !slices.Contains(set.Words, v) {
				bad = append(bad, fmt.Errorf("%q: must be %s%s", v, form.OneOf(set.Words), form.DidYouMean(v, set.Words)))
			}
			continue
		}
		x, err := p.number(v)
		switch {
		case err != nil:
			bad = append(bad, fmt.Errorf("%q: must be a %s", v, p.Kind))
		case !set.Interval.Has(x):
			bad = append(bad, fmt.Errorf("%s: %s", v, set.Interval.Text(show(p.Kind))))
		}
	}
	return errors.Join(bad...)
}

// check holds a range to what a search can do with it.
func (p *Param) check() error {
	switch {
	case p.Low >= p.High:
		return fmt.Errorf("%s..%s: the low end must be below the high one", show(p.Kind)(p.Low), show(p.Kind)(p.High))
	case p.Log && p.Low <= 0:
		return fmt.Errorf("%s: a logarithmic range begins above 0", show(p.Kind)(p.Low))
	case p.Kind == scenarios.SettingWhole && !p.Log && p.High-p.Low >= cellsMax:
		return fmt.Errorf("more than %d values; :log takes wide steps where they are large", cellsMax)
	}
	return nil
}

// Space is all parameters of a search.
type Space []Param

// Decode returns the values at a point of the unit cube.
func (s Space) Decode(u []float64) []string {
	out := make([]string, len(s))
	for i := range s {
		out[i] = s[i].At(u[i])
	}
	return out
}

// Start is the point at which the defaults lie, or nearest to them.
func (s Space) Start() []float64 {
	u := make([]float64, len(s))
	for i := range s {
		var ok bool
		if u[i], ok = s[i].Of(s[i].Default); !ok && s[i].Values != nil {
			u[i] = 0.5
		}
	}
	return u
}

// has reports whether the defaults, which lie at u, are a point of the space.
func (s Space) has(u []float64) bool {
	for i := range s {
		if !same(s[i].Kind, s[i].At(u[i]), s[i].Default) {
			return false
		}
	}
	return true
}

// Sets returns a point as the changes of a scenario.
func (s Space) Sets(values []string) []string {
	out := make([]string, len(s))
	for i := range s {
		out[i] = s[i].Key + "=" + values[i]
	}
	return out
}

// Size is how many points a finite space has; 0: it is infinite, or has, with the default, more than most.
func (s Space) Size(most int) int {
	if !s.has(s.Start()) {
		most--
	}
	n := 1
	for i := range s {
		c := s[i].Cells()
		if c == 0 {
			return 0
		}
		if n *= c; n > most {
			return 0
		}
	}
	return n
}
