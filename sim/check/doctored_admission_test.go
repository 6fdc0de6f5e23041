package check

import (
	"hypersim/core"
	"hypersim/core/admission"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/overload"
	"hypersim/core/registry"
	"hypersim/sim/trace"
)

// load lets node 0 call itself otherwise.
func (t *tape) load(from, to, raw core.Load, part overload.Part, mean int64) {
	t.flowFact(core.JobFact{Kind: core.JobFactLoad, Node: 0, From: uint8(from), To: uint8(to), Code: uint8(part), A: int64(raw), B: mean})
}

func (t *tape) flowFact(f core.JobFact) {
	t.job(trace.JobRecord{Kind: trace.JobFact, Node: 0, Fact: f})
}

// refuses lets node 0 refuse a message of node 2, and admits take one in.
func (t *tape) refuses(k core.Kind, state core.Load, why admission.Reason, after, rated int64) {
	t.flowFact(core.JobFact{Kind: core.JobFactRefused, Node: 2, From: uint8(state), To: uint8(why), Code: uint8(k.Class()), Epoch: uint32(k), Token: 7, A: after, B: rated})
}

func (t *tape) admits(k core.Kind, state core.Load, op admission.Operation, rated, inFlight int64) {
	t.flowFact(core.JobFact{Kind: core.JobFactAdmitted, Node: 2, From: uint8(state), To: uint8(op), Code: uint8(k.Class()), Epoch: uint32(k), A: rated, B: inFlight})
}

// answersBusy sends the answer to what was refused.
func (t *tape) answersBusy(code call.Code) {
	t.refusal(call.Answer{Code: code, RetryAfter: 4e8})
}

func (t *tape) refusal(a call.Answer) {
	m := t.message(core.KindJobAck, 0, 2)
	b := &job.Ack{}
	b.Answer = a
	m.Seq, m.Body = 7, b
	t.sent(m)
}

