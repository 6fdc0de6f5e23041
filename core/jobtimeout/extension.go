package jobtimeout

import "hypersim/core"

// Tracker is what a manager knows of the extensions of one worker. The zero value has granted nothing.
type Tracker struct {
	N        int           // grants so far
	Total    core.Duration // of them
	progress float64       // as of the last grant
	done     uint64        // items, as of then
	counted  bool          // the worker counted items then
	denials  int           // in a row
	warned   bool
	used     bool // up: exhausted since
	since    core.Instant
	limited  bool // it has a deadline
	deadline core.Instant
	seq      uint32
	last     Grant
}

// Standing is how a manager holds the worker that asks.
type Standing uint8

// Standings.
const (
	StandingGood Standing = iota
	StandingSuspect
	StandingUnknown // not registered, DEAD or evicted
)

// Ask judges a request, and reports whether the worker is to be evicted. A repeat of the last request gets the recorded
// answer and changes nothing.
func (t *Tracker) Ask(now core.Instant, a *core.Ask, who Standing, c *Extension) (g Grant, evict bool) {
	if a.Seq <= t.seq {
		return t.last, false
	}
	t.seq = a.Seq
	switch {
	case who == StandingUnknown:
		g.Denial = DenialUnknownWorker
	case who == StandingSuspect:
		g.Denial, evict = DenialSuspect, t.denied(c)
	case t.N >= c.Max:
		evict = t.exhausted(now, c, &g)
	case t.N >= 1 && !t.grew(a):
		g.Denial, evict = DenialNoProgress, t.denied(c)
	default:
		t.grant(now, a, c, &g)
	}
	g.Remaining = uint8(max(0, c.Max-t.N))
	if int(g.Remaining) <= c.WarningAt && !t.warned {
		g.Warning, t.warned = true, true
	}
	t.last = g
	return g, evict
}

// denied counts a denial and reports whether it was one too many.
func (t *Tracker) denied(c *Extension) bool {
	t.denials++
	return t.denials >= c.EvictDenials
}

// exhausted denies a request beyond the last grant. The first one begins the grace.
func (t *Tracker) exhausted(now core.Instant, c *Extension, g *Grant) (evict bool) {
	g.Denial = DenialExhausted
	if !t.used {
		t.used, t.since = true, now
	}
	left := c.Grace - now.Sub(t.since)
	g.Grace, g.GraceRemaining = left > 0, max(0, left)
	return left <= 0
}

// grew reports whether there is strictly more progress than at the last grant: of items if both sides have them, else of
// the share.
func (t *Tracker) grew(a *core.Ask) bool {
	if t.counted && a.Total > 0 {
		return a.Done > t.done
	}
	return a.Progress > t.progress
}

func (t *Tracker) grant(now core.Instant, a *core.Ask, c *Extension, g *Grant) {
	g.Granted, g.Extension = true, max(c.MinGrant, c.Base>>(t.N+1))
	if !t.limited {
		t.limited, t.deadline = true, now.Add(c.Base)
	}
	t.deadline = max(t.deadline, now).Add(g.Extension)
	g.DeadlineIn = t.deadline.Sub(now)
	t.N++
	t.Total += g.Extension
	t.progress, t.done, t.counted, t.denials = a.Progress, a.Done, a.Total > 0, 0
}

// Deadline returns until when the worker may take; false if nothing was granted.
func (t *Tracker) Deadline() (core.Instant, bool) { return t.deadline, t.limited }

// Lateness says what the loop over deadlines makes of a worker.
type Lateness uint8

// Latenesses.
const (
	OnTime  Lateness = iota
	Overdue          // nothing new goes there
	Lost             // evict it
)

// Check judges the deadline.
func (t *Tracker) Check(now core.Instant, c *Extension) Lateness {
	switch {
	case !t.limited || now <= t.deadline:
		return OnTime
	case now.Sub(t.deadline) <= c.Late:
		return Overdue
	}
	return Lost
}

// Reset begins anew: the worker runs nothing, or needs no more time after growth. The number of its last request stays.
func (t *Tracker) Reset() { *t = Tracker{seq: t.seq, last: t.last} }

// Save writes into e what a successor needs to give the same answers (04-38).
func (t *Tracker) Save(e *WorkerExtension) {
	e.LastSeq, e.Grants, e.Total, e.Progress, e.Done, e.LastAnswer = t.seq, uint8(t.N), t.Total, t.progress, t.done, t.last
}

// Restore takes over what another manager knew so long ago, if that is newer. What was left of the worker's deadline then
// has gone on since (J33).
func (t *Tracker) Restore(now core.Instant, e *WorkerExtension, age core.Duration) {
	if e.LastSeq <= t.seq {
		return
	}
	*t = Tracker{seq: e.LastSeq, N: int(e.Grants), Total: e.Total, progress: e.Progress, done: e.Done, counted: e.Done > 0, last: e.LastAnswer}
	if e.Active {
		t.limited, t.deadline = true, now.Add(e.Left-age)
	}
}
