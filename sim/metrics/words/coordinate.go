package words

// Values of the labels threshold (relative error) and samples.
var (
	Thresholds      = []float64{0.25, 0.2, 0.15, 0.1}
	NewcomerSamples = []uint16{5, 10, 20}

	ofClasses = []string{label("site_a", FromSites), label("site_b", FromSites), "link", "roles"} // of pairs
	_         = label("threshold", Fixed, numbers(Thresholds)...)
	_         = label("samples", Fixed, numbers(NewcomerSamples)...)
)

// Predicted against true round trips.
const coordinate family = 60

// The metrics.
var (
	CoordinateError = coordinate.metric(Def{
		Name: "coordinate_error", Unit: "relative", Better: Lower, Labels: ofClasses, Apart: []string{"link"},
		Event: "coordinate sample", Tabled: true,
		Doc: "|predicted − true RTT| / true RTT over sampled pairs, at most 100 equally weighted quantiles per sample and class of pairs; the true RTT is there and back, one number for both directions, with drift and faults, without the mean of the jitter",
	})

	CoordinateErrorMS = coordinate.metric(Def{
		Name: "coordinate_error_ms", Unit: "ms", Better: Lower, Labels: ofClasses, Apart: []string{"link"},
		Event: "coordinate sample", Tabled: true,
		Doc: "|predicted − true RTT|, kept like coordinate_error",
	})

	CoordinateSettle = coordinate.metric(Def{
		Name: "coordinate_settle", Unit: "s", Better: Lower, Labels: []string{"threshold"}, Param: "threshold",
		Apart: []string{"threshold"},
		Doc:   "start until the median of coordinate_error over all pairs stays below the threshold to the end",
	})

	CoordinateRank = coordinate.metric(Def{
		Name: "coordinate_rank", Unit: "count", Fold: FoldLevel, Event: "sample",
		Doc: "principal axes holding more than 1 % of the variance of all coordinate vectors; sampled",
	})

	CoordinateQuality = coordinate.metric(Def{
		Name: "coordinate_quality", Unit: "0-1", Fold: FoldLevel, Better: Higher, Event: "sample",
		Doc: "min(1, samples/10) · min(1, 20/error_ms) of each node's own coordinate (age 0); sampled, to 0.01",
	})

	RTTUCBCoverage = coordinate.metric(Def{
		Name: "rtt_ucb_coverage", Unit: "fraction", Fold: FoldShare, Better: Higher, Labels: ofClasses,
		Event: "coordinate sample", Tabled: true,
		Doc: "share of sampled pairs whose true RTT is at most the upper bound of the estimate",
	})

	RTTUCBRatio = coordinate.metric(Def{
		Name: "rtt_ucb_ratio", Unit: "ratio", Better: Lower, Labels: ofClasses, Apart: []string{"link"},
		Event: "coordinate sample", Tabled: true,
		Doc: "upper bound over true RTT of sampled pairs, kept like coordinate_error",
	})

	NewcomerError = coordinate.metric(Def{
		Name: "newcomer_error", Unit: "relative", Better: Lower, Labels: with(ofNode, "samples"), Param: "samples",
		Apart: []string{"samples"},
		Doc:   "median coordinate_error of the sampled pairs of a node that started after 0, at the first sample with ≥ 5, 10, 20 own samples",
	})
)
