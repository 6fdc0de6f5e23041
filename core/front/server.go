package front

import (
	"hypersim/core"
	"hypersim/core/admission"
	"hypersim/core/call"
	"hypersim/core/overload"
)

// Holder tells what a machine holds in memory (spec 01 no. 64).
type Holder interface {
	// Weighs returns how many jobs live in the machine's tables, and how many entries of statistics are HOT.
	Weighs() (jobs, hot int)
}

// Presser is a Holder that has its say in each answer that sends somebody away: how much it wants to hear (spec 30 §5.3), and
// what whoever hears it can read of it (§10).
type Presser interface {
	Press(to core.NodeID, refusal core.Body)
}

// Params say whose messages they are.
type Params struct {
	Overload  *overload.Config  // shared, read only
	Admission *admission.Config // likewise
	Bodies    *core.Bodies      // how answers are made
	Self      core.NodeID
	Role      core.Role
	Instance  uint32
	Start     core.Instant
	Reply     core.Duration // how long the driver tries to deliver an answer
	Memory    float64       // bytes of the host; 0: not modelled
}

// Server is the front of one process. A nil one takes everything in and is HEALTHY.
type Server struct {
	p       Params
	holder  Holder // what is in the host's memory; nil: nothing is known
	load    overload.Detector
	desk    admission.Desk
	busy    busy
	pending pending
	tick    core.Instant // the next look
	due     core.Instant // what the driver is asked to wake at, core.Never: nothing can get worse by itself
	filled  float64      // as the detector knows it
	serving core.Kind    // in service, of a request that nobody answers; KindNone: none
	ends    core.Instant // when that is over
	told    core.Load
	request admission.Request    // in hand
	answers [core.NumClasses]int // to requests of this server, that wait

	Forced uint64 // requests that were given up unanswered
}

// New returns the front of a process that starts.
func New(p Params) *Server {
	s := &Server{p: p, due: core.Never}
	s.load.Init(p.Overload)
	s.desk.Init(p.Admission, p.Role)
	k := &p.Overload.Overload
	s.busy.init(p.Start, k.Tick)
	s.tick = p.Start.Add(k.Tick)
	s.pending.init()
	if p.Memory > 0 {
		s.due = s.tick
	}
	return s
}

// Watch says whose memory it is.
func (s *Server) Watch(h Holder) { s.holder = h }

// State is what the server calls itself.
func (s *Server) State() core.Load {
	if s == nil {
		return core.LoadHealthy
	}
	return s.load.State()
}

// Counts reports how many requests of a class are in flight, and how many of all.
func (s *Server) Counts(c core.Class) (of, all int) { return s.desk.InFlight(c) }

// manner is how a server takes messages of a kind.
type manner struct {
	class core.Class
	judge bool // a request that Admit judges
	waits bool // an answer that stands among what waits
}

// manners are those of all kinds: they are asked for several times with every message.
type manners [core.NumKinds]manner

func mannersOf(class func(core.Kind) core.Class) (t manners) {
	for k := range core.Kind(core.NumKinds) {
		c, asks := class(k), k.Answers() == core.KindNone
		t[k] = manner{class: c, judge: k.Travels() && asks && (c != core.ClassControl || k.Room() == core.RoomJobs), waits: !asks && c != core.ClassControl}
	}
	return t
}

var (
	byKind = mannersOf(core.Kind.Class)
	byOnce = mannersOf(core.Kind.ClassOnce) // as kinds were classed once
)

func (s *Server) manner(k core.Kind) *manner {
	switch {
	case int(k) >= len(byKind):
		return &manner{class: k.Class()}
	case s != nil && s.p.Admission.Shed.Classes == admission.Inherited:
		return &byOnce[k]
	}
	return &byKind[k]
}

// Class returns the class that messages of a kind have at this server.
func (s *Server) Class(k core.Kind) core.Class { return s.manner(k).class }

// Judges reports whether messages of a kind are requests that Admit judges: all that are not CONTROL, and of CONTROL those
// about jobs, which are counted and never refused. Answers are none.
func (s *Server) Judges(k core.Kind) bool { return s.manner(k).judge }

// waits reports whether an answer stands among what waits.
func (s *Server) waits(k core.Kind) bool { return s.manner(k).waits }

// Admit judges m as it arrives. If it returns false, m has been refused: its answer is in fx, and m must not be served. What
// it takes in is followed by Begin or Lost.
func (s *Server) Admit(now core.Instant, m *core.Message, fx *core.Effects) bool {
	if !s.Judges(m.Kind) {
		if s.waits(m.Kind) {
			s.desk.Expect(s.Class(m.Kind))
			s.answers[s.Class(m.Kind)]++
		}
		return true
	}
	s.advance(now, fx)
	r := &s.request
	*r = admission.Request{Class: s.Class(m.Kind), Client: core.NoNode}
	s.rated(m, r)
	state := s.load.State()
	x := s.desk.Admit(now, state, r)
	if x.Reason != admission.Admitted {
		s.refuse(m, r, state, x, fx)
		return false
	}
	if r.Client != core.NoNode || state > core.LoadHealthy { // told before what it may come to: the server was not busy yet
		s.taken(m, r, state, fx)
	}
	s.fill()
	s.changed(fx)
	s.arm()
	return true
}

