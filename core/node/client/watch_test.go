package client

import (
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// Spec 20 §5.8, client row: a job is an orphan 10 s after the last word, within a check of 2 s; from 15 s later on every
// gate is asked in turn, every 5 to 6 s.
func TestOrphanTimes(t *testing.T) {
	b := with(t, 3)
	id := b.accepted(0)
	b.until(20 * sec)
	x := b.c.jobs[id]
	if x.orphan < 10*sec || x.orphan > 12*sec || x.contact != 0 {
		t.Errorf("an orphan since %v", x.orphan)
	}
	b.until(x.orphan + 20*sec)
	b.of(core.KindPing)
	from := b.now
	b.until(from + 60*sec)
	var to []core.NodeID
	for _, m := range b.of(core.KindJobStatusRequest) {
		to = append(to, m.To)
	}
	if len(to) < 5 || len(to) > 13 {
		t.Errorf("asked %v in a minute", to)
	}
	for i := range to {
		if i >= 3 && to[i] != to[i-3] {
			t.Errorf("not in turn: %v", to)
			break
		}
	}
	b.say(0, core.KindJobStatusPush, status(id, 1, 1, job.StateRunning))
	if x.orphan != core.Never || !slices.Equal(b.facts(core.JobFactOrphan), []uint8{orphanMarked, orphanLed}) {
		t.Errorf("a word leaves it an orphan: %v", b.facts(core.JobFactOrphan))
	}
}

// 04-42, with what chapter 40 allows: when a job is lost.
func TestJobLost(t *testing.T) {
	const knows, denies, silent = 1, 2, 3
	for _, x := range []struct {
		what        string
		gate        func(g core.NodeID, at core.Instant) int
		first, last int // s: lost between, last = 0: not within 400 s
	}{
		{"all deny it", func(core.NodeID, core.Instant) int { return denies }, 120, 125},
		{"all deny it, one is silent", func(g core.NodeID, _ core.Instant) int {
			if g == 2 {
				return silent
			}
			return denies
		}, 120, 125},
		{"denied within 15 s only, then cut off", func(_ core.NodeID, at core.Instant) int {
			if at < 15*sec {
				return denies
			}
			return silent
		}, 0, 0},
		{"cut off", func(core.NodeID, core.Instant) int { return silent }, 0, 0},
		{"cut off for 200 s, then nobody knows it", func(_ core.NodeID, at core.Instant) int {
			if at < 200*sec {
				return silent
			}
			return denies
		}, 205, 230},
		{"cut off for 200 s, then one of three knows it", func(g core.NodeID, at core.Instant) int {
			switch {
			case at < 200*sec:
				return silent
			case g == 1:
				return knows
			}
			return denies
		}, 0, 0},
		{"one of three knows it, and does not lead it", func(g core.NodeID, _ core.Instant) int {
			if g == 2 {
				return knows
			}
			return denies
		}, 0, 0},
		{"one knows it for 100 s", func(g core.NodeID, at core.Instant) int {
			if g == 2 && at < 100*sec {
				return knows
			}
			return denies
		}, 190, 225},
	} {
		b := with(t, 3)
		id := b.accepted(0)
		b.reply = func(m *core.Message) (core.Kind, core.Body) {
			s := &job.GlobalStatus{}
			s.JobLeader = core.NoNode
			switch x.gate(m.To, b.now) {
			case knows:
				s.Answer = call.NotLeader(core.NoNode)
			case denies:
				s.Code = call.CodeUnknownJob
			default:
				return 0, nil
			}
			return core.KindGlobalJobStatus, s
		}
		lost := 0
		for at := 1; at <= 400 && lost == 0; at++ {
			if b.until(core.Instant(at) * sec); b.c.State(id) == job.LocalLost {
				lost = at
			}
		}
		if x.last == 0 && lost != 0 || x.last != 0 && (lost < x.first || lost > x.last) {
			t.Errorf("%s: lost at %d s", x.what, lost)
		}
		if lost == 0 {
			continue
		}
		b.result(1, id, 7, job.StateCompleted)
		b.result(2, id, 8, job.StateCompleted)
		if n := b.facts(core.JobFactLate); len(b.facts(core.JobFactOutcome)) != 1 || len(n) != 1 || n[0] != uint8(job.StateCompleted) {
			t.Errorf("%s: outcomes %v, later %v", x.what, b.facts(core.JobFactOutcome), n)
		}
		b.until(b.now + 3700*sec)
		if b.c.Entries() != 0 {
			t.Errorf("%s: %d entries are left", x.what, b.c.Entries())
		}
	}
}

// servers answer polls half a round trip later, and let one request in at a time, so far apart; they are silent until a given time.
type servers struct {
	*bench
	apart, trip core.Duration
	silent      core.Instant // until then
	leads       map[job.ID]core.NodeID
	let         map[core.NodeID]core.Instant
	heard       map[job.ID]core.Instant // from whoever leads it
	longest     core.Duration           // without that, after the silence
	asked       []core.Instant
	way         []passing
}

// passing is a request on its way, or the answer to it.
type passing struct {
	at      core.Instant
	request core.Message
	answer  *job.GlobalStatus
}

func (s *servers) until(at core.Instant) {
	for {
		for _, m := range s.of(core.KindJobStatusRequest) {
			s.asked = append(s.asked, s.now)
			s.way = append(s.way, passing{at: s.now.Add(s.trip / 2), request: m})
		}
		next := passing{at: core.Never}
		if len(s.way) > 0 { // all take as long: the first is the next
			next = s.way[0]
		}
		wake, ok := s.c.Deadline()
		if !ok {
			wake = core.Never
		}
		switch {
		case min(next.at, wake) > at:
			s.now = at
			return
		case wake < next.at:
			s.now = max(s.now, wake)
			s.step(func() { s.c.Wake(s.now, &s.fx) })
			continue
		}
		s.way, s.now = s.way[1:], max(s.now, next.at)
		if next.answer != nil {
			s.answer(&next.request, core.KindGlobalJobStatus, next.answer)
		} else if s.now >= s.silent {
			s.way = append(s.way, passing{s.now.Add(s.trip / 2), next.request, s.serve(next.request.To, next.request.Body.(*job.StatusRequest).Job)})
		}
	}
}

func (s *servers) serve(at core.NodeID, id job.ID) *job.GlobalStatus {
	a := &job.GlobalStatus{Status: job.Status{Job: id, Site: job.NoSite, Epoch: 1, State: job.StateRunning}, JobLeader: core.NoNode}
	last, asked := s.let[at]
	if since := s.now.Sub(last); asked && since < s.apart {
		a.Answer = call.Busy(s.apart-since, call.ReasonRate)
		return a
	}
	s.let[at] = s.now
	if at != s.leads[id] {
		a.Answer = call.NotLeader(s.leads[id])
		return a
	}
	s.note(id)
	s.heard[id] = s.now
	return a
}

func (s *servers) note(id job.ID) {
	s.longest = max(s.longest, s.now.Sub(max(s.heard[id], s.silent)))
}

// Jobs are asked for in step, and servers let in one request at a time. Everybody is refused now and then, nobody for ever (ADR-0069):
// neither at the leader, nor where others name it, nor once nobody has spoken of the jobs for long and all are asked in turn. Without
// jitter the order of one instant is that of the next.
func TestNoPollStarvesInStep(t *testing.T) {
	const ms = core.Duration(sec) / 1000
	for _, x := range []struct {
		what         string
		gates        int
		leaders      []core.NodeID
		after        core.Duration // from one job to the next
		apart, trip  core.Duration
		silent, most core.Instant // s; who was silent is asked last for 60 s
		starves      bool         // without jitter
	}{
		{"one leader", 3, []core.NodeID{1, 1, 1}, 0, 100 * ms, 0, 0, 60, true},
		{"three of one gate, nobody spoke of them for long", 1, []core.NodeID{0, 0, 0}, 0, 100 * ms, 2 * ms, 40, 60, false},
		{"eight of one gate, nobody spoke of them for long", 1, []core.NodeID{0, 0, 0, 0, 0, 0, 0, 0}, 0, 100 * ms, 2 * ms, 40, 60, false},
		{"four of three gates, nobody spoke of them for long", 3, []core.NodeID{0, 0, 0, 0}, 0, 100 * ms, 2 * ms, 40, 150, false},
		{"ten of leaders that name each other", 2, []core.NodeID{0, 0, 1, 0, 0, 1, 1, 1, 0, 1}, 2500 * ms, 400 * ms, 0, 60, 150, false},
	} {
		for _, jitter := range []float64{0.2, 0} {
			s := &servers{
				bench: with(t, x.gates), apart: x.apart, trip: x.trip, silent: x.silent * sec,
				leads: map[job.ID]core.NodeID{}, let: map[core.NodeID]core.Instant{}, heard: map[job.ID]core.Instant{},
			}
			s.cfg.Client.PollJitter = jitter
			for i, leader := range x.leaders {
				s.until(core.Instant(core.Duration(i) * x.after))
				id := s.accepted(leader)
				s.leads[id], s.heard[id] = leader, s.now
			}
			s.until(1000 * sec)
			for id := range s.leads {
				s.note(id)
			}
			switch most := core.Duration(x.most * sec); {
			case jitter > 0 && s.longest > most:
				t.Errorf("%s: of a job nothing is heard for %v, want at most %v", x.what, s.longest, most)
			case jitter == 0 && x.starves && s.longest < 500*core.Duration(sec):
				t.Errorf("%s: without jitter nothing is heard for %v: what is this test there for?", x.what, s.longest)
			}
		}
	}
}

// Spec 20 §5.8, §8.5: a job of which nothing was heard for 5 s is asked for, and again from 5 to 6 s later, or when the question before
// is over. As long as its leader answers within 4 s it is no orphan.
func TestPollsKeepTheirPace(t *testing.T) {
	const ms = core.Duration(sec) / 1000
	for _, x := range []struct {
		silent        core.Instant
		trip, limit   core.Duration // of an answer, and how long one is waited for
		shortest, gap core.Duration // between two polls, want
		marked        bool
	}{
		{0, 2 * ms, 5000 * ms, 5000 * ms, 6002 * ms, false},
		{0, 200 * ms, 5000 * ms, 5000 * ms, 6200 * ms, false},
		{0, 2000 * ms, 5000 * ms, 7000 * ms, 8000 * ms, false},
		{0, 3900 * ms, 5000 * ms, 8900 * ms, 9900 * ms, false},
		{2000 * sec, 0, 5000 * ms, 5000 * ms, 6000 * ms, true},
		{2000 * sec, 0, 5500 * ms, 5500 * ms, 6000 * ms, true},
		{2000 * sec, 0, 1000 * ms, 5000 * ms, 6000 * ms, true},
		{2000 * sec, 0, 12000 * ms, 12000 * ms, 12000 * ms, true},
	} {
		s := &servers{
			bench: with(t, 1), trip: x.trip, silent: x.silent,
			leads: map[job.ID]core.NodeID{}, let: map[core.NodeID]core.Instant{}, heard: map[job.ID]core.Instant{},
		}
		s.cfg.Client.CallTimeout = x.limit
		s.c.how = newStrategies(&s.cfg)
		s.leads[s.accepted(0)] = 0
		s.until(2000 * sec)
		for i := 1; i < len(s.asked); i++ {
			if gap := s.asked[i].Sub(s.asked[i-1]); gap < x.shortest || gap > x.gap {
				t.Errorf("%+v: asked %v after the last time", x, gap)
			}
		}
		if len(s.asked) < 150 {
			t.Errorf("%+v: asked %d times", x, len(s.asked))
		}
		if got := len(s.facts(core.JobFactOrphan)) > 0; got != x.marked {
			t.Errorf("%+v: an orphan: %v", x, got)
		}
	}
}

// Spec 20 §8.5: who names the leader of a job has spoken of it then, though that one is silent until the question is over.
func TestWhoNamesALeaderHasSpoken(t *testing.T) {
	b := with(t, 3)
	b.c.phase = 0
	b.accepted(1)
	b.cfg.Client.LeaderCache = 0
	b.reply = func(m *core.Message) (core.Kind, core.Body) {
		if m.Kind != core.KindJobStatusRequest || m.To == 1 {
			return 0, nil
		}
		return core.KindGlobalJobStatus, &job.GlobalStatus{Answer: call.NotLeader(1), JobLeader: core.NoNode}
	}
	b.until(14 * sec)
	if got := b.facts(core.JobFactOrphan); len(got) != 0 {
		t.Errorf("it is an orphan: %v", got)
	}

	names := b.reply
	b.reply = nil
	b.until(60 * sec)
	b.reply = names
	b.told = b.told[:0]
	b.until(200 * sec)
	for _, f := range b.told {
		if f.Kind == core.JobFactOrphan && f.To == orphanLed && f.A > 40*int64(sec) {
			return
		}
	}
	t.Errorf("of the end of an orphan's silence, or of its length, nothing is told: %+v", b.told)
}
