package metrics

import (
	"slices"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

var _ = record(func(r *Recorder, on *hooks) {
	if r.ctx.Job == nil {
		return // nobody is asked anything
	}
	a := &admissions{Recorder: r, servers: make([]server, len(r.ctx.Nodes))}
	for k := range core.Kind(core.NumKinds) {
		if k.Travels() {
			on.delivered[k] = append(on.delivered[k], a.arrived)
		}
	}
	on.jobFact(a.refused, core.JobFactRefused)
	on.jobFact(a.changed, core.JobFactLoad)
	on.finished = append(on.finished, a.finish)
}, words.Shed, words.Offered, words.Served, words.ControlLatency, words.LoadChanges, words.GoodputPerSecond)

// Labels of what servers take in: the class is Observation.Service − 1.
var _ = reads("service", func(_ *Result, o *Observation) string {
	if o.Service == 0 {
		return ""
	}
	return words.Services[o.Service-1]
})

// admissions follows what servers take in. What happens within a second is told together.
type admissions struct {
	*Recorder
	servers []server
}

// server is what is known of one in the second in hand.
type server struct {
	second core.Instant // its beginning
	load   core.Load
	worst  core.Load // of the second
	any    bool
	class  [core.NumClasses]served
}

// served is what came of one class in a second.
type served struct {
	offered, served uint64
	refused         [3]uint64
	spent, most     core.Duration
	times           []spent // of CONTROL, at gates and managers
}

// spent is how many messages took so long.
type spent struct {
	took core.Duration
	n    uint32
}

const oneSecond = core.Instant(1e9)

// Admission is a second of one class at a server that refused something or was loaded: a row of admission.csv.
type Admission struct {
	At              core.Instant // beginning of the second
	Node            core.NodeID
	Class           core.Class
	Load            core.Load // the worst of the second
	Offered, Served uint64
	Refused         [3]uint64
	Mean, Most      core.Duration // from arrival to the end of the service
}

// of returns the second in hand at a server, after telling of the one before.
func (a *admissions) of(now core.Instant, n core.NodeID) *server {
	s := &a.servers[n]
	if begin := now - now%oneSecond; begin != s.second {
		a.flush(n)
		s.second, s.worst = begin, s.load
	}
	return s
}

func (a *admissions) arrived(rec *trace.Record) {
	if a.roles[rec.Node] == core.RoleClient {
		return
	}
	c := rec.Msg.Kind.Class()
	s := a.of(rec.At, rec.Node)
	x := &s.class[c]
	s.any = true
	x.offered++
	if rec.Spent == trace.Refused {
		return
	}
	x.served++
	x.spent += rec.Spent
	x.most = max(x.most, rec.Spent)
	if c == core.ClassControl && a.roles[rec.Node] != core.RoleWorker {
		x.add(rec.Spent)
	}
}

// add counts one that took so long among the others that did.
func (x *served) add(took core.Duration) {
	for i := range x.times {
		if t := &x.times[i]; t.took == took {
			t.n++
			return
		}
	}
	x.times = append(x.times, spent{took, 1})
}

// reasons are words.Refusals by the number of a core/admission.Reason.
var reasons = [...]int{-1, 0, 1, 2, 2, 2}

func (a *admissions) refused(rec *trace.JobRecord) {
	s := a.of(rec.At, rec.Node)
	s.any = true
	s.class[rec.Fact.Code].refused[reasons[rec.Fact.To]]++
}

func (a *admissions) changed(rec *trace.JobRecord) {
	s := a.of(rec.At, rec.Node)
	s.load = core.Load(rec.Fact.To)
	s.worst, s.any = max(s.worst, s.load), true
	o := a.about(words.LoadChanges, rec.At, 1, rec.Node, core.NoNode)
	o.Type = rec.Fact.To
	a.keep(&o)
}

// flush tells of a second that is over.
func (a *admissions) flush(n core.NodeID) {
	s := &a.servers[n]
	if !s.any {
		return
	}
	hard := s.worst > core.LoadHealthy
	for c := range s.class {
		hard = hard || s.class[c].refused != [3]uint64{}
	}
	for c := range s.class {
		if x := &s.class[c]; x.offered > 0 {
			a.observe(n, s, core.Class(c))
			if hard {
				a.row(n, s, core.Class(c))
			}
			*x = served{times: x.times[:0]}
		}
	}
	s.any = false
}

func (a *admissions) observe(n core.NodeID, s *server, c core.Class) {
	tell := func(m words.Metric, v float64, kind uint8, weight uint32) {
		o := a.about(m, s.second, v, n, core.NoNode)
		o.Service, o.Type, o.Weight = uint8(c)+1, kind, weight
		a.keep(&o)
	}
	x := &s.class[c]
	for k, refused := range x.refused {
		if refused > 0 {
			tell(words.Shed, float64(refused), uint8(k), 1)
		}
	}
	if c != core.ClassControl { // there is much of it, and it is never refused
		tell(words.Offered, float64(x.offered), 0, 1)
		tell(words.Served, float64(x.served), 0, 1)
	}
	slices.SortFunc(x.times, func(a, b spent) int { return int(a.took - b.took) })
	for _, t := range x.times {
		tell(words.ControlLatency, t.took.Seconds(), 0, t.n)
	}
}

func (a *admissions) row(n core.NodeID, s *server, c core.Class) {
	if len(a.res.Admissions) >= a.ctx.MaxRows {
		a.res.TruncatedRows++
		return
	}
	x := &s.class[c]
	row := Admission{At: s.second, Node: n, Class: c, Load: s.worst, Offered: x.offered, Served: x.served, Refused: x.refused, Most: x.most}
	if x.served > 0 {
		row.Mean = x.spent / core.Duration(x.served)
	}
	a.res.Admissions = append(a.res.Admissions, row)
}

func (a *admissions) finish(end core.Instant) {
	for n := range a.servers {
		a.flush(core.NodeID(n))
	}
	slices.SortStableFunc(a.res.Admissions, func(x, y Admission) int { return int(x.At/oneSecond - y.At/oneSecond) })
	a.goodput(end)
}

// goodput counts, by seconds, the jobs that were accepted and ended COMPLETED.
func (a *admissions) goodput(end core.Instant) {
	done := make([]float64, end/oneSecond+1)
	for i := range a.res.Jobs {
		if x := &a.res.Jobs[i]; x.Accepted != core.Never && x.Outcome == job.StateCompleted {
			done[x.Accepted/oneSecond]++
		}
	}
	for k, n := range done {
		o := blank(words.GoodputPerSecond, core.Instant(k)*oneSecond, n)
		a.keep(&o)
	}
}
