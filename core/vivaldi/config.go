package vivaldi

import "hypersim/core"

// Config holds the configuration keys of spec 10 §11.1, room "vivaldi" ([protocol.vivaldi] in a scenario
// file); the tags are those of swim.Config. `ref` gives the name in §11.1 where the key has lost a unit
// that its value now carries. A Config from Default is valid; one that passed Validate is complete. All
// nodes of a run share one Config and nobody writes to it.
type Config struct {
	Enabled bool       `key:"enabled" doc:"keep coordinates and send them on every datagram; true: distances to all members are known, for 53 bytes a datagram at 8 dimensions; false: timeouts and choices know nothing of distance"`
	Engine  EngineName `key:"engine" enum:"serf,basic,hyperscale" doc:"how a sample moves the coordinate; serf: as in Serf, with filter, adjustment and gravity; basic: none of these, so that the plain rule can be seen, which follows every outlier; hyperscale: as in AD-35, without height and with an error that is a time"`
	Workers bool       `key:"workers" doc:"workers take part too; true: their distance is known, for a coordinate in each of their datagrams; false: they cost none"`

	Dimensions int     `key:"dimensions" range:"[1,12]" doc:"axes beside the height; more: routes that fit no plane are told apart, for 4 bytes each and slower convergence; fewer: the reverse"`
	CE         float64 `key:"ce" range:"(0,1]" doc:"gain of the error estimate; larger: follows a change of the network sooner, and noise as well; smaller: steadier and later"`
	CC         float64 `key:"cc" range:"(0,1]" doc:"gain of the position; larger: converges and follows sooner, and trembles more; smaller: steadier and later"`

	ErrorInitial   float64       `key:"error_initial" range:"(0,100]" doc:"relative error of a fresh node (hyperscale has its own); larger: it trusts the others more and finds its place in fewer samples; smaller: it starts out as one to be believed, and pulls them"`
	ErrorMax       float64       `key:"error_max" range:"(0,100]" doc:"largest relative error (hyperscale has its own); larger: who has lost its place is heeded less by others; smaller: it is heeded as if it were fairly sure"`
	ErrorMin       float64       `key:"error_min" range:"(0,1]" doc:"least relative error (hyperscale has its own); larger: settled nodes still move when the network does; smaller: they stand more firmly, and follow later"`
	ErrorMSInitial core.Duration `key:"error_ms_initial" range:"[0,10]" doc:"absolute error of a fresh node; larger: longer timeouts towards it until it has samples; smaller: its first estimates are trusted too soon"`
	HeightMin      core.Duration `key:"height_min" range:"[0,1]" doc:"least height (hyperscale: 0); larger: no path is taken for shorter than twice this; smaller: near neighbours are told apart"`

	HyperErrorInitial  core.Duration `key:"hyperscale_error_initial" range:"(0,86400]" ref:"initial 1.0 s" doc:"hyperscale: error of a fresh node, which is a time there; larger: it trusts the others more; smaller: it pulls them"`
	HyperErrorMin      core.Duration `key:"hyperscale_error_min" range:"(0,86400]" ref:"0.05 s" doc:"hyperscale: least error; larger: settled nodes still move, and tremble; smaller: they stand, and follow later"`
	HyperErrorMax      core.Duration `key:"hyperscale_error_max" range:"(0,86400]" ref:"max 10 s" doc:"hyperscale: largest error; larger: who has lost its place is heeded less; smaller: it is heeded as if it were fairly sure"`
	HyperAdjustmentMax core.Duration `key:"hyperscale_adjustment_max" range:"[0,86400]" ref:"clamp ±1 s" doc:"hyperscale: largest adjustment, either way; larger: paths that fit no space are told better, and one wrong sample does more harm"`

	AdjustmentWindow int           `key:"adjustment_window" range:"[0,1000]" doc:"residuals whose mean is the adjustment; more: steadier, and later to follow; 0: off, so that what fits no space stays an error"`
	GravityRho       core.Duration `key:"gravity_rho" range:"[0,inf)" doc:"distance at which the pull toward the origin is 1 s per update; larger: a weaker pull, and the whole cloud drifts further; smaller: it is bent towards the origin; 0: no pull"`
	LatencyFilter    int           `key:"latency_filter" range:"[1,5]" doc:"samples per peer whose median counts; more: outliers do no harm, and a new route is believed later; 1: every sample counts"`
	RTTSampleMax     core.Duration `key:"rtt_sample_max" range:"(0,17]" doc:"longer samples and larger coordinates are rejected; smaller: less harm by wrong samples and by liars; larger: truly slow paths count"`
	CoordTTL         core.Duration `key:"coord_ttl" range:"(0,3600]" doc:"age at which coordinates lose quality and samples expire; longer: members that are seldom pinged keep a distance; shorter: what is known is true"`
	Peers            int           `key:"peers" range:"[1,1023]" ref:"coordinate cache, latency filters (§2.6)" doc:"cached peers per node, the least recently heard goes first; more: distances to more members, for 80 bytes each at 8 dimensions; fewer: less memory, and timeouts to the others know no distance"`

	KSigma       float64       `key:"k_sigma" range:"[0,100]" doc:"deviations between estimate and upper bound; more: fewer timeouts that are too short, and later detection; 0: the estimate itself is the bound"`
	RTTDefault   core.Duration `key:"rtt_default" range:"(0,inf)" ref:"rtt_default_ms" doc:"estimate when a coordinate is missing; larger: patience with who is not known; smaller: the unknown are taken for near"`
	SigmaDefault core.Duration `key:"sigma_default" range:"[0,inf)" ref:"sigma_default_ms" doc:"deviation when a coordinate is missing; larger: more patience with who is not known; smaller: less"`
	SigmaMin     core.Duration `key:"sigma_min" range:"[0,inf)" ref:"sigma_min_ms" doc:"least deviation; larger: a margin also where all samples agree; smaller: timeouts as tight as the samples are"`
	SigmaMax     core.Duration `key:"sigma_max" range:"(0,inf)" ref:"sigma_max_ms" doc:"largest deviation; larger: doubt may stretch a timeout further; smaller: it is cut, and a truly uncertain path times out too soon"`
	RTTMin       core.Duration `key:"rtt_min" range:"(0,inf)" ref:"rtt_min_ms" doc:"least upper bound; larger: no timeout for near members is too short; smaller: they are judged by what they need"`
	RTTMax       core.Duration `key:"rtt_max" range:"(0,inf)" ref:"rtt_max_ms" doc:"largest upper bound; larger: truly slow paths get their time; smaller: nobody is waited for longer because of a wrong distance"`

	MinSamplesForRouting int           `key:"min_samples_for_routing" range:"[1,31]" doc:"samples at which the number no longer lowers quality; more: newcomers are chosen later; fewer: their first, rough distances count"`
	ErrorGood            core.Duration `key:"error_good" range:"(0,inf)" ref:"error_good_ms" doc:"absolute error up to which quality is not lowered; larger: rough coordinates count in full; smaller: only good ones do, and timeouts to the others are longer"`
	ConvergenceError     float64       `key:"convergence_error" range:"(0,100]" doc:"error at or below which a node counts as converged; smaller: the report is later and worth more; nothing else depends on it"`
	ConvergenceSamples   int           `key:"convergence_samples" range:"[0,65535]" doc:"samples that a converged node has at least; more: the report is later and worth more; nothing else depends on it"`
	BootstrapRate        float64       `key:"bootstrap_rate" range:"[1,100]" doc:"pings per probe period until 10 samples; above 1 the extra ones have no failure meaning; higher: a newcomer has a coordinate sooner, for as many pings more in its first seconds"`
}

// EngineName is the key engine: which rule moves the local coordinate.
type EngineName string

// The engines.
const (
	EngineSerf       EngineName = "serf"
	EngineBasic      EngineName = "basic"
	EngineHyperscale EngineName = "hyperscale"
)

// Promise adds to p the bounds of coordinates that c makes.
func (c *Config) Promise(p *core.Promises) {
	p.Coordinates, p.WorkerCoordinates = c.Enabled, c.Workers
	p.HeightMin, p.CoordMax = c.HeightMin.Seconds(), c.RTTSampleMax.Seconds()
	p.ErrorMin, p.ErrorMax = c.ErrorMin, c.ErrorMax
	if c.Engine == EngineHyperscale { // it has no height, and its error is in seconds (spec 10 §11)
		p.HeightMin, p.ErrorMin, p.ErrorMax = 0, c.HyperErrorMin.Seconds(), c.HyperErrorMax.Seconds()
	}
}
