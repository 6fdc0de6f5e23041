package call

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/indexed"
)

// weather is a caller, some servers and a network that does to messages whatever it is drawn to do.
type weather struct {
	t    *rapid.T
	r    role
	s    []Strategy
	life uint32
	now  core.Instant
	wire []flight
	up   [servers]bool
	book []*known // of this life, by number
	id   uint64   // of the next call
}

const servers = 4 // numbered from 0; the caller is 9

// known is what a reader of the rules remembers of one call.
type known struct {
	s         *Strategy
	cancelled bool
	final     bool // nothing more may be sent for it
	began     core.Instant
	sent      int
	open      uint32 // number of the sending that waits for its answer
	ended     int
	unknown   bool
	seen      Codes
	last      *Answer // to the last sending, nil if none
	lateOnes  map[uint32]bool
}

// flight is a message on its way.
type flight struct {
	at   core.Instant
	m    core.Message
	call uint64 // what it is about
	life uint32 // of the caller
	try  uint32 // the sending that it answers or reports
}

func (w *weather) draw(name string, n int) int { return rapid.IntRange(0, n-1).Draw(w.t, name) }

func (w *weather) target(t *Ticket, _ int, _ core.NodeID) core.NodeID {
	if w.draw("nobody", 12) == 0 {
		return core.NoNode
	}
	return core.NodeID(w.draw("target", servers))
}

// called holds an outcome to what is known of its call.
func (w *weather) called(now core.Instant, o *Outcome) {
	k := w.book[o.Sub]
	k.ended++
	switch {
	case k.cancelled:
		w.t.Fatalf("call %d was cancelled and has an outcome", o.Sub)
	case k.ended > 1:
		w.t.Fatalf("call %d has ended %d times", o.Sub, k.ended)
	case o.Unknown != k.unknown || o.Seen != k.seen:
		w.t.Fatalf("call %d: unknown %v, seen %b; want %v, %b", o.Sub, o.Unknown, o.Seen, k.unknown, k.seen)
	case o.Code == CodeBusy && !o.Answered && k.s.Patient: // it waited too long to be made once more
	case o.Answered != (k.last != nil) || o.Answered && o.Code != k.last.Code || !o.Answered && o.Code != CodeInternal:
		w.t.Fatalf("call %d: %+v, last answer %+v", o.Sub, o, k.last)
	case o.Reply != nil && o.Reply.Head().Code != o.Code:
		w.t.Fatalf("call %d: code %v with another's reply", o.Sub, o.Code)
	case k.s.Attempts > 0 && o.Attempts > k.s.Attempts || o.Redirects > o.Attempts*k.s.Redirects || o.Attempts+o.Redirects != k.sent:
		w.t.Fatalf("call %d: %d attempts, %d redirects, %d sendings under %+v", o.Sub, o.Attempts, o.Redirects, k.sent, *k.s)
	case now > k.began.Add(k.longest()):
		w.t.Fatalf("call %d took %v", o.Sub, now.Sub(k.began))
	}
	if w.draw("and again", 6) == 0 {
		w.ask()
	}
}

// longest is when a call is over at the latest.
func (k *known) longest() core.Duration {
	if k.s.Attempts == 0 {
		return time.Hour
	}
	if k.s.Patient {
		return core.Duration(k.s.Attempts)*core.Duration(k.s.Redirects+1)*k.s.Timeout + core.Duration(k.s.Attempts)*k.s.Cap + 2*patience.Total
	}
	return core.Duration(k.s.Attempts) * (core.Duration(k.s.Redirects+1)*k.s.Timeout + max(k.s.Cap, busy))
}

const busy = 7 * time.Second // what servers ask for that have no time

// ask makes a new call.
func (w *weather) ask() {
	s := &w.s[w.draw("strategy", len(w.s))]
	w.book = append(w.book, &known{s: s, began: w.now, lateOnes: make(map[uint32]bool)})
	w.r.call(w.now, core.NodeID(w.draw("first", servers)), s, Ticket{Op: uint8(w.id % 2), Job: w.id % 3, Sub: uint64(len(w.book) - 1)})
	w.id++
}

// drain takes what the caller sent: each message may be lost, doubled, delayed beyond all deadlines, or fail.
func (w *weather) drain() {
	for i := range w.r.fx.Messages {
		m := w.r.fx.Messages[i]
		n := m.Body.(*question).N
		k := w.book[n]
		if k.cancelled || k.ended > 0 {
			if !k.cancelled {
				w.t.Fatalf("call %d goes on after its end", n)
			}
		} else if k.open != 0 {
			w.t.Fatalf("call %d has two sendings under way", n)
		} else if k.final {
			w.t.Fatalf("call %d sends after its last", n)
		}
		k.sent++
		k.open, k.last = m.Seq, nil
		for range 1 + w.draw("copies", 5)/4 {
			w.put(flight{m: m, call: n, try: m.Seq, life: w.life})
		}
	}
	w.r.fx.Reset()
}

