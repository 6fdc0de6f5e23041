package routing

import (
	"math"

	"hypersim/core"
	"hypersim/core/job"
)

// Record is a decision with all that it rests on (spec 30 §4.11). Its candidates stand in the order in which they are
// to be tried, and behind them those that are excluded.
type Record struct {
	ID         uint64
	At         core.Instant
	Job        job.ID
	Gate       core.NodeID
	Trigger    Trigger
	Mode       Mode
	Unroutable Unroutable
	Reason     Reason
	Switched   bool
	Before     Class // class that the choice had when it was made, or last
	Best       Class // the primary class
	Worst      Class // of all targets
	Requested  int32
	Drawn      int32 // among so many the first one was drawn; 0: it was not
	Previous   int32 // site of the choice before, −1: none
	Incumbent  float64
	BestScore  float64 // of the first of the primary class
	Baseline   float64 // of the choice before, after this look
	Since      core.Instant
	Worse      core.Instant // since when the choice before was too much worse, core.Never: it was not
	HoldDown   core.Duration
	Primary    []uint16
	Extended   []uint16
	Fallback   []uint16
	Preferred  []uint16
	Candidates []Candidate

	prev uint64 // of the same job
}

// Improvement is how much better the best was than the choice before, 0 where there was none.
func (r *Record) Improvement() float64 {
	if r.Incumbent == 0 {
		return 0
	}
	return 1 - r.BestScore/r.Incumbent
}

// Find returns what the decision knew of a datacenter, nil if it is not among its own.
func (r *Record) Find(site uint16) *Candidate {
	for i := range r.Candidates {
		if r.Candidates[i].Site == site {
			return &r.Candidates[i]
		}
	}
	return nil
}

// reset empties r and keeps its memory.
func (r *Record) reset() {
	*r = Record{Primary: r.Primary[:0], Extended: r.Extended[:0], Fallback: r.Fallback[:0], Preferred: r.Preferred[:0], Candidates: r.Candidates[:0]}
}

func (r *Record) choice() Choice {
	return Choice{Decision: r.ID, Primary: r.Primary, Extended: r.Extended, Fallback: r.Fallback, Unroutable: r.Unroutable, Switched: r.Switched}
}

// Digest is a hash of everything that r says.
func (r *Record) Digest() uint64 {
	h := core.Mix(uint64(r.Job), uint64(r.At))
	for _, v := range [...]uint64{
		r.ID, uint64(r.Gate), uint64(r.Trigger), uint64(r.Mode), uint64(r.Unroutable), uint64(r.Reason), bit(r.Switched), uint64(r.Before), uint64(r.Best), uint64(r.Worst),
		uint64(r.Requested), uint64(r.Drawn), uint64(r.Previous), math.Float64bits(r.Incumbent), math.Float64bits(r.BestScore), math.Float64bits(r.Baseline),
		uint64(r.Since), uint64(r.Worse), uint64(r.HoldDown), uint64(len(r.Primary)), uint64(len(r.Extended)), uint64(len(r.Fallback)),
	} {
		h = core.Mix(h, v)
	}
	for _, s := range r.Preferred {
		h = core.Mix(h, uint64(s))
	}
	for i := range r.Candidates {
		h = r.Candidates[i].digest(h)
	}
	return h
}

func (c *Candidate) digest(h uint64) uint64 {
	for _, v := range [...]uint64{
		uint64(c.Site), uint64(c.Class), uint64(c.Why), uint64(c.Verdict), uint64(c.Exclusion), bit(c.Coordinate), bit(c.Preferred), bit(c.ByScore),
		uint64(c.Managers), uint64(c.Open), uint64(c.Usable), uint64(c.Rank), uint64(c.Available), uint64(c.Total), uint64(c.Reserved), uint64(c.Queue),
		uint64(c.Leader), uint64(c.CoolingLeft),
	} {
		h = core.Mix(h, v)
	}
	for _, v := range [...]float64{c.LHM, c.RTT, c.Quality, c.Util, c.QueueNorm, c.Breakers, c.Load, c.Doubt, c.Preference, c.Cool, c.Raw, c.Score} {
		h = core.Mix(h, math.Float64bits(v))
	}
	return h
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// ledger holds the last decisions of a gate.
type ledger struct {
	ring  []*Record
	draft *Record // of the decision under way
	n     uint64  // decisions recorded
}

func newLedger(size int) ledger { return ledger{ring: make([]*Record, size), draft: new(Record)} }

// keep records the draft as the next decision and makes an older one, or a new one, the draft.
func (l *ledger) keep() *Record {
	l.n++
	r := l.draft
	r.ID = l.n
	at := &l.ring[(l.n-1)%uint64(len(l.ring))]
	if l.draft = *at; l.draft == nil {
		l.draft = new(Record)
	}
	*at = r
	return r
}

// find returns the decision of an id, nil if it is no longer there.
func (l *ledger) find(id uint64) *Record {
	if id == 0 || id > l.n || l.n-id >= uint64(len(l.ring)) {
		return nil
	}
	return l.ring[(id-1)%uint64(len(l.ring))]
}

func (l *ledger) memoryBytes() int {
	n := 8*cap(l.ring) + recordBytes + l.draft.memoryBytes()
	for _, r := range l.ring {
		if r != nil {
			n += recordBytes + r.memoryBytes()
		}
	}
	return n
}

func (r *Record) memoryBytes() int {
	return 2*(cap(r.Primary)+cap(r.Extended)+cap(r.Fallback)+cap(r.Preferred)) + candidateBytes*cap(r.Candidates)
}
