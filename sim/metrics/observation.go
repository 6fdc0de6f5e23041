package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

// NoRole stands where an observation has no role.
const NoRole = core.Role(255)

// Class says whether a node was in good shape.
type Class uint8

// The classes of observers and subjects.
const (
	ClassNone Class = iota
	Healthy
	Impaired
)

func (c Class) String() string { return words.Classes[c] }

// Truth is what was really the matter with a subject when an observer marked it.
type Truth uint8

// The truths.
const (
	TruthNone        Truth = iota
	TruthCrashed           // down: the mark is right
	TruthLive              // live, reachable, unpaused: the mark is wrong
	TruthPaused            // live but paused
	TruthUnreachable       // live but cut off from this observer in at least one direction
	TruthLeaving           // told to leave, or gone that way
	TruthRestarted         // live again: the mark is about its earlier process
)

func (t Truth) String() string { return words.TruthWords[t] }

// Link is where the two ends of a pair are.
type Link uint8

// The links.
const (
	LinkNone Link = iota
	LinkIntra
	LinkInter
)

func (l Link) String() string { return words.Links[l] }

// Observation is one measured value with its labels; labels that a metric has not are zero, NoRole or
// core.NoNode.
type Observation struct {
	At     core.Instant // virtual time of the measurement
	Value  float64      // in the metric's unit
	Param  float64      // label named by Def.Param
	Weight uint32       // stands for so many equal observations (or, folded, for so many pairs); ≥ 1
	Event  int32        // crash, update or sample number: what `minus` and `ratio` match; −1 = none
	Fault  int32        // index of the fault; −1 = none
	Job    int32        // index of the job in Result.Jobs; −1 = none

	Observer, Subject core.NodeID
	Inc               uint32
	Group             core.GroupID // 0 = none
	Metric            words.Metric
	From, To          core.MemberState
	Cause             core.Cause
	Role, PeerRole    core.Role // of observer and subject
	Class, PeerClass  Class     // of observer and subject
	Truth             Truth
	Link              Link
	Type              uint8 // see TypeName
	Dir               uint8 // messages and bytes: Direction + 1
	Service           uint8 // of requests: core.Class + 1
	SiteA, SiteB      int16 // pair classes: indices of sites, SiteA ≤ SiteB; −1 = none. About the link: SiteA is the datacenter
}

// blank returns an observation of m without labels.
func blank(m words.Metric, at core.Instant, v float64) Observation {
	return Observation{
		Metric: m, At: at, Value: v, Weight: 1, Event: -1, Fault: -1, Job: -1, Observer: core.NoNode, Subject: core.NoNode,
		Role: NoRole, PeerRole: NoRole, SiteA: -1, SiteB: -1,
	}
}

// Detection is one marking of a subject as SUSPECT or DEAD by a live observer: a row of detections.csv.
type Detection struct {
	At                core.Instant
	SinceCrash        core.Duration // Truth = TruthCrashed only
	Observer, Subject core.NodeID
	Accuser           core.NodeID // core.NoNode if unknown
	Inc               uint32
	Crash             int32 // number of the crash; −1 = none
	To                core.MemberState
	Cause             core.Cause
	Class, PeerClass  Class
	Truth             Truth
	First             bool // first of this crash and state
}

// Path says how the observer learned it: from its own timer or probe, or from others.
func (d *Detection) Path() string { return path(d.Cause) }

func path(c core.Cause) string {
	switch c {
	case core.CauseExpired:
		return words.Paths[0]
	case core.CauseProbeFailed, core.CauseSilent:
		return words.Paths[1]
	case core.CauseNone:
		return ""
	default:
		return words.Paths[2]
	}
}
