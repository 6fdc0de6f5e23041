package vivaldi

import "hypersim/core"

// Config holds the configuration keys of spec 10 §11.1, room "vivaldi" ([protocol.vivaldi] in a scenario
// file); the tags are those of swim.Config. `ref` gives the name in §11.1 where the key has lost a unit
// that its value now carries. A Config from Default is valid; one that passed Validate is complete. All
// nodes of a run share one Config and nobody writes to it.
type Config struct {
	Enabled bool       `key:"enabled" doc:"keep coordinates and send them on every datagram"`
	Engine  EngineName `key:"engine" enum:"serf,basic,hyperscale" doc:"how a sample moves the coordinate; basic: no filter, adjustment, gravity; hyperscale: as in AD-35"`
	Workers bool       `key:"workers" doc:"workers take part too"`

	Dimensions int     `key:"dimensions" range:"[1,12]" doc:"axes beside the height"`
	CE         float64 `key:"ce" range:"(0,1]" doc:"gain of the error estimate"`
	CC         float64 `key:"cc" range:"(0,1]" doc:"gain of the position"`

	ErrorInitial   float64       `key:"error_initial" range:"(0,100]" doc:"relative error of a fresh node (hyperscale has its own)"`
	ErrorMax       float64       `key:"error_max" range:"(0,100]" doc:"largest relative error (hyperscale has its own)"`
	ErrorMin       float64       `key:"error_min" range:"(0,1]" doc:"least relative error (hyperscale has its own)"`
	ErrorMSInitial core.Duration `key:"error_ms_initial" range:"[0,10]" doc:"absolute error of a fresh node"`
	HeightMin      core.Duration `key:"height_min" range:"[0,1]" doc:"least height (hyperscale: 0)"`

	HyperErrorInitial  core.Duration `key:"hyperscale_error_initial" range:"(0,86400]" ref:"initial 1.0 s" doc:"hyperscale: error of a fresh node, which is a time there"`
	HyperErrorMin      core.Duration `key:"hyperscale_error_min" range:"(0,86400]" ref:"0.05 s" doc:"hyperscale: least error"`
	HyperErrorMax      core.Duration `key:"hyperscale_error_max" range:"(0,86400]" ref:"max 10 s" doc:"hyperscale: largest error"`
	HyperAdjustmentMax core.Duration `key:"hyperscale_adjustment_max" range:"[0,86400]" ref:"clamp ±1 s" doc:"hyperscale: largest adjustment, either way"`

	AdjustmentWindow int           `key:"adjustment_window" range:"[0,1000]" doc:"residuals whose mean is the adjustment; 0 switches it off"`
	GravityRho       core.Duration `key:"gravity_rho" range:"[0,inf)" doc:"distance at which the pull toward the origin is 1 s per update; 0 switches it off"`
	LatencyFilter    int           `key:"latency_filter" range:"[1,5]" doc:"samples per peer whose median counts; 1 switches it off"`
	RTTSampleMax     core.Duration `key:"rtt_sample_max" range:"(0,17]" doc:"longer samples and larger coordinates are rejected"`
	CoordTTL         core.Duration `key:"coord_ttl" range:"(0,3600]" doc:"age at which coordinates lose quality and samples expire"`
	Peers            int           `key:"peers" range:"[1,1023]" ref:"coordinate cache, latency filters (§2.6)" doc:"cached peers per node, the least recently heard goes first"`

	KSigma       float64       `key:"k_sigma" range:"[0,100]" doc:"deviations between estimate and upper bound"`
	RTTDefault   core.Duration `key:"rtt_default" range:"(0,inf)" ref:"rtt_default_ms" doc:"estimate when a coordinate is missing"`
	SigmaDefault core.Duration `key:"sigma_default" range:"[0,inf)" ref:"sigma_default_ms" doc:"deviation when a coordinate is missing"`
	SigmaMin     core.Duration `key:"sigma_min" range:"[0,inf)" ref:"sigma_min_ms" doc:"least deviation"`
	SigmaMax     core.Duration `key:"sigma_max" range:"(0,inf)" ref:"sigma_max_ms" doc:"largest deviation"`
	RTTMin       core.Duration `key:"rtt_min" range:"(0,inf)" ref:"rtt_min_ms" doc:"least upper bound"`
	RTTMax       core.Duration `key:"rtt_max" range:"(0,inf)" ref:"rtt_max_ms" doc:"largest upper bound"`

	MinSamplesForRouting int           `key:"min_samples_for_routing" range:"[1,31]" doc:"samples at which the number no longer lowers quality"`
	ErrorGood            core.Duration `key:"error_good" range:"(0,inf)" ref:"error_good_ms" doc:"absolute error up to which quality is not lowered"`
	ConvergenceError     float64       `key:"convergence_error" range:"(0,100]" doc:"error at or below which a node counts as converged"`
	ConvergenceSamples   int           `key:"convergence_samples" range:"[0,65535]" doc:"samples that a converged node has at least"`
	BootstrapRate        float64       `key:"bootstrap_rate" range:"[1,100]" doc:"pings per probe period until 10 samples; above 1 the extra ones have no failure meaning"`
}
