package story

import (
	"bytes"
	"strconv"

	"hypersim/core"
	"hypersim/core/admission"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/election"
	"hypersim/core/health"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/overload"
	"hypersim/core/registry"
	"hypersim/core/routing"
	"hypersim/core/statbuf"
	"hypersim/core/workflow"
)

// words are the types that facts about jobs take their words from, by the names that stand in the rows of facts.
var words = map[string]func(uint8) string{
	"admission.Operation":  listed("other", "submit", "register", "stress"),
	"admission.Reason":     func(v uint8) string { return admission.Reason(v).String() },
	"call.Code":            func(v uint8) string { return call.Code(v).String() },
	"cancel.SingleStatus":  func(v uint8) string { return cancel.SingleStatus(v).String() },
	"core.Class":           listed(core.ClassControl.String(), core.ClassDispatch.String(), core.ClassData.String(), core.ClassTelemetry.String()),
	"core.Load":            func(v uint8) string { return core.Load(v).String() },
	"election.Role":        func(v uint8) string { return election.Role(v).String() },
	"health.Decision":      func(v uint8) string { return health.Decision(v).String() },
	"health.Label":         func(v uint8) string { return health.Label(v).String() },
	"health.Phase":         func(v uint8) string { return health.Phase(v).String() },
	"job.Completeness":     func(v uint8) string { return job.Completeness(v).String() },
	"job.Ended":            func(v uint8) string { return job.Ended(v).String() },
	"job.ErrorKind":        func(v uint8) string { return job.ErrorKind(v).String() },
	"job.Pressure":         func(v uint8) string { return job.Pressure(v).String() },
	"job.ShardState":       func(v uint8) string { return job.ShardState(v).String() },
	"job.State":            func(v uint8) string { return job.State(v).String() },
	"jobtimeout.Denial":    func(v uint8) string { return jobtimeout.Denial(v).String() },
	"jobtimeout.Event":     func(v uint8) string { return jobtimeout.Event(v).String() },
	"jobtimeout.Kind":      func(v uint8) string { return jobtimeout.Kind(v).String() },
	"jobtimeout.Rule":      func(v uint8) string { return jobtimeout.Rule(v).String() },
	"overload.Part":        func(v uint8) string { return overload.Part(v).String() },
	"pressure.Pass":        listed("now", "hold", "drop"),
	"pressure.What":        listed("singles", "batches", "critical"),
	"registry.Bar":         func(v uint8) string { return registry.Bar(v).String() },
	"registry.SiteState":   func(v uint8) string { return registry.SiteState(v).String() },
	"registry.WorkerState": func(v uint8) string { return registry.WorkerState(v).String() },
	"routing.Class":        func(v uint8) string { return routing.Class(v).String() },
	"routing.ClassReason":  func(v uint8) string { return routing.ClassReason(v).String() },
	"routing.Mode":         func(v uint8) string { return routing.Mode(v).String() },
	"routing.Reason":       func(v uint8) string { return routing.Reason(v).String() },
	"routing.Severity":     func(v uint8) string { return routing.Severity(v).String() },
	"routing.Sign":         func(v uint8) string { return routing.Sign(v).String() },
	"routing.Trouble":      func(v uint8) string { return routing.Trouble(v).String() },
	"routing.Trigger":      func(v uint8) string { return routing.Trigger(v).String() },
	"statbuf.Outcome":      func(v uint8) string { return statbuf.Outcome(v).String() },
	"workflow.State":       func(v uint8) string { return workflow.State(v).String() },
}

// listed are the words of a type that has none of its own, in the order of its constants.
func listed(words ...string) func(uint8) string {
	return func(v uint8) string {
		if int(v) < len(words) {
			return words[v]
		}
		return "unknown"
	}
}

// jobFacts finds a kind of fact by its name.
var jobFacts = func() map[string]core.JobFactKind {
	kinds := map[string]core.JobFactKind{}
	for k := core.JobFactNone + 1; k < core.NumJobFactKinds; k++ {
		kinds[k.String()] = k
	}
	return kinds
}()

// said is a field of a fact about a job in the words of its kind.
func said(kind core.JobFactKind, name, value []byte) (what, word []byte) {
	from, to, code := kind.Words()
	a, b := kind.Numbers()
	of := ""
	switch string(name) {
	case "from":
		of = from
	case "to":
		of = to
	case "code":
		of = code
	case "A":
		return []byte(a), value
	case "B":
		return []byte(b), value
	}
	v, err := strconv.ParseUint(string(value), 10, 8)
	if word := words[of]; word != nil && err == nil {
		return name, []byte(word(uint8(v)))
	}
	return name, bytes.Trim(value, `"`)
}

// Word returns the word that stands for v in a type of the rows of facts, such as job.State; ok is false beyond the last one.
func Word(of string, v uint8) (word string, ok bool) {
	f := words[of]
	if f == nil {
		return "", false
	}
	word = f(v)
	return word, word != "unknown"
}
