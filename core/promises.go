package core

// Promises are the bounds that a node keeps to, by its configuration: what those who check it from outside hold it to (spec 10,
// the constants that invariants name). The rooms whose keys make a bound say which; nobody outside has to know a key.
type Promises struct {
	Flat       bool // everybody is a participant and probed, workers too
	Hearsay    bool // a rumour confirms a member
	AnyMessage bool // so does any message of it
	Inherited  bool // it runs inherited rules, and may send and heed what the chapter does not know

	ProbePeriod    Duration // P
	ProbeTimeout   Duration // of a direct probe, before it adapts
	TimeoutMin     Duration // clamp of every adaptive timeout
	TimeoutMax     Duration
	MaxOutstanding int // probes at a time
	IndirectK      int
	LHMMax         int // S
	SuspicionK     int
	SuspicionMax   Duration // least value of the Max of I-M29, until a larger one is seen
	MaxSuspicions  int
	Quantum        Duration // by how much a suspicion may end after its timeout
	GossipInterval Duration
	GossipFanout   int
	Lambda         float64 // an update goes out λ·ln(n + 1) times,
	Decades        float64 // or so many times ⌈log10(n + 1)⌉; both 0 = how often is not counted
	RateBurst      int     // datagrams of one sender that are taken at once, 0 = any number
	RateRefill     int     // and per second from then on
	QueueMax       int
	MaxMembers     int      // records that an observer keeps; 0 = no bound
	RefuteWithin   Duration // how long it may be before it refutes an accusation that it hears

	WorkerSilence Duration // after which a worker of which nothing was heard is suspected, at the latest

	ReachSuspicion Duration // spec 30 §3.2, of those that differ between gates the least
	ReachUnknown   Duration

	Coordinates       bool    // nodes send coordinates,
	WorkerCoordinates bool    // workers too
	HeightMin         float64 // of a coordinate, s
	CoordMax          float64 // how far a component, the height and the adjustment may be from 0, s
	ErrorMin          float64 // of a coordinate, a share; of the engine hyperscale in s
	ErrorMax          float64

	Suspicion SuspicionRule
}

// SuspicionRule is what spec 10 §5.2 makes the timeouts of a member's suspicions of.
type SuspicionRule struct {
	Min, Max    Duration
	Period      Duration // P
	Grace       Duration // the timeout of a silent worker
	K           int      // confirmations that count
	Alpha, Beta float64
	ScaleWithN  bool
	LogN        bool    // the formula takes ln and not log10
	ByHealth    bool    // the factor is 1 + LHM at the start; else it is
	Least, Most float64 // between these two
}

// Of several configurations in one run it is often not known whose a message is, or the bound is about two nodes at once. So
// checks hold all to the widest: they may then miss something in a mixed run, and never accuse wrongly.

// Widen makes p what nodes of both configurations keep to: of each bound the one that allows more, so that no node is accused
// of what another's configuration forbids. Flat and Suspicion are a node's own, and stay p's.
func (p *Promises) Widen(o *Promises) {
	p.Hearsay, p.AnyMessage, p.Inherited = p.Hearsay || o.Hearsay, p.AnyMessage || o.AnyMessage, p.Inherited || o.Inherited
	p.ProbePeriod, p.ProbeTimeout = max(p.ProbePeriod, o.ProbePeriod), min(p.ProbeTimeout, o.ProbeTimeout)
	p.TimeoutMin, p.TimeoutMax = min(p.TimeoutMin, o.TimeoutMin), max(p.TimeoutMax, o.TimeoutMax)
	p.MaxOutstanding, p.IndirectK = max(p.MaxOutstanding, o.MaxOutstanding), max(p.IndirectK, o.IndirectK)
	p.LHMMax, p.SuspicionK = max(p.LHMMax, o.LHMMax), max(p.SuspicionK, o.SuspicionK)
	p.SuspicionMax, p.MaxSuspicions = max(p.SuspicionMax, o.SuspicionMax), max(p.MaxSuspicions, o.MaxSuspicions)
	p.Quantum, p.MaxMembers = max(p.Quantum, o.Quantum), min(p.MaxMembers, o.MaxMembers)
	p.Lambda, p.Decades, p.GossipFanout = max(p.Lambda, o.Lambda), max(p.Decades, o.Decades), max(p.GossipFanout, o.GossipFanout)
	if p.RateBurst == 0 || o.RateBurst != 0 && o.RateBurst < p.RateBurst {
		p.RateBurst = o.RateBurst
	}
	p.RateRefill = min(p.RateRefill, o.RateRefill)
	p.GossipInterval, p.QueueMax = max(p.GossipInterval, o.GossipInterval), max(p.QueueMax, o.QueueMax)
	p.WorkerSilence = max(p.WorkerSilence, o.WorkerSilence)
	p.RefuteWithin = max(p.RefuteWithin, o.RefuteWithin)
	p.ReachSuspicion, p.ReachUnknown = min(p.ReachSuspicion, o.ReachSuspicion), min(p.ReachUnknown, o.ReachUnknown)
	p.Coordinates, p.WorkerCoordinates = p.Coordinates && o.Coordinates, p.WorkerCoordinates && o.WorkerCoordinates
	p.HeightMin, p.CoordMax = min(p.HeightMin, o.HeightMin), max(p.CoordMax, o.CoordMax)
	p.ErrorMin, p.ErrorMax = min(p.ErrorMin, o.ErrorMin), max(p.ErrorMax, o.ErrorMax)
}
