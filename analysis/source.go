package analysis

import (
	"math"
	"slices"

	"hypersim/core"
	"hypersim/sim/metrics"
)

// sources are the metrics whose values stand in tables of their own.
var sources = map[string]func(*metrics.Tables) []Sample{
	"detection_first": func(t *metrics.Tables) []Sample {
		return marks(t, func(r *metrics.DetectionRow) float64 { return r.First })
	},
	"detection_each": func(t *metrics.Tables) []Sample {
		return marks(t, func(r *metrics.DetectionRow) float64 { return r.SinceCrash })
	},
	"false_suspicions":  func(t *metrics.Tables) []Sample { return wrong(t, "SUSPECT", true) },
	"false_positives":   func(t *metrics.Tables) []Sample { return wrong(t, "DEAD", true) },
	"excused_positives": func(t *metrics.Tables) []Sample { return wrong(t, "DEAD", false) },
	"view_error":        viewErrors,
	"messages": func(t *metrics.Tables) []Sample {
		return traffic(t, func(r *metrics.MessageRow) float64 { return r.MessageRate })
	},
	"bytes": func(t *metrics.Tables) []Sample {
		return traffic(t, func(r *metrics.MessageRow) float64 { return r.ByteRate })
	},
	"coordinate_error": func(t *metrics.Tables) []Sample {
		return pairs(t, func(r *metrics.CoordinateRow) [3]float64 { return [3]float64{r.Rel50, r.Rel90, r.Rel99} })
	},
	"coordinate_error_ms": func(t *metrics.Tables) []Sample {
		return pairs(t, func(r *metrics.CoordinateRow) [3]float64 { return [3]float64{r.MS50, r.MS90, r.MS99} })
	},
	"rtt_ucb_coverage": covered,
	"rtt_ucb_ratio": func(t *metrics.Tables) []Sample {
		return pairs(t, func(r *metrics.CoordinateRow) [3]float64 { return [3]float64{r.Ratio50, math.NaN(), math.NaN()} })
	},
}

// marks returns the values of detections.csv that are not empty.
func marks(t *metrics.Tables, value func(*metrics.DetectionRow) float64) []Sample {
	var out []Sample
	for i := range t.Detections {
		r := &t.Detections[i]
		if v := value(r); !math.IsNaN(v) {
			out = append(out, Sample{r.At, v, 1, markLabels(r)})
		}
	}
	return out
}

// wrong returns a 1 for each marking of a live subject: of one that was reachable and well (live), or of
// one that a pause, cut, leave or restart excuses.
func wrong(t *metrics.Tables, to string, live bool) []Sample {
	var out []Sample
	for i := range t.Detections {
		r := &t.Detections[i]
		if r.To == to && r.Truth != "crashed" && (r.Truth == "live") == live {
			out = append(out, Sample{r.At, 1, 1, markLabels(r)})
		}
	}
	return out
}

func markLabels(r *metrics.DetectionRow) Labels {
	return Labels{
		{"to", r.To},
		{"role", RoleOf(r.Subject)},
		{"site", SiteOf(r.Subject)},
		{"subject", r.Subject},
		{"subject_role", RoleOf(r.Subject)},
		{"subject_site", SiteOf(r.Subject)},
		{"subject_class", r.PeerClass},
		{"observer", r.Observer},
		{"observer_role", RoleOf(r.Observer)},
		{"observer_site", SiteOf(r.Observer)},
		{"class", r.Class},
		{"truth", r.Truth},
		{"path", r.Path},
		{"cause", r.Cause},
	}
}

// viewErrors returns the view error by role of the observers, over all groups.
func viewErrors(t *metrics.Tables) []Sample {
	type sum struct{ disagree, pairs uint64 }
	var out []Sample
	for i := 0; i < len(t.Membership); {
		at := t.Membership[i].At
		var roles [core.NumRoles]sum
		for ; i < len(t.Membership) && t.Membership[i].At == at; i++ {
			m := &t.Membership[i]
			if role, ok := core.ParseRole(m.Role); ok {
				roles[role].disagree += m.Disagree
				roles[role].pairs += m.Pairs
			}
		}
		for role, s := range roles {
			if s.pairs > 0 {
				out = append(out, Sample{at, float64(s.disagree) / float64(s.pairs), float64(s.pairs), Labels{{"role", core.Role(role).String()}}})
			}
		}
	}
	return out
}

// traffic returns rates, each over the node-seconds of its role.
func traffic(t *metrics.Tables, value func(*metrics.MessageRow) float64) []Sample {
	var out []Sample
	transports := map[string]string{}
	for i := range t.Messages {
		r := &t.Messages[i]
		transport, ok := transports[r.Type]
		if !ok {
			transport = metrics.TransportOf(r.Type)
			transports[r.Type] = transport
		}
		if v := value(r); !math.IsNaN(v) {
			out = append(out, Sample{r.At, v, lived(r), Labels{
				{"direction", r.Direction}, {"reason", r.Reason}, {"type", r.Type}, {"class", r.Class}, {"role", r.Role}, {"transport", transport},
			}})
		}
	}
	return out
}

// lived returns how many node-seconds the role of r lived in its sample.
func lived(r *metrics.MessageRow) float64 {
	if !(r.MessageRate > 0) {
		return 0
	}
	return float64(r.Messages) / r.MessageRate
}

// Lived returns the node-seconds that each role lived in each sample in which it had any traffic: what the
// rates of messages and bytes are over. The only label is the role.
func (r *Run) Lived() []Sample {
	var out []Sample
	rows := r.Tables.Messages
	for i := 0; i < len(rows); {
		at, from := rows[i].At, len(out)
		for ; i < len(rows) && rows[i].At == at; i++ {
			s := lived(&rows[i])
			known := slices.ContainsFunc(out[from:], func(o Sample) bool { return o.Labels[0].Word == rows[i].Role })
			if s > 0 && !known {
				out = append(out, Sample{at, s, s, Labels{{"role", rows[i].Role}}})
			}
		}
	}
	return out
}

// pairs returns the quantiles of each class of pairs, labelled by stat.
func pairs(t *metrics.Tables, value func(*metrics.CoordinateRow) [3]float64) []Sample {
	stats := [3]string{"p50", "p90", "p99"}
	var out []Sample
	for i := range t.Coordinates {
		r := &t.Coordinates[i]
		for k, v := range value(r) {
			if !math.IsNaN(v) {
				out = append(out, Sample{r.At, v, float64(r.Pairs), append(pairLabels(r), Label{"stat", stats[k]})})
			}
		}
	}
	return out
}

// covered returns the share of pairs within their bound, by class of pairs.
func covered(t *metrics.Tables) []Sample {
	var out []Sample
	for i := range t.Coordinates {
		if r := &t.Coordinates[i]; !math.IsNaN(r.Coverage) {
			out = append(out, Sample{r.At, r.Coverage, float64(r.Pairs), pairLabels(r)})
		}
	}
	return out
}

func pairLabels(r *metrics.CoordinateRow) Labels {
	return Labels{{"link", r.Link}, {"roles", r.Roles}, {"site_a", r.SiteA}, {"site_b", r.SiteB}}
}