// put lets f travel, or fail, or be lost.
func (w *weather) put(f flight) {
	f.at = w.now.Add(core.Duration([]int{0, 1, 20, 900, 4000, 15000}[w.draw("delay", 6)]) * time.Millisecond)
	switch w.draw("fate", 6) {
	case 0:
		return
	case 1:
		if f.m.From == 9 {
			f.m = core.Message{Kind: core.KindStreamFailed, Failed: f.m.Kind, From: 9, To: 9, Target: f.m.To, Seq: f.m.Seq}
		}
	}
	if f.m.Body != nil {
		core.Hold(f.m.Body)
	}
	w.wire = append(w.wire, f)
}

// arrive delivers the i-th message on the wire.
func (w *weather) arrive(i int) {
	f := w.wire[i]
	w.wire = slices.Delete(w.wire, i, i+1)
	w.now = max(w.now, f.at)
	if f.m.To == 9 {
		w.home(&f)
	} else if w.up[f.m.To] {
		w.serve(&f)
	}
	if f.m.Body != nil && f.life == w.life { // the shelf of an earlier life is gone
		w.r.fx.Bodies.Drop(f.m.Kind, f.m.Body)
	}
}

// serve lets a server answer: with any code, and with redirects in circles.
func (w *weather) serve(f *flight) {
	if n := f.m.Body.(*question).N; n != f.call {
		w.t.Fatalf("a request of call %d says %d", f.call, n)
	}
	a := Answer{Code: Code(w.draw("code", NumCodes))}
	switch a.Code {
	case CodeNotLeader:
		a.Leader = []core.NodeID{0, 1, 2, 3, 9, core.NoNode}[w.draw("leader", 6)]
	case CodeBusy:
		a.RetryAfter, a.Reason = busy, Reason(w.draw("reason", NumReasons))
	case CodeNoQuorum:
		a.Tried = w.draw("tried", 2) == 1
	}
	w.put(flight{m: core.Message{Kind: answer, From: f.m.To, To: 9, Seq: f.m.Seq, Body: &report{Answer: a}}, call: f.call, try: f.try, life: f.life})
}

// home hands the caller an answer or a notice, after noting what it must mean.
func (w *weather) home(f *flight) {
	if f.life != w.life {
		before := len(w.r.done) + len(w.r.late)
		if !w.r.c.Receive(w.now, &f.m, &w.r.fx) && f.m.Kind != core.KindStreamFailed || len(w.r.done)+len(w.r.late) != before {
			w.t.Fatal("an answer to an earlier process was taken")
		}
		return
	}
	k := w.book[f.call]
	if k.ended == 0 && !k.cancelled && k.open == f.try {
		k.open = 0
		if f.m.Kind == core.KindStreamFailed {
			k.unknown = true
		} else {
			a := f.m.Body.(*report).Answer
			k.last, k.seen, k.unknown = &a, k.seen|1<<a.Code, k.unknown || a.Tried
		}
	}
	late := len(w.r.late)
	w.r.c.Receive(w.now, &f.m, &w.r.fx)
	if len(w.r.late) > late {
		if k.s.Late == 0 || k.lateOnes[f.try] || f.m.Kind == core.KindStreamFailed {
			w.t.Fatalf("call %d: late answer to %d is handed over", f.call, f.try)
		}
		k.lateOnes[f.try] = true
	}
	w.drain()
}

// tick wakes the caller.
func (w *weather) tick(at core.Instant) {
	w.now = max(w.now, at)
	for _, k := range w.book { // what waits for an answer at its deadline has none
		if k.open != 0 && w.waited(k.open) {
			k.open, k.unknown = 0, true
		}
	}
	w.r.c.Wake(w.now, &w.r.fx)
	w.drain()
}

// waited reports whether the deadline of a sending has come.
func (w *weather) waited(seq uint32) bool {
	for i := range w.r.c.t.slab {
		if s := &w.r.c.t.slab[i]; s.phase == phaseAsked && s.seq == seq {
			return s.at <= w.now
		}
	}
	return false
}

// step is one thing that happens.
func (w *weather) step() {
	switch w.draw("what", 11) {
	case 0, 1:
		w.ask()
		w.drain()
	case 2:
		op, job := uint8(w.draw("op", 2)), uint64(w.draw("job", 3))
		w.cancel(op, job)
	case 3:
		w.last(uint8(w.draw("op", 2)), uint64(w.draw("job", 3)))
	case 4:
		w.up[w.draw("server", servers)] = w.draw("up", 3) > 0
	case 5:
		if w.draw("restart", 4) == 0 {
			w.restart()
		}
	default:
		w.next()
	}
	w.audit()
}

