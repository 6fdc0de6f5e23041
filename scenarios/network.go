package scenarios

import "hypersim/core"

// Network is how links behave on top of the topology's base delays (spec 50 §2).
type Network struct {
	Codec  string // "struct" or "wire"
	Stream Stream

	Links []Link // distinct kinds of link: 0 = inside a site, 1 = between sites, then those of topology.links
	Class []int  // row-major sites × sites: index into Links of the directed pair
	Sites int    // number of sites, the width of Class
}

// LinkOf returns how the link from site a to site b behaves. O(1).
func (n *Network) LinkOf(a, b int) *Link { return &n.Links[n.Class[a*n.Sites+b]] }

// Stream is how reliable streams behave.
type Stream struct {
	RTOMin    core.Duration // first retransmission timeout
	RTOMax    core.Duration // it doubles up to this
	IdleClose core.Duration // an unused stream is closed after this
}

// Link is the behaviour of a directed link beyond its base delay.
type Link struct {
	Jitter    Dist // seconds, or fractions of the base delay when Relative; never negative
	Loss      Loss
	Duplicate float64 // probability per datagram
	Reorder   Reorder
	Corrupt   float64 // probability per datagram
	Bandwidth float64 // bit/s of the sender's egress; 0: unlimited
	Queue     int64   // bytes of the sender's egress queue
	MTU       int     // bytes
	Drift     Drift
}

// Loss models.
const (
	LossNone           = "none"
	LossBernoulli      = "bernoulli"
	LossGilbertElliott = "gilbert-elliott"
)

// Loss is the loss of datagrams.
type Loss struct {
	Model             string
	P                 float64 // bernoulli: per datagram
	PGB, PBG          float64 // gilbert-elliott: good → bad and bad → good, per datagram
	LossGood, LossBad float64 // gilbert-elliott: loss in each state
}

// Reorder delays a share of datagrams, so that later ones overtake them.
type Reorder struct {
	P     float64
	Extra Dist // seconds, or fractions of the base delay when Relative
}

// Drift kinds.
const (
	DriftNone = ""
	DriftRamp = "ramp"
	DriftSine = "sine"
	DriftWalk = "walk"
)

// Drift lets the base delay change while the run goes on.
//
//	ramp: from 1 to Factor times the base between From and To (linear)
//	sine: 1 + Amplitude·sin(2π·t/Period)
//	walk: every Step a factor e^N(0, Sigma), kept within [1/Limit, Limit]
type Drift struct {
	Kind      string
	From, To  core.Duration
	Factor    float64
	Period    core.Duration
	Amplitude float64 // fraction of the base, < 1
	Step      core.Duration
	Sigma     float64
	Limit     float64
}
