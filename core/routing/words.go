package routing

// Class is how fit a datacenter is, worst last (spec 30 §0).
type Class uint8

// Classes. Candidates of a better class always come first.
const (
	Healthy Class = iota
	Busy
	Degraded
	Unhealthy

	NumClasses = 4
)

var classNames = [NumClasses]string{"HEALTHY", "BUSY", "DEGRADED", "UNHEALTHY"}

func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return "unknown"
}

// Trigger is why a route is computed (spec 30 §4.1).
type Trigger uint8

// Triggers.
const (
	TriggerSubmit Trigger = iota
	TriggerRedispatch
	TriggerReroute
	TriggerTick
	TriggerProbe

	NumTriggers = 5
)

var triggerNames = [NumTriggers]string{"submit", "redispatch", "reroute", "tick", "probe"}

func (t Trigger) String() string {
	if int(t) < len(triggerNames) {
		return triggerNames[t]
	}
	return "unknown"
}

// Unroutable is why a decision names no datacenter.
type Unroutable uint8

// Reasons of empty decisions.
const (
	Routable     Unroutable = iota
	Initializing            // some datacenter is not yet ready: ask again in two seconds
	NoUsable                // none can take the job

	NumUnroutables = 3
)

var unroutableNames = [NumUnroutables]string{"routable", "initializing", "no_usable_datacenter"}

func (u Unroutable) String() string {
	if int(u) < len(unroutableNames) {
		return unroutableNames[u]
	}
	return "unknown"
}
