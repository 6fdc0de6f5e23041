package metrics

import (
	"slices"
	"strconv"

	"hypersim/core"
)

// What observations carry, by whom they are about. A label that a metric does not carry selects nothing, so
// that a claim about it would hold whatever happened: it is no key of that metric.
var (
	ofObserver = []string{"observer", "observer_role", "observer_site", "observer_class", "node", "class", "group"}
	ofSubject  = []string{"subject", "subject_role", "subject_site", "subject_class", "subject_ghost", "group"}
	ofPair     = slices.Concat(ofObserver, ofSubject, []string{"role", "site", "link", "roles"})
	ofEither   = slices.Concat(ofSubject, []string{"node", "role", "site"}) // no single observer
	ofNode     = slices.Concat(ofObserver, []string{"role", "site"})
	ofRole     = []string{"observer_role", "role"}
	ofClasses  = []string{"site_a", "site_b", "link", "roles"} // of pairs
	ofMark     = slices.Concat(ofPair, []string{"to", "path", "cause", "truth"})
)

// carried are the labels of each metric beside those that Def.Param and Def.Type name.
var carried = [NumMetrics][]string{
	DetectionFirst: ofMark, DetectionEach: ofMark, FalseSuspicions: ofMark, FalsePositives: ofMark, ExcusedPositives: ofMark, Accusations: ofMark,
	DetectionFull: ofEither, Detected: slices.Concat(ofEither, []string{"to"}), Dissemination: ofEither,
	Refutation: ofPair, RefutationFull: ofEither,
	Rejoin: {"fault"}, Convergence: {"fault"},
	ViewError: slices.Concat(ofRole, []string{"group"}),
	Messages:  slices.Concat(ofRole, []string{"direction", "transport"}), Bytes: slices.Concat(ofRole, []string{"direction", "transport"}),
	CoordinateError: ofClasses, CoordinateErrorMS: ofClasses, RTTUCBCoverage: ofClasses, RTTUCBRatio: ofClasses,
	NewcomerError:        ofNode, // of all nodes at once: coordinate_rank, coordinate_quality, coordinate_settle, memory_per_pair
	ConfirmationAttempts: slices.Concat(ofPair, []string{"cause", "path"}), ConfirmationAttemptAge: slices.Concat(ofPair, []string{"cause", "path"}),
	ConfirmationPerPeer: slices.Concat(ofPair, []string{"cause", "path"}), UnconfirmedRemoved: slices.Concat(ofPair, []string{"cause", "path"}),
	UnconfirmedIllegal: slices.Concat(ofPair, []string{"from", "to", "cause", "path"}),
	DeathCallbacks:     ofPair, GossipEvicted: slices.Concat(ofNode, []string{"subject", "subject_site", "subject_ghost", "cause", "path"}),
	IncarnationMax: ofNode,
	JoinConfirm:    ofEither, JoinFirst: ofEither, JoinConfirmRole: slices.Concat(ofEither, []string{"observer_role", "roles"}),
	LHMScore: ofRole, QueueDepth: ofRole,
	UnconfirmedPeers:    {"observer_role", "subject_role", "role", "roles"},
	SuspicionTimerRatio: ofPair,
	ProbeFailures:       slices.Concat(ofRole, []string{"link"}),
	DCReachabilityDelay: slices.Concat(ofPair, []string{"dc", "from", "to", "cause", "path", "fault"}),
	DCReachability:      {"observer", "dc"},
	FalseUnreachable:    slices.Concat(ofNode, []string{"dc"}), LinkError: slices.Concat(ofPair, []string{"dc"}), WrongOrder: ofNode,
	JobSuspicion: slices.Concat(ofPair, []string{"cause", "path"}), JobSuspicionEnd: slices.Concat(ofPair, []string{"cause", "path"}),
	StreamOnly: ofPair,
}

// LabelKeys returns the labels that observations of m carry, sorted.
func LabelKeys(m Metric) []string {
	keys := slices.Clone(carried[m])
	if p := defs[m].Param; p != "" {
		keys = append(keys, p)
	}
	if t := defs[m].Type; t != "" {
		keys = append(keys, t)
	}
	if defs[m].Fold == FoldRate {
		keys = append(keys, "type")
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// LabelWords returns the words that a label of m can be, in the order of their definition; nil where they are
// numbers, causes, or what a scenario names: nodes, roles, sites, groups, faults and scopes.
func LabelWords(m Metric, key string) []string {
	switch key {
	case "to", "from":
		return stateWords(m, key)
	case "truth":
		return truthWords(m)
	case "class", "observer_class", "subject_class":
		return []string{Healthy.String(), Impaired.String()}
	case "subject_ghost":
		return []string{"false", "true"}
	case "path":
		return []string{"timer", "probe", "gossip"}
	case "link":
		return linkNames[LinkIntra:]
	case "direction":
		return directionNames[:]
	case "transport":
		return []string{"datagram", "stream", "link"}
	case "share":
		return numbers(shares[:])
	case "samples":
		return numbers(newcomerSamples[:])
	case "threshold":
		return numbers(thresholds[:])
	case defs[m].Type, "type":
		return typeWords(m)
	}
	return nil
}

// stateWords are the states that an observation of m comes from or goes to.
func stateWords(m Metric, key string) []string {
	suspect, dead := core.StateSuspect.String(), core.StateDead.String()
	switch m {
	case DCReachabilityDelay:
		return reaches()
	case FalseSuspicions:
		return []string{suspect}
	case FalsePositives, ExcusedPositives:
		return []string{dead}
	case UnconfirmedIllegal:
		if key == "from" {
			return []string{core.StateUnconfirmed.String()}
		}
	default:
	}
	return []string{suspect, dead}
}

func truthWords(m Metric) []string {
	switch m {
	case DetectionFirst, DetectionEach:
		return []string{TruthCrashed.String()}
	case ExcusedPositives:
		return truthNames[TruthPaused:]
	default:
		return []string{TruthLive.String()}
	}
}

func typeWords(m Metric) []string {
	var words []string
	switch m {
	case Messages, Bytes:
		for k := core.Kind(1); k < core.NumKinds; k++ {
			words = append(words, k.String())
		}
	case Convergence:
		return edgeNames[:]
	case JobSuspicion, JobSuspicionEnd:
		return stageNames[:]
	case LatencyMultiplier:
		return rttNames[:]
	default:
		for t := range core.UpdateType(core.NumUpdateTypes) {
			words = append(words, t.String())
		}
	}
	return words
}

func numbers[N int32 | uint16 | float64](list []N) []string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = strconv.FormatFloat(float64(v), 'g', -1, 64)
	}
	return words
}
