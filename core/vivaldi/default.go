package vivaldi

import (
	"errors"
	"fmt"
	"time"

	"hypersim/core"
)

// Default returns the constants of spec 10 §11.1.
func Default() Config {
	return Config{
		Enabled: true, Engine: EngineSerf, Workers: false,
		Dimensions: 8, CE: 0.25, CC: 0.25,
		ErrorInitial: 1.5, ErrorMax: 1.5, ErrorMin: 0.01, ErrorMSInitial: 100 * time.Millisecond,
		HeightMin:         10 * time.Microsecond,
		HyperErrorInitial: time.Second, HyperErrorMin: 50 * time.Millisecond, HyperErrorMax: 10 * time.Second,
		HyperAdjustmentMax: time.Second,
		AdjustmentWindow:   20, GravityRho: 150 * time.Second, LatencyFilter: 3,
		RTTSampleMax: 10 * time.Second, CoordTTL: 300 * time.Second, Peers: 512,
		KSigma: 2, RTTDefault: 100 * time.Millisecond, SigmaDefault: 50 * time.Millisecond,
		SigmaMin: time.Millisecond, SigmaMax: 500 * time.Millisecond,
		RTTMin: time.Millisecond, RTTMax: 10 * time.Second,
		MinSamplesForRouting: 10, ErrorGood: 20 * time.Millisecond,
		ConvergenceError: 0.5, ConvergenceSamples: 10, BootstrapRate: 1,
	}
}

// Bounds that the memory layout of peers.go rests on; the `range` tags repeat them.
const (
	// MaxPeers bounds the cache: whoever keeps a slot beside a peer has ten bits for it (swim's records).
	MaxPeers = 1<<10 - 1

	filterMax    = 5
	sampleRTTMax = 17 * time.Second   // 32 bits of 4 ns
	ttlMax       = 3600 * time.Second // 16 bits of 2^26 ns
)

// Validate reports every relation between keys that does not hold, and every single key outside of its
// range that would break a Node rather than a result.
func (c *Config) Validate() error {
	var errs []error
	require := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("vivaldi."+format, args...))
		}
	}
	_, known := parseEngine(c.Engine)
	require(known, "engine = %q: must be serf, basic or hyperscale", c.Engine)
	require(c.Dimensions >= 1 && c.Dimensions <= core.MaxDims, "dimensions = %d: must be 1 to %d", c.Dimensions, core.MaxDims)
	require(c.LatencyFilter >= 1 && c.LatencyFilter <= filterMax, "latency_filter = %d: must be 1 to %d", c.LatencyFilter, filterMax)
	require(c.Peers >= 1 && c.Peers <= MaxPeers, "peers = %d: must be 1 to %d", c.Peers, MaxPeers)
	require(c.AdjustmentWindow >= 0 && c.AdjustmentWindow <= 1000, "adjustment_window = %d: must be 0 to 1000", c.AdjustmentWindow)
	require(c.RTTSampleMax > 0 && c.RTTSampleMax <= sampleRTTMax, "rtt_sample_max = %v: must be above 0s and at most %v", c.RTTSampleMax, sampleRTTMax)
	require(c.CoordTTL > 0 && c.CoordTTL <= ttlMax, "coord_ttl = %v: must be above 0s and at most %v", c.CoordTTL, ttlMax)
	require(c.HeightMin >= 0 && c.HeightMin <= c.RTTSampleMax,
		"height_min = %v: must be between 0s and rtt_sample_max = %v, or peers reject the coordinate", c.HeightMin, c.RTTSampleMax)
	require(c.ErrorMin > 0 && c.ErrorMin <= c.ErrorInitial && c.ErrorInitial <= c.ErrorMax,
		"error_initial = %v: must lie between error_min = %v (above 0) and error_max = %v", c.ErrorInitial, c.ErrorMin, c.ErrorMax)
	require(c.HyperErrorMin <= c.HyperErrorInitial && c.HyperErrorInitial <= c.HyperErrorMax,
		"hyperscale_error_initial = %v: must lie between hyperscale_error_min = %v and hyperscale_error_max = %v",
		c.HyperErrorInitial, c.HyperErrorMin, c.HyperErrorMax)
	require(c.SigmaMin <= c.SigmaMax, "sigma_min = %v: must not be above sigma_max = %v", c.SigmaMin, c.SigmaMax)
	require(c.RTTMin <= c.RTTMax, "rtt_min = %v: must not be above rtt_max = %v", c.RTTMin, c.RTTMax)
	require(c.MinSamplesForRouting >= 1 && c.MinSamplesForRouting <= samplesMax,
		"min_samples_for_routing = %d: must be 1 to %d", c.MinSamplesForRouting, samplesMax)
	return errors.Join(errs...)
}
