package judge

// What a sweep needs of an expectation to judge what several runs say together.

// Holds reports whether v meets the bounds; NaN does not.
func (e *Expectation) Holds(v float64) bool { return e.holds(v) }

// Margin is how far v lies inside of the bounds; negative outside.
func (e *Expectation) Margin(v float64) float64 { return e.margin(v) }

// Limits returns the least and the largest allowed value; infinite where there is no bound.
func (e *Expectation) Limits() (least, most float64) { return e.limits() }

// BoundText describes the bounds for a person.
func (e *Expectation) BoundText() string { return e.bound() }

// StatName returns the statistic, with its default filled in.
func (e *Expectation) StatName() string { return e.stat() }

// Censors reports whether what never came changes the statistic, beyond failing what must hold of each.
func (e *Expectation) Censors() bool { return censors(e.stat()) }

// Least returns the fewest observations that a judgement needs.
func (e *Expectation) Least() int { return e.needs() }
