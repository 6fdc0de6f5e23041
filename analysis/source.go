package analysis

import (
	"math"

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
	"rtt_ucb_coverage": func(t *metrics.Tables) []Sample {
		return pairs(t, func(r *metrics.CoordinateRow) [3]float64 { return [3]float64{r.Coverage, math.NaN(), math.NaN()} })
	},
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
			out = append(out, Sample{r.At, v, markLabels(r)})
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
			out = append(out, Sample{r.At, 1, markLabels(r)})
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
				out = append(out, Sample{at, float64(s.disagree) / float64(s.pairs), Labels{{"role", core.Role(role).String()}}})
			}
		}
	}
	return out
}

func traffic(t *metrics.Tables, value func(*metrics.MessageRow) float64) []Sample {
	var out []Sample
	for i := range t.Messages {
		r := &t.Messages[i]
		if v := value(r); !math.IsNaN(v) {
			out = append(out, Sample{r.At, v, Labels{{"direction", r.Direction}, {"type", r.Type}, {"class", r.Class}, {"role", r.Role}}})
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
				out = append(out, Sample{r.At, v, Labels{
					{"stat", stats[k]}, {"link", r.Link}, {"roles", r.Roles}, {"site_a", r.SiteA}, {"site_b", r.SiteB},
				}})
			}
		}
	}
	return out
}