var doctoredAdmission = []doctoredRun{
	{id: O1, name: "a state that nothing came to", build: func(t *tape, bad bool) {
		raw := core.LoadStressed
		if bad {
			raw = core.LoadBusy
		}
		t.at(sec).load(core.LoadHealthy, core.LoadStressed, raw, overload.PartData, 6e8)
		t.at(2*sec).load(core.LoadStressed, core.LoadHealthy, core.LoadHealthy, overload.PartNone, 0)
	}},
	{id: O2, name: "loaded for ever", build: func(t *tape, bad bool) {
		t.at(sec).load(core.LoadHealthy, core.LoadStressed, core.LoadStressed, overload.PartData, 6e8)
		if !bad {
			t.at(2*sec).load(core.LoadStressed, core.LoadHealthy, core.LoadHealthy, overload.PartNone, 0)
		}
		t.at(8 * sec).add(trace.Record{Kind: trace.KindCheckpoint, Node: core.NoNode, Peer: core.NoNode})
	}},
	{id: O2, name: "loaded for ever at full speed", build: func(t *tape, bad bool) {
		t.at(sec).load(core.LoadHealthy, core.LoadOverloaded, core.LoadOverloaded, overload.PartDispatch, 27e9)
		if !bad { // it is still busy with the message that it was given
			t.at(2*sec).life(trace.KindSlow, 0).X = 40000
		}
		t.at(13 * sec).checkpoint()
		t.at(14*sec).load(core.LoadOverloaded, core.LoadHealthy, core.LoadHealthy, overload.PartNone, 0)
	}},
	{id: O2, name: "loaded for longer than an overload that began when it was loaded already", build: func(t *tape, bad bool) {
		t.at(sec).load(core.LoadHealthy, core.LoadStressed, core.LoadStressed, overload.PartData, 6e8)
		t.at(2*sec).fault(trace.KindFaultStart, 3)
		t.at(12 * sec).checkpoint()
		t.at(13*sec).fault(trace.KindFaultEnd, 3)
		if !bad {
			t.at(14*sec).load(core.LoadStressed, core.LoadHealthy, core.LoadHealthy, overload.PartNone, 0)
		}
		t.at(20 * sec).checkpoint()
	}},
	{id: O4, name: "a rise of nothing", build: func(t *tape, bad bool) {
		mean := int64(15e7)
		if bad {
			mean = 5e7
		}
		t.at(sec).load(core.LoadHealthy, core.LoadBusy, core.LoadBusy, overload.PartRise, mean)
		t.at(2*sec).load(core.LoadBusy, core.LoadHealthy, core.LoadHealthy, overload.PartNone, 0)
	}},
	{id: B1, name: "a cancel is refused", also: []ID{S2}, build: func(t *tape, bad bool) {
		k := core.KindJobSubmission
		if bad {
			k = core.KindJobCancelRequest
		}
		t.at(sec).refuses(k, core.LoadHealthy, admission.Wait, 4e8, 0)
		t.answersBusy(call.CodeBusy)
	}},
	{id: S1, name: "shed although the state allows it", build: func(t *tape, bad bool) {
		t.at(sec).load(core.LoadHealthy, core.LoadOverloaded, core.LoadOverloaded, overload.PartFault, 0)
		why := admission.Shedding
		if bad {
			why = admission.Wait
		}
		t.refuses(core.KindJobSubmission, core.LoadOverloaded, why, 2e9, 0)
		t.answersBusy(call.CodeBusy)
	}},
	{id: S1, name: "taken in although the state sheds it", build: func(t *tape, bad bool) {
		to := core.LoadStressed
		if bad {
			to = core.LoadOverloaded
		}
		t.at(sec).load(core.LoadHealthy, to, to, overload.PartFault, 0)
		t.admits(core.KindJobSubmission, to, admission.OpSubmit, 0, 1)
	}},
	{id: S2, name: "refused without a word", build: func(t *tape, bad bool) {
		t.at(sec).refuses(core.KindJobSubmission, core.LoadHealthy, admission.Wait, 4e8, 0)
		code := call.CodeBusy
		if bad {
			code = call.CodeInvalid
		}
		t.answersBusy(code)
	}},
	{id: S2, name: "not told when to come again", build: func(t *tape, bad bool) {
		v := uint8(2)
		if bad {
			v = 3
		}
		t.at(sec).agrees(0, 2, 1, v, minor(v))
		t.refuses(core.KindJobSubmission, core.LoadHealthy, admission.Wait, 4e8, 0)
		t.refusal(call.Answer{Code: call.CodeBusy})
	}},
	{id: S3, name: "taken in, and not there", build: func(t *tape, bad bool) {
		n := int64(1)
		if bad {
			n = 0
		}
		t.at(sec).load(core.LoadHealthy, core.LoadBusy, core.LoadBusy, overload.PartShare, 0)
		t.admits(core.KindJobSubmission, core.LoadBusy, admission.OpSubmit, 0, n)
		t.at(2*sec).load(core.LoadBusy, core.LoadHealthy, core.LoadHealthy, overload.PartNone, 0)
	}},
	{id: RL1, name: "more than a bucket holds", build: func(t *tape, bad bool) {
		n := 50
		if bad {
			n = 56
		}
		for range n {
			t.at(sec).admits(core.KindJobSubmission, core.LoadHealthy, admission.OpSubmit, 1, 1)
		}
		t.at(2*sec).admits(core.KindJobSubmission, core.LoadHealthy, admission.OpSubmit, 1, 1)
	}},
	{id: RL2, name: "refused although it waited", build: func(t *tape, bad bool) {
		t.at(sec).admits(core.KindJobSubmission, core.LoadHealthy, admission.OpSubmit, 1, 1)
		t.refuses(core.KindJobSubmission, core.LoadHealthy, admission.RateLimit, 2e8, 2)
		t.answersBusy(call.CodeBusy)
		again := sec + 100*ms
		if bad {
			again = sec + 300*ms
		}
		t.at(again).refuses(core.KindJobSubmission, core.LoadHealthy, admission.RateLimit, 1e8, 2)
		t.answersBusy(call.CodeBusy)
	}},
	{id: RL3, name: "asked again too soon", build: func(t *tape, bad bool) {
		t.at(sec)
		m := t.message(core.KindRegistrationResponse, 0, 3)
		m.Body = &registry.RegistrationResponse{Answer: call.Busy(core.Duration(2*sec), call.ReasonRate)}
		t.sent(m)
		t.at(t.now + 10*ms).delivered(m)
		t.at(t.now+sec).travels(core.KindWorkerRegistration, 3, 1) // another server
		if !bad {
			t.at(t.now + sec)
		}
		t.travels(core.KindWorkerRegistration, 3, 0)
	}},
}