// cancel ends calls without a word.
func (w *weather) cancel(op uint8, job uint64) {
	n := 0
	for i := range w.r.c.t.slab {
		if s := &w.r.c.t.slab[i]; s.phase != phaseIdle && s.ticket.Op == op && s.ticket.Job == job {
			k := w.book[s.ticket.Sub]
			if s.phase != phaseLate {
				k.cancelled, k.open = true, 0
				n++
			}
		}
	}
	if got := w.r.c.Cancel(op, job); got != n {
		w.t.Fatalf("%d calls cancelled, want %d", got, n)
	}
}

// last lets calls send nothing more.
func (w *weather) last(op uint8, job uint64) {
	for i := range w.r.c.t.slab {
		if s := &w.r.c.t.slab[i]; s.phase != phaseIdle && s.phase != phaseLate && s.ticket.Op == op && s.ticket.Job == job {
			w.book[s.ticket.Sub].final = true
		}
	}
	w.r.c.Last(w.now, op, job)
}

// restart begins a new life: what the old one asked is nobody's.
func (w *weather) restart() {
	w.life++
	w.book = nil
	w.r.done, w.r.late, w.r.fx = nil, nil, core.Effects{}
	w.r.start(w.life + 1)
}

// next lets the next thing happen: a message arrives, out of order now and then, or a deadline comes.
func (w *weather) next() bool {
	first := -1
	for i := range w.wire {
		if first < 0 || w.wire[i].at < w.wire[first].at {
			first = i
		}
	}
	at, pending := w.r.c.Deadline()
	switch {
	case first >= 0 && (!pending || w.wire[first].at <= at):
		w.arrive(first)
	case pending:
		w.tick(at)
	default:
		return false
	}
	return true
}

// audit holds the table to itself.
func (w *weather) audit() {
	t := &w.r.c.t
	waiting, late := 0, 0
	for i := range t.slab {
		s, h := &t.slab[i], uint32(i+1)
		switch s.phase {
		case phaseAsked, phaseLate:
			waiting++
			if t.find(s.kind, s.seq, s.to) != h {
				w.t.Fatalf("slot %d waits and is not found", h)
			}
			if s.phase == phaseLate {
				late++
			}
		case phaseIdle:
			if !slices.Contains(t.idle, h) {
				w.t.Fatalf("slot %d is lost", h)
			}
			continue
		case phasePause, phaseOver, phaseBarred:
		}
		if t.heap[s.pos] != h || !indexed.Ordered(t, t.heap, int(s.pos)) {
			w.t.Fatalf("slot %d is not where it stands in the heap", h)
		}
	}
	open := 0
	for _, k := range w.book {
		if k.ended == 0 && !k.cancelled {
			open++
		}
	}
	if waiting != t.hash.Len() || late != t.late || w.r.c.Len() != open || len(t.heap)+len(t.idle) != len(t.slab) {
		w.t.Fatalf("%d waiting, %d hashed; %d late, %d counted; %d open, Len %d", waiting, t.hash.Len(), late, t.late, open, w.r.c.Len())
	}
}

// A call ends exactly once whatever the network does: loss, doubling, delay beyond all deadlines, reordering, restarts
// of either side, refusals of every kind, redirects in circles, failing streams, late answers, cancels.
func TestOneOutcome(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &weather{t: t, s: []Strategy{
			{Timeout: time.Second, Base: time.Second / 2, Cap: 5 * time.Second, Attempts: 1},
			{Timeout: 2 * time.Second, Base: time.Second / 2, Cap: 30 * time.Second, Attempts: 6, Jitter: JitterHalf, Redirects: 3, Late: 3 * time.Second},
			{Timeout: 5 * time.Second, Base: time.Second / 2, Cap: 30 * time.Second, Redirects: 1, Jitter: JitterEqual, Late: time.Second},
			{Timeout: time.Second, Attempts: 3, Jitter: JitterNone},
			{Timeout: 2 * time.Second, Base: time.Second / 2, Cap: 5 * time.Second, Attempts: 5, Redirects: 2, Patient: true},
		}}
		w.r.target, w.r.called = w.target, w.called
		for i := range w.up {
			w.up[i] = true
		}
		w.r.start(1)
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			w.step()
		}
		for range 20_000 { // the end: what is under way ends by itself
			if !w.next() {
				break
			}
		}
		for i, k := range w.book {
			if k.ended == 0 && !k.cancelled {
				t.Fatalf("call %d never ended", i)
			}
		}
	})
}
