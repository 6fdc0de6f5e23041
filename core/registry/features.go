package registry

// Version of the protocol. Two versions get on iff their majors are equal. The zero value is 1.0: a peer that says nothing.
type Version struct{ Major, Minor uint8 }

// Current is the version of this program.
var Current = Version{1, 5}

func (v Version) known() Version {
	if v == (Version{}) {
		return Version{1, 0}
	}
	return v
}

// Compatible reports whether peers of both versions can talk.
func (v Version) Compatible(o Version) bool { return v.known().Major == o.known().Major }

// Feature is something that not every version can.
type Feature uint8

// Features, each with the version that brought it (spec 30 §10).
const (
	FeatureSubmission Feature = iota
	FeatureDispatch
	FeatureHeartbeat
	FeatureCancellation
	FeatureBatchedStats
	FeatureStatsCompression
	FeatureReconnection
	FeatureFences
	FeatureIdempotency
	FeatureRateLimiting
	FeatureRetryAfter
	FeatureExtensions
	FeatureHealthPiggyback
	FeatureThreeSignals
	FeatureProgressBatch
	FeaturePressureSeq
	FeatureTypedBusy
	NumFeatures = 17
)

var features = [NumFeatures]struct {
	name  string
	since Version
}{
	FeatureSubmission: {"job_submission", Version{1, 0}}, FeatureDispatch: {"workflow_dispatch", Version{1, 0}},
	FeatureHeartbeat: {"heartbeat", Version{1, 0}}, FeatureCancellation: {"cancellation", Version{1, 0}},
	FeatureBatchedStats: {"batched_stats", Version{1, 1}}, FeatureStatsCompression: {"stats_compression", Version{1, 1}},
	FeatureReconnection: {"client_reconnection", Version{1, 2}}, FeatureFences: {"fence_tokens", Version{1, 2}}, FeatureIdempotency: {"idempotency_keys", Version{1, 2}},
	FeatureRateLimiting: {"rate_limiting", Version{1, 3}}, FeatureRetryAfter: {"retry_after", Version{1, 3}},
	FeatureExtensions: {"healthcheck_extensions", Version{1, 4}}, FeatureHealthPiggyback: {"health_piggyback", Version{1, 4}}, FeatureThreeSignals: {"three_signal_health", Version{1, 4}},
	FeatureProgressBatch: {"job_progress_batch", Version{1, 5}}, FeaturePressureSeq: {"backpressure_seq", Version{1, 5}}, FeatureTypedBusy: {"typed_busy", Version{1, 5}},
}

func (f Feature) String() string {
	if int(f) < len(features) {
		return features[f].name
	}
	return "unknown"
}

// Features is a set of features, a bit each.
type Features uint32

// Has reports whether f is in the set.
func (s Features) Has(f Feature) bool { return s&(1<<f) != 0 }

// FeaturesOf returns all that a version can: what it and all before it brought, of whatever major version.
func FeaturesOf(v Version) (s Features) {
	v = v.known()
	for f := range features {
		if since := features[f].since; since.Major < v.Major || since.Major == v.Major && since.Minor <= v.Minor {
			s |= 1 << f
		}
	}
	return s
}

// Negotiate returns what two peers may use towards each other: what both say that they can, and both versions have. ok is
// false where they cannot talk. Bits that nobody knows say nothing.
func Negotiate(local, remote Version, mine, theirs Features) (s Features, ok bool) {
	if !local.Compatible(remote) {
		return 0, false
	}
	return mine & theirs & FeaturesOf(local) & FeaturesOf(remote), true
}
