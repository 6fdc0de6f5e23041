package network

import (
	"errors"
	"fmt"

	"hypersim/core"
)

// maxDelay bounds every drawn delay (36 years), so that sums of a few of them cannot overflow.
const maxDelay core.Duration = 1 << 60

const (
	maxBase       = 24 * 3600e9 // a day; beyond it the matrix is in the wrong unit
	maxBitsPerSec = 1e15
)

// validate reports every fault of c at once.
func (c *Config) validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if len(c.Site) == 0 {
		bad("no nodes")
	}
	if c.Sites < 1 || c.Sites > 1<<16 {
		bad("sites: %d, must be 1 to 65536", c.Sites)
	}
	for i, s := range c.Site {
		if int(s) >= c.Sites {
			bad("node %d is at site %d of %d", i, s, c.Sites)
			break
		}
	}
	if c.PerNode && len(c.Site) > 1<<16 {
		bad("a matrix per node takes at most 65536 nodes, have %d", len(c.Site))
	}
	if err := checkBase(c.Base, c.places()); err != nil {
		errs = append(errs, err)
	}
	errs = append(errs, c.Intra.validate("intra"), c.Inter.validate("inter"))
	for _, l := range c.Links {
		name := fmt.Sprintf("link %d→%d", l.From, l.To)
		if int(l.From) >= c.Sites || int(l.To) >= c.Sites {
			bad("%s: there are only %d sites", name, c.Sites)
		}
		errs = append(errs, l.Link.validate(name))
	}
	if len(c.Keys) != 0 && len(c.Keys) != len(c.Site) || len(c.PlaceKeys) != 0 && len(c.PlaceKeys) != c.places() {
		bad("%d keys of %d nodes and %d of %d rows", len(c.Keys), len(c.Site), len(c.PlaceKeys), c.places())
	}
	if len(c.Egress) != 0 && len(c.Egress) != len(c.Site) {
		bad("egress of %d nodes given for %d", len(c.Egress), len(c.Site))
	}
	for i, e := range c.Egress {
		if e.BitsPerSec < 0 || e.BitsPerSec > maxBitsPerSec || e.QueueBytes < 0 {
			bad("egress of node %d: %d bit/s and %d bytes, must not be negative nor above 1e15 bit/s", i, e.BitsPerSec, e.QueueBytes)
		}
	}
	s := c.Stream
	if s.RTOMin <= 0 || s.RTOMax < s.RTOMin || s.RTOMax > maxBase || s.IdleClose <= 0 {
		bad("stream: timeouts %v to %v and idle close %v, need 0 < rto_min ≤ rto_max ≤ 24h and idle_close > 0", s.RTOMin, s.RTOMax, s.IdleClose)
	}
	return errors.Join(errs...)
}

func (c *Config) places() int {
	if c.PerNode {
		return len(c.Site)
	}
	return c.Sites
}

func checkBase(base []core.Duration, n int) error {
	if len(base) != n*n {
		return fmt.Errorf("base matrix has %d values, want %d×%d", len(base), n, n)
	}
	for i, d := range base {
		if d < 0 || d > maxBase {
			return fmt.Errorf("base delay %d→%d is %v, must be 0 to 24h", i/n, i%n, d)
		}
	}
	return nil
}

func (l *Link) validate(name string) error {
	var errs []error
	prob := func(key string, p float64) {
		if !(p >= 0 && p <= 1) {
			errs = append(errs, fmt.Errorf("%s: %s is %v, must be a probability", name, key, p))
		}
	}
	prob("duplicate", l.Duplicate)
	prob("reorder.p", l.Reorder.P)
	prob("corrupt", l.Corrupt)
	prob("loss.p", l.Loss.P)
	prob("loss.p_gb", l.Loss.PGB)
	prob("loss.p_bg", l.Loss.PBG)
	prob("loss.loss_good", l.Loss.LossGood)
	prob("loss.loss_bad", l.Loss.LossBad)
	if l.Loss.Model > LossGilbertElliott {
		errs = append(errs, fmt.Errorf("%s: unknown loss model %d", name, l.Loss.Model))
	}
	if l.MTU < 0 {
		errs = append(errs, fmt.Errorf("%s: mtu is %d bytes", name, l.MTU))
	}
	for i := range l.Drifts {
		if err := l.Drifts[i].validate(); err != nil {
			errs = append(errs, fmt.Errorf("%s: drift %d: %w", name, i, err))
		}
	}
	return errors.Join(errs...)
}
