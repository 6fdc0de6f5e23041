package claim

import (
	"fmt"
	"math"
)

// Limits returns the least and the largest allowed value; infinite where there is no bound.
func (c *Claim) Limits() (least, most float64) {
	least, most = math.Inf(-1), math.Inf(1)
	if c.Min != nil {
		least = *c.Min
	}
	if c.Max != nil {
		most = *c.Max
	}
	if c.Equals != nil {
		least, most = max(least, *c.Equals-c.Tolerance), min(most, *c.Equals+c.Tolerance)
	}
	return least, most
}

// slack forgives the rounding of sums and of decimal bounds, far below a nanosecond.
const slack = 1e-12

// Holds reports whether v meets the bounds; NaN does not.
func (c *Claim) Holds(v float64) bool {
	lo, hi := c.Limits()
	return v >= lo-slack*(1+math.Abs(lo)) && v <= hi+slack*(1+math.Abs(hi)) || v == lo || v == hi
}

// Margin is how far v lies inside of the bounds; negative outside.
func (c *Claim) Margin(v float64) float64 {
	lo, hi := c.Limits()
	return min(v-lo, hi-v)
}

// BoundText describes the bounds for a person.
func (c *Claim) BoundText() string {
	switch {
	case c.Equals != nil && c.Tolerance > 0:
		return fmt.Sprintf("= %s ± %s", number(*c.Equals), number(c.Tolerance))
	case c.Equals != nil:
		return "= " + number(*c.Equals)
	case c.Min != nil && c.Max != nil:
		return fmt.Sprintf("in [%s, %s]", number(*c.Min), number(*c.Max))
	case c.Min != nil:
		return ">= " + number(*c.Min)
	case c.Max != nil:
		return "<= " + number(*c.Max)
	}
	return ""
}

func number(v float64) string { return fmt.Sprintf("%.6g", v) }
