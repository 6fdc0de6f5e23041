package fence

import "hypersim/core"

// Verdict says how a token stands to what was seen.
type Verdict uint8

// Verdicts.
const (
	Accept   Verdict = iota // the highest so far: the record is raised, apply
	Same                    // the highest, of the same holder: apply what is idempotent, repeat what was answered
	Stale                   // below the highest, or used up: refuse, no change
	Conflict                // the highest, of another holder: refuse; it must never happen (I-JF4)

	NumVerdicts = 4
)

var verdictNames = [NumVerdicts]string{"accept", "same", "stale", "conflict"}

func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return "unknown"
}

// OK reports whether who showed the token may speak.
func (v Verdict) OK() bool { return v <= Same }

// Holder is a process that a token belongs to: after a restart it is another one (03-11). Where lives do not matter,
// Instance is 0.
type Holder struct {
	Node     core.NodeID
	Instance uint32
}

// Nobody holds a token that is used up.
var Nobody = Holder{Node: core.NoNode}

// Record is what an observer has seen under one key. The zero value has seen nothing; tokens begin at 1, so that 0 is
// below all of them.
type Record struct {
	Token  uint64
	Holder Holder
}

// Look judges and changes nothing.
func (r *Record) Look(token uint64, h Holder) Verdict {
	switch {
	case token > r.Token:
		return Accept
	case token < r.Token, token == 0, r.Holder == Nobody:
		return Stale
	case h != r.Holder:
		return Conflict
	}
	return Same
}

// Judge judges, and raises the record to what it accepts.
func (r *Record) Judge(token uint64, h Holder) Verdict {
	v := r.Look(token, h)
	if v == Accept {
		r.Token, r.Holder = token, h
	}
	return v
}

// Raise uses up all tokens up to the given one: whoever shows one later is stale. A cancel that overtakes its dispatch
// does it (04-23).
func (r *Record) Raise(token uint64) {
	if token >= r.Token && token > 0 {
		r.Token, r.Holder = token, Nobody
	}
}
