package check

import (
	"hypersim/core"
	"hypersim/core/admission"
	"hypersim/core/call"
	"hypersim/core/overload"
	"hypersim/core/registry"
	"hypersim/sim/trace"
)

// What servers take in and what they send away (spec 30 §14, as corrected by spec 01 no. 83 and spec 02 G).
var (
	O1 = rule("I-O1", "a server's state rises to what the event comes to, and falls to no less", "spec 30 §14")
	O2 = rule("I-O2", "a server that is asked nothing is neither STRESSED nor OVERLOADED after sample_max_age, a second and three ticks: BUSY it may be with CONTROL alone", "spec 30 §14, spec 02 G")
	O4 = rule("I-O4", "a rise against the past counts only from delta_floor on", "spec 30 §14, spec 02 no. 22")

	B1 = rule("I-B1", "CONTROL is never refused", "spec 30 §14")
	S1 = rule("I-S1", "a request is shed if, and only if, the server's state sheds its class", "spec 30 §14")
	S2 = rule("I-S2", "a request that is refused is answered at once: BUSY, and when to come again, unless the caller is known not to read that", "spec 30 §14, §10")
	S3 = rule("I-S3", "a refusal changes nothing but its own count: the next one in has the next place", "spec 30 §14")

	RL1 = rule("I-RL1", "what is admitted of a client's requests in a time is at most the bucket and what it gets in that time", "spec 30 §14, I-L1 there")
	RL2 = rule("I-RL2", "a client that waits as long as it was told, and asks nothing else, is not refused for its rate", "spec 30 §14, I-L2 there")
)

// bucketKey names a client's bucket at a process of a server.
type bucketKey struct {
	server, client core.NodeID
	inst           uint32
	op             admission.Operation
}

// bucketSeen is what a bucket may hold at most.
type bucketSeen struct {
	tokens float64
	at     core.Instant // local
	free   core.Instant // of a refusal: when the client was told to come again, local; 0: it was not
	state  core.Load    // of the server then
}

// front is what is known of a server.
type front struct {
	inst  uint32
	state core.Load
	since core.Instant // of the last request that it judged or served
	held  bool         // by something beside latency and busy share: it need not end by itself
}

type fronts struct {
	*Checker
	all     []front
	buckets map[bucketKey]*bucketSeen
	owed    []trace.JobRecord // refusals of the step in hand, that are to be answered
	o       *overload.Keys
	a       *admission.Config
}

var _ = judge(func(c *Checker, on *hooks) {
	f := &fronts{Checker: c, all: make([]front, len(c.ctx.Nodes)), buckets: map[bucketKey]*bucketSeen{}}
	o, a := overload.Default(), admission.Default()
	f.o, f.a = &o.Overload, &a
	if c.ctx.Overload != nil {
		f.o, f.a = &c.ctx.Overload.Overload, c.ctx.Admission
	}
	on.jobFact(f.loaded, core.JobFactLoad)
	on.jobFact(f.refused, core.JobFactRefused)
	on.jobFact(f.admitted, core.JobFactAdmitted)
	on.sent = append(on.sent, f.sent)
	for k := range core.Kind(core.NumKinds) {
		if k.Travels() && k.Class() != core.ClassControl {
			on.delivered[k] = append(on.delivered[k], f.busy)
		}
	}
	on.gone = append(on.gone, func(r *trace.Record) { f.all[r.Node] = front{} })
	on.checkpoint = append(on.checkpoint, f.idle)
})

// of returns what is known of the process of a server that speaks.
func (f *fronts) of(r *trace.JobRecord) *front {
	x := &f.all[r.Node]
	if x.inst != r.Inst {
		*x = front{inst: r.Inst}
	}
	return x
}

func (f *fronts) busy(r *trace.Record) { f.all[r.Node].since = r.At }

func (f *fronts) loaded(r *trace.JobRecord) {
	x := f.of(r)
	from, to, raw := core.Load(r.Fact.From), core.Load(r.Fact.To), core.Load(r.Fact.Get("raw"))
	if (from != x.state || from == to || to > from && raw != to || raw > to) && f.fails(O1) {
		f.detail(O1, r.At, []core.NodeID{r.Node}, "%s went from %v to %v at an event of %v; it was %v", f.name(r.Node), from, to, raw, x.state)
	}
	part := overload.Part(r.Fact.Code)
	if mean := core.Duration(r.Fact.Get("mean")); part == overload.PartRise && mean < f.o.Floor && f.fails(O4) {
		f.detail(O4, r.At, []core.NodeID{r.Node}, "%s is %v for a rise to %v, below %v", f.name(r.Node), to, mean, f.o.Floor)
	}
	x.state = to
	x.held = x.held || part == overload.PartFault || part == overload.PartMemory || part == overload.PartQueue
	x.since = max(x.since, r.At)
}

// sheds is the table of spec 30 §6, told anew.
func sheds(s core.Load, c core.Class) bool {
	switch c {
	case core.ClassTelemetry:
		return s >= core.LoadBusy
	case core.ClassData:
		return s >= core.LoadStressed
	case core.ClassDispatch:
		return s >= core.LoadOverloaded
	case core.ClassControl:
	}
	return false
}

func (f *fronts) refused(r *trace.JobRecord) {
	x, class, why := f.of(r), core.Class(r.Fact.Code), admission.Reason(r.Fact.To)
	nodes := []core.NodeID{r.Node, r.Fact.Node}
	if class == core.ClassControl && f.fails(B1) {
		f.detail(B1, r.At, nodes, "%s refuses %v of %s", f.name(r.Node), core.Kind(r.Fact.Epoch), f.name(r.Fact.Node))
	}
	if state := core.Load(r.Fact.From); (state != x.state || (why == admission.Shedding) != sheds(state, class)) && f.fails(S1) {
		f.detail(S1, r.At, nodes, "%s is %v and refuses %v (%v) for %v", f.name(r.Node), x.state, core.Kind(r.Fact.Epoch), class, why)
	}
	if why == admission.RateLimit {
		f.limited(r)
	}
	if k := core.Kind(r.Fact.Epoch); k.IsStream() && answers[k] != core.KindNone { // a datagram is refused without a word
		f.owed = append(f.owed, *r)
	}
}