// rated says whose rate a request counts for: requests of clients, and registrations (spec 01 no. 65).
func (s *Server) rated(m *core.Message, r *admission.Request) {
	switch m.Kind {
	case core.KindWorkerRegistration, core.KindManagerRegistration, core.KindGateRegistrationRequest,
		core.KindManagerPeerRegistration, core.KindManagerToWorkerRegistration:
		r.Client, r.Op = m.From, admission.OpRegister
	case core.KindJobSubmission:
		r.Op = admission.OpSubmit
	default:
		r.Op = admission.OpOther
	}
	if !s.p.Admission.Rate.Enabled {
		r.Client = core.NoNode
		return
	}
	if m.Role == core.RoleClient && r.Class != core.ClassControl {
		r.Client = m.From
	}
}

// taken tells of a request that was taken in although the server is loaded, or that counts for a client's rate.
func (s *Server) taken(m *core.Message, r *admission.Request, state core.Load, fx *core.Effects) {
	f := fx.JobFact(core.JobFactAdmitted)
	f.Node, f.From, f.To, f.Code = m.From, uint8(state), uint8(r.Op), uint8(r.Class)
	f.Epoch = uint32(m.Kind)
	of, _ := s.desk.InFlight(r.Class)
	f.Put("rated", rated(r)).Put("in_flight", int64(of))
}

func rated(r *admission.Request) int64 {
	if r.Client == core.NoNode {
		return 0
	}
	return 1
}

// refuse answers a request that was not taken in.
func (s *Server) refuse(m *core.Message, r *admission.Request, state core.Load, x admission.Refusal, fx *core.Effects) {
	f := fx.JobFact(core.JobFactRefused)
	f.Node, f.From, f.To, f.Code = m.From, uint8(state), uint8(x.Reason), uint8(r.Class)
	f.Epoch, f.Token = uint32(m.Kind), uint64(m.Seq)
	f.Put("retry_after", int64(x.After)).Put("rated", rated(r)*(1+int64(r.Op)))
	b := s.reply(m, call.Busy(x.After, why[x.Reason]), fx)
	if p, ok := s.holder.(Presser); ok && b != nil {
		p.Press(m.From, b)
	}
}

// why is what an answer says of a reason to refuse.
var why = [admission.NumReasons]call.Reason{
	admission.Shedding: call.ReasonShed, admission.RateLimit: call.ReasonRate,
	admission.InFlightAll: call.ReasonInFlight, admission.InFlightClass: call.ReasonInFlight, admission.Wait: call.ReasonInFlight,
}

// answers are the kinds that answer a kind.
var answers = func() (a [core.NumKinds]core.Kind) {
	for k := range core.Kind(core.NumKinds) {
		if q := k.Answers(); q != core.KindNone && a[q] == core.KindNone {
			a[q] = k
		}
	}
	return a
}()

// Begin says that the service of m begins now, after it had waited; it takes so long. A message that was not admitted on
// its arrival is admitted first.
func (s *Server) Begin(now core.Instant, m *core.Message, waited, takes core.Duration, fx *core.Effects) {
	s.ends = min(s.ends, now) // a server does one thing at a time, whatever its clock says
	s.advance(now, fx)
	s.busy.add(now, takes)
	how := s.manner(m.Kind)
	c := how.class
	if how.waits {
		s.answers[c]--
	}
	if c != core.ClassControl && (how.waits || how.judge) {
		s.desk.Begin(c)
		s.desk.Served(c, takes)
	}
	if how.judge {
		if c != core.ClassControl {
			s.load.Latency(now, c, waited+takes)
		}
		if answers[m.Kind] == core.KindNone {
			s.serving, s.ends = m.Kind, now.Add(takes)
		} else {
			s.pending.add(m, c, now.Add(s.p.Admission.InFlight.Leak))
		}
		s.changed(fx)
	}
	s.arm()
}

// Occupied says that a refusal has kept the server busy for so long.
func (s *Server) Occupied(now core.Instant, took core.Duration) {
	s.busy.add(now, took)
	s.arm()
}

// Sent looks through what the machine sent in a step for answers to requests.
func (s *Server) Sent(ms []core.Message) {
	if s == nil || s.pending.len() == 0 {
		return
	}
	for i := range ms {
		if q := ms[i].Kind.Answers(); q != core.KindNone {
			if s.pending.take(q, ms[i].To, ms[i].Seq) {
				s.desk.Release(s.Class(q))
			}
		}
	}
	s.fill()
}

// fill tells the detector how full the server is, where that says anything.
func (s *Server) fill() {
	if q := s.desk.Ratio(); q != s.filled {
		s.filled = q
		s.load.Queue(q)
	}
}

// Lost says that a message that Admit took in will not be served.
func (s *Server) Lost(m *core.Message) {
	c := s.Class(m.Kind)
	switch {
	case s.Judges(m.Kind):
		s.desk.Begin(c)
		s.desk.Release(c)
		s.fill()
	case s.waits(m.Kind):
		s.answers[c]--
		s.desk.Begin(c)
	}
}

// Floors set what overload faults claim of busy share, memory and places for requests (spec 01 no. 64).
func (s *Server) Floors(now core.Instant, f overload.Floors, fx *core.Effects) {
	s.advance(now, fx)
	s.load.Claim(f)
	s.changed(fx)
	s.arm()
}

// MemoryBytes implements node.Sizer.
func (s *Server) MemoryBytes() int {
	return serverBytes + s.desk.MemoryBytes() + s.pending.memoryBytes() + s.busy.memoryBytes()
}

// Validate implements node.Validator: what is counted must be there.
func (s *Server) Validate() []string { return s.validate() }
