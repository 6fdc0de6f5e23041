package tune

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"hypersim/cmd/internal/batch"
	"hypersim/scenarios"
	"hypersim/scenarios/claim"
	"hypersim/scenarios/form"
	"hypersim/sim/metrics/words"
)

// Goal is what a search wants less of, or more of.
type Goal struct {
	Text string    `json:"objective"`
	Row  batch.Row `json:"-"`
	More bool      `json:"more_is_better"`
}

// loss is v as something that is to become small.
func (g *Goal) loss(v float64) float64 {
	if g.More {
		return -v
	}
	return v
}

// ParseGoal reads METRIC[:label=word][@stat] or expect:ID, behind min: or max: where neither the metric nor the expectation
// says which way is better.
func ParseGoal(text string) (g Goal, err error) {
	g.Text = text
	body, way := text, ""
	for _, w := range []string{"min:", "max:"} {
		if rest, ok := strings.CutPrefix(body, w); ok {
			body, way = rest, w
			break
		}
	}
	if g.Row, err = batch.ParseRow(body); err != nil {
		return g, fmt.Errorf("--objective %s: %w", text, err)
	}
	m, _ := words.Lookup(g.Row.Metric)
	switch better := m.Def().Better; {
	case way != "":
		g.More = way == "max:"
	case g.Row.Expect != "": // its bound tells, later
	case better == words.Higher:
		g.More = true
	case better != words.Lower:
		return g, fmt.Errorf("--objective %s: more of %s is neither good nor bad by itself: say min:%s or max:%s", text, g.Row.Metric, body, body)
	}
	return g, nil
}

// settle looks an expectation up, whose bound tells which way is better.
func (g *Goal) settle(claims []claim.Claim) error {
	if g.Row.Expect == "" {
		return nil
	}
	var ids []string
	for i := range claims {
		c := &claims[i]
		if ids = append(ids, c.ID); c.ID != g.Row.Expect {
			continue
		}
		if !strings.HasPrefix(g.Text, "min:") && !strings.HasPrefix(g.Text, "max:") {
			m, _ := words.Lookup(c.Metric)
			g.More = m.Def().Better == words.Higher
		}
		return nil
	}
	return fmt.Errorf("--objective %s: the scenario has no such expectation%s (has %s)", g.Text, form.DidYouMean(g.Row.Expect, ids), strings.Join(ids, ", "))
}

// Limit is a constraint: a value that may not be above, or below, a number or what the default gives.
type Limit struct {
	Text    string    `json:"constraint"`
	Row     batch.Row `json:"-"`
	AtLeast bool      `json:"at_least"`
	Default bool      `json:"of_default"`
	Factor  float64   `json:"factor"` // of the default's
	Number  float64   `json:"number"` // in the unit of the row, if not of the default
	span    string    // of an expectation, whose unit is not known yet: a duration
}

var (
	limitForm   = regexp.MustCompile(`^\s*(\S+?)\s*(<=|≤|>=|≥)\s*(\S.*?)\s*$`)
	defaultForm = regexp.MustCompile(`^default(?:\s*\*\s*(\S+)|\s*([+-])\s*(\S+)%)?$`)
)

// ParseLimit reads "ROW <= X": X is a number in the row's unit, a duration, default, default*1.1 or default+10%.
func ParseLimit(text string) (l Limit, err error) {
	wrong := func(format string, args ...any) (Limit, error) {
		return l, fmt.Errorf("--constraint %q: %s", text, fmt.Sprintf(format, args...))
	}
	m := limitForm.FindStringSubmatch(text)
	if m == nil {
		return wrong("must be METRIC <= X or METRIC >= X; X: a number, default, default*1.1, default+10%%")
	}
	l.Text, l.AtLeast, l.Factor = strings.TrimSpace(text), m[2] == ">=" || m[2] == "≥", 1
	if l.Row, err = batch.ParseRow(m[1]); err != nil {
		return wrong("%v", err)
	}
	if d := defaultForm.FindStringSubmatch(m[3]); d != nil {
		l.Default = true
		digits, scale := d[1], 1.0
		if d[3] != "" {
			digits, scale = d[2]+d[3], 0.01
		}
		if digits == "" {
			return l, nil
		}
		v, err := number(scenarios.SettingNumber, digits)
		if l.Factor = float64(v * scale); d[3] != "" {
			l.Factor++
		}
		if err != nil || l.Factor < 0 {
			return wrong("%q is no share of the default: default*1.1 or default+10%%", m[3])
		}
		return l, nil
	}
	if l.Number, err = number(scenarios.SettingNumber, m[3]); err == nil {
		return l, nil
	}
	l.Number, l.span = 0, m[3]
	if _, err := form.ParseDuration(m[3]); err != nil {
		return wrong("%q: must be a number, default, default*1.1 or default+10%%, or of times a duration", m[3])
	}
	if l.Row.Expect != "" {
		return l, nil
	}
	metric, _ := words.Lookup(l.Row.Metric)
	return l, l.in(metric.Def().Unit)
}

// in turns the duration of a limit into a number of that unit.
func (l *Limit) in(unit string) error {
	if l.span == "" {
		return nil
	}
	d, err := form.ParseDuration(l.span)
	switch {
	case err != nil:
		return err
	case unit == "ms":
		l.Number = float64(d) / 1e6
	case unit == "s":
		l.Number = d.Seconds()
	default:
		return fmt.Errorf("--constraint %q: %q is a duration, and %s is in %s", l.Text, l.span, l.Row, unit)
	}
	l.span = ""
	return nil
}

// over is by how much v is beyond the limit, base being the default's value, as a share of what is allowed; ≤ 0: it holds.
func (l *Limit) over(v, base float64) float64 {
	bound := l.bound(base)
	d := v - bound
	if l.AtLeast {
		d = -d
	}
	if math.IsNaN(d) {
		return math.Inf(1)
	}
	if s := math.Abs(bound); s > 0 {
		d /= s
	}
	return d
}

func (l *Limit) bound(base float64) float64 {
	if l.Default {
		return float64(base * l.Factor)
	}
	return l.Number
}

// goalsMax is how many objectives make a front that a person can read.
const goalsMax = 3

// parseGoals reads objectives and constraints; everything wrong with any of them is one error.
func parseGoals(objectives, constraints []string, claims []claim.Claim) (goals []Goal, limits []Limit, err error) {
	var bad []error
	if n := len(objectives); n == 0 || n > goalsMax {
		bad = append(bad, errors.New("--objective: one, or two or three for a front; "+strconv.Itoa(n)+" are given"))
	}
	seen := map[batch.Row]bool{}
	for _, text := range objectives {
		g, err := ParseGoal(text)
		if err == nil {
			err = g.settle(claims)
		}
		if err == nil && seen[g.Row] {
			err = fmt.Errorf("--objective %s: it is given twice", text)
		}
		seen[g.Row] = true
		goals, bad = append(goals, g), append(bad, err)
	}
	for _, text := range constraints {
		l, err := ParseLimit(text)
		if err == nil && l.Row.Expect != "" {
			g := Goal{Text: l.Row.String(), Row: l.Row}
			if err = g.settle(claims); err != nil {
				err = fmt.Errorf("--constraint %q: the scenario has no such expectation", text)
			}
			for i := range claims {
				if err == nil && claims[i].ID == l.Row.Expect {
					err = l.in(claims[i].Unit)
				}
			}
		}
		limits, bad = append(limits, l), append(bad, err)
	}
	return goals, limits, errors.Join(bad...)
}