// answers are the kinds that answer a kind.
var answers = func() (a [core.NumKinds]core.Kind) {
	for k := range core.Kind(core.NumKinds) {
		if q := k.Answers(); q != core.KindNone {
			a[q] = k
		}
	}
	return a
}()

// sent looks for the answer to the last refusal: it is what leaves next.
func (f *fronts) sent(r *trace.Record) {
	if len(f.owed) == 0 {
		return
	}
	x := f.owed[0]
	f.owed = append(f.owed[:0], f.owed[1:]...)
	a, ok := r.Msg.Body.(call.Reply)
	good := ok && r.Node == x.Node && r.Msg.To == x.Fact.Node && uint64(r.Msg.Seq) == x.Fact.Token && r.Msg.Kind.Answers() == core.Kind(x.Fact.Epoch) &&
		a.Head().Code == call.CodeBusy && (a.Head().RetryAfter > 0 || f.deaf(r.Node, r.Msg.To))
	if !good && f.fails(S2) {
		f.detail(S2, r.At, []core.NodeID{x.Node, x.Fact.Node}, "%s refused %v of %s, and then sent %v to %s", f.name(x.Node), core.Kind(x.Fact.Epoch), f.name(x.Fact.Node), r.Msg.Kind, f.name(r.Msg.To))
	}
}

// deaf reports whether a server knows that a caller does not read when to come again.
func (f *fronts) deaf(server, caller core.NodeID) bool {
	x, met := f.pacts.of(server, caller)
	return met && !x.features.Has(registry.FeatureRetryAfter)
}

func (f *fronts) admitted(r *trace.JobRecord) {
	x, class := f.of(r), core.Class(r.Fact.Code)
	nodes := []core.NodeID{r.Node, r.Fact.Node}
	if state := core.Load(r.Fact.From); (state != x.state || sheds(state, class)) && f.fails(S1) {
		f.detail(S1, r.At, nodes, "%s is %v and takes %v (%v) in", f.name(r.Node), x.state, core.Kind(r.Fact.Epoch), class)
	}
	if n := r.Fact.Get("in_flight"); n < 1 && f.fails(S3) {
		f.detail(S3, r.At, nodes, "%s took %v in, and has %d in flight", f.name(r.Node), core.Kind(r.Fact.Epoch), n)
	}
	if r.Fact.Get("rated") == 0 {
		return
	}
	key := bucketKey{r.Node, r.Fact.Node, r.Inst, admission.Operation(r.Fact.To)}
	b := f.buckets[key]
	size, rate := f.bucket(key.op)
	if b == nil {
		b = &bucketSeen{tokens: size, at: r.Local}
		f.buckets[key] = b
	}
	b.tokens = min(size, b.tokens+float64(r.Local.Sub(b.at).Seconds()*rate)) - 1
	b.at, b.free = r.Local, 0
	if b.tokens < -1e-6 && f.fails(RL1) {
		f.detail(RL1, r.At, nodes, "%s admitted %.3g requests of %s more than it may (size %g, %g a second)", f.name(r.Node), -b.tokens, f.name(r.Fact.Node), size, rate)
	}
}

func (f *fronts) bucket(op admission.Operation) (size, rate float64) {
	k := &f.a.Rate
	switch op {
	case admission.OpSubmit:
		return k.SubmitSize, k.SubmitRefill
	case admission.OpRegister:
		return k.RegisterSize, k.RegisterRefill
	case admission.OpOther, admission.OpStress, admission.NumOperations:
	}
	return k.Size, k.Refill
}

// limited takes a refusal for a client's rate.
func (f *fronts) limited(r *trace.JobRecord) {
	op, state := admission.Operation(r.Fact.Get("rated")-1), core.Load(r.Fact.From)
	key := bucketKey{r.Node, r.Fact.Node, r.Inst, op}
	b := f.buckets[key]
	if b == nil {
		return // nothing was admitted: it asked for more than there ever is
	}
	if b.free != 0 && r.Local >= b.free && state == core.LoadHealthy && b.state == state && f.fails(RL2) {
		f.detail(RL2, r.At, []core.NodeID{r.Node, r.Fact.Node}, "%s refuses %s although it came when it was told to", f.name(r.Node), f.name(r.Fact.Node))
	}
	b.free, b.state = r.Local.Add(core.Duration(r.Fact.Get("retry_after"))), state
}

// idle looks for servers that are loaded by nothing. An overload loads one that is asked nothing, and what its latency came to before
// need not end while it does: that is no change of state which would be told.
func (f *fronts) idle(now core.Instant) {
	if f.faults.claims > 0 {
		return
	}
	for n := range f.all {
		x := &f.all[n]
		h, k := &f.hot[n], &f.cold[n]
		if x.state <= core.LoadBusy || x.held || !h.up || h.paused || k.slow { // a slow server may be busy with one message for longer
			continue
		}
		if limit := f.o.MaxAge + 1e9 + core.Duration(f.o.Hysteresis+2)*f.o.Tick; now.Sub(max(x.since, k.impaired, f.faults.claimAt)) > limit && f.fails(O2) {
			f.detail(O2, now, []core.NodeID{core.NodeID(n)}, "%s is %v, and was last asked anything %v ago", f.name(core.NodeID(n)), x.state, now.Sub(x.since))
		}
	}
}
