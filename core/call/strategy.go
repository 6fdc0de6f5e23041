package call

import (
	"math"

	"hypersim/core"
	"hypersim/core/rng"
)

// Jitter is how chance enters the pause between two attempts (spec 30 §9.1), e being base × 2^k, at most the cap.
type Jitter uint8

// Jitters.
const (
	JitterFull  Jitter = iota // u·e: independent callers
	JitterHalf                // e·U(0.5, 1.5): submissions (spec 20 §8.2)
	JitterEqual               // e/2 + u·e/2: a least pause is needed
	JitterNone                // e
	JitterChain               // from base to three times the pause before, base before the first: long chains ("decorrelated")
)

// Strategy says how long and how often a call is tried. It stands still while calls use it: roles make theirs once,
// from their configuration.
type Strategy struct {
	Timeout   core.Duration // of each sending, above 0
	Base, Cap core.Duration // of the pause before the next attempt; no pause is longer than Cap. Cap 0: no limit
	Attempts  int           // at most so many, the first included; 0: until Cancel, or until Target names nobody
	Jitter    Jitter
	Redirects int // NOT_LEADER is followed so often in one attempt; 0: it is a code like SYNCING

	// Budget pays for each further attempt after BUSY, and after nothing was heard; without any left the call ends with
	// what was said last. nil: nobody counts. It is the caller's, one for all calls that share it.
	Budget *Budget

	// Patient: the call waits with others for a server that this process asks too often, and no longer than the process has
	// Patience. It is for what servers count by who asks: requests of clients, and registrations (01-65).
	Patient bool

	// Ends are codes that end the call although they may pass: there is somebody else to ask.
	Ends Codes

	// Late is how long after its sending timed out an answer still goes to the Owner, if that is a Latecomer; 0: it is
	// ignored.
	Late core.Duration
}

// FJ is full jitter, as chapter 20 writes it: FJ(base, cap, n). Its zero value but for Timeout tries once.
type FJ struct {
	Timeout   core.Duration // of each sending
	Base, Cap core.Duration // of the pauses; Cap 0: no limit
	Retries   int           // after the first attempt; < 0: no end
	Patient   bool          // as in Strategy
}

// Strategy is f as calls use it.
func (f FJ) Strategy() Strategy {
	return Strategy{Timeout: f.Timeout, Base: f.Base, Cap: f.Cap, Attempts: f.Retries + 1, Jitter: JitterFull, Patient: f.Patient}
}

// Pause draws how long to wait after the k-th attempt, counted from 0, of which the pause before was prev, 0 before the first. It
// draws once, whatever the jitter.
func (s *Strategy) Pause(k int, prev core.Duration, draw *rng.Stream) core.Duration {
	return s.pause(k, prev, draw.Float64())
}

// pause is that for a draw of u in [0, 1).
func (s *Strategy) pause(k int, prev core.Duration, u float64) core.Duration {
	limit := s.Cap
	if limit == 0 {
		limit = math.MaxInt64
	}
	e := s.Base
	for ; k > 0 && e < limit; k-- {
		if e > math.MaxInt64/2 {
			e = limit
			break
		}
		e *= 2
	}
	e = min(e, limit)
	switch s.Jitter {
	case JitterFull:
		e = scale(e, u)
	case JitterHalf:
		e = scale(e, 0.5+u)
	case JitterEqual:
		e = e/2 + scale(e-e/2, u)
	case JitterNone:
	case JitterChain:
		most := max(s.Base, scale(max(prev, s.Base), 3))
		e = s.Base + scale(most-s.Base, u)
	}
	return min(e, limit)
}

// scale returns d × by, at most what a Duration holds.
func scale(d core.Duration, by float64) core.Duration {
	x := float64(float64(d) * by)
	if x >= math.MaxInt64 {
		return math.MaxInt64
	}
	return core.Duration(x)
}
