package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// Direction of a message at the node that it is counted for.
type Direction uint8

// The directions.
const (
	Sent Direction = iota
	Received
	Dropped       // counted for the sender
	NumDirections = 3
)

func (d Direction) String() string { return words.Directions[d] }

// Traffic is what all nodes of one role did with one kind of message within the sample that ends at At.
type Traffic struct {
	At        core.Instant
	Count     uint64
	Bytes     uint64
	Direction Direction
	Kind      core.Kind
	Role      core.Role
	Reason    trace.Reason // Dropped: why
}

// lane is a direction, or for what was dropped Dropped and the reason.
type lane uint8

const numLanes = int(Dropped) + trace.NumReasons

// parts returns what l is made of.
func (l lane) parts() (Direction, trace.Reason) {
	if d := lane(Dropped); l > d {
		return Dropped, trace.Reason(l - d)
	}
	return Direction(l), trace.ReasonNone
}

// Exposure is how many node-seconds the roles lived within the sample that ends at At.
type Exposure struct {
	At      core.Instant
	Seconds [core.NumRoles]float64
}

// Life is a stretch of time in which a node ran and was of one class: rates per node-hour are over those that are asked
// for.
type Life struct {
	From, To core.Instant
	Node     core.NodeID
	Class    Class
}

// Membership is how the live observers of one role in one group held their subjects at At.
type Membership struct {
	At        core.Instant
	Group     core.GroupID
	Role      core.Role // of the observers
	Observers int32
	Pairs     int64 // where view or truth says up
	Disagree  int64 // where they differ
	ByState   [core.NumStates]int64
}

// CoordRow is the accuracy of the coordinates over one class of sampled pairs at At. Values are sorted
// quantiles of equal weight: all values if there are at most cap of them, else those at ranks k/cap.
type CoordRow struct {
	At           core.Instant
	Pairs        int32 // measured pairs
	Covered      int32 // of them, true RTT ≤ upper bound
	SiteA, SiteB int16 // −1: any
	Link         Link
	Role, Peer   core.Role // Role ≤ Peer
	Rel          []float32 // relative error
	MS           []float32 // absolute error, ms
	Ratio        []float32 // upper bound over truth
}

// Point is one value of timeseries.csv. Labels is "key=value;key=value" or empty.
type Point struct {
	At     core.Instant
	Value  float64
	Metric string
	Unit   string
	Labels string
}

// Fault is what became of a planned fault. Start and End are core.Never if they never came; with
// several episodes Start is the first and End the last.
type Fault struct {
	ID, Kind   string
	Detail     string // how much, or of what, in a few words of the scenario; "" where its kind says it all
	Start, End core.Instant
	Episodes   int32

	Last   core.Instant    // its last start or end; core.Never: it never came
	Agreed core.Instant    // first moment from Last on at which all views agreed with the truth; core.Never: none
	Sides  [][]core.NodeID // whom it hit, in id order: one list, or one for each side of a cut or of links, nil being everybody
	Varies bool            // other episodes hit others: Sides are all that any of them hit
	Spread bool            // its effects come later than its start: a join over some time
}

// Crash is one crash of a member that somebody knew; its place in Result.Crashes is the Event of the
// observations of detected, detection_first, detection_each and detection_full about it. What did not happen by
// Until, the restart, the end of the run or the end of the last live member that could notice it, is censored there.
type Crash struct {
	At, Until           core.Instant
	Subject             core.NodeID
	Suspect, Dead, Full bool // a live observer marked it so; every live member that knew it has it DEAD or removed
}

// Violation is one broken invariant: a row of violations.csv.
type Violation struct {
	At        core.Instant
	Invariant string
	Nodes     []string
	What      string
}

// Counters are totals over the whole run.
type Counters struct {
	Records        uint64
	JobRecords     uint64
	Sent, Received [core.NumKinds]uint64
	SentBytes      [core.NumKinds]uint64
	ReceivedBytes  [core.NumKinds]uint64
	Dropped        [trace.NumReasons][core.NumKinds]uint64
	Facts          [core.NumFactKinds]uint64
	Callbacks      [core.NumCallbacks]uint64
	Transitions    [core.NumStates][core.NumStates]uint64 // from, to; refreshed incarnations count as x → x
	Crashes        uint64
	Undetected     uint64 // crashes that ended (restart or end of run) with a live member still holding the subject
	Unwatched      uint64 // crashes of which no live member that knew the subject was left, and none had taken it for gone
	Unspread       uint64 // updates superseded or unfinished at the end before all had heard them
	Unconverged    uint64 // episodes between fault edges that ended with a view error
	Unjoined       uint64 // starts that never became OK everywhere
	Unrejoined     uint64 // healed faults after which the views never agreed
}

// Episode is one time that a fault acted.
type Episode struct {
	Fault      int32        // index of the fault
	Start, End core.Instant // End is core.Never if it did not end
}

// Result is everything measured in one run: a plain value that nothing writes to any more.
type Result struct {
	Nodes            []Node
	Sites            []string
	GroupNames       []string // by group id
	Scopes           []string // names of the scopes 1, 2, … of the job layer
	Warmup, Duration core.Duration
	End              core.Instant // of the last record
	SampleEvery      core.Duration

	Observations []Observation // by metric, then in order of time
	Detections   []Detection
	Traffic      []Traffic
	Exposure     []Exposure
	Lives        []Life // in the order in which they ended
	Membership   []Membership
	Coords       []CoordRow
	Series       []Point
	Faults       []Fault
	Episodes     []Episode // of all faults, in the order in which they began
	Crashes      []Crash
	Jobs         []Job       // in the order in which they were submitted
	Runs         []ShardRun  // in the order in which they began
	Decisions    []Decision  // of gates about jobs, in the order in which they were made
	Pressures    []Pressure  // of statistics, in order
	Voters       []VoterPart // what they were, in the order in which they began
	Events       []JobTrail  // of jobs that are worth telling about, in the order of their submission
	Timeouts     []Timeout   // what became of the time of jobs, in order
	Admissions   []Admission // seconds of servers that were loaded or refused something, in order
	Workloads    []string    // names, by place in the scenario
	Blocked      []Blocked   // members whose datagrams seem to be blocked, by id
	Counters     Counters

	Truncated     map[words.Metric]uint64 // observations that did not fit
	TruncatedRows uint64                  // rows of the other lists that did not fit
}

// Of returns the observations of m, in order of time. The slice is shared; do not write to it.
func (r *Result) Of(m words.Metric) []Observation {
	return r.Observations[lowerBound(r.Observations, m):lowerBound(r.Observations, m+1)]
}

// lowerBound returns the first place whose metric is at least m.
func lowerBound(o []Observation, m words.Metric) int {
	lo, hi := 0, len(o)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); o[mid].Metric < m {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}
