package job

import "hypersim/core"

// SiteOutcome is how one datacenter's part of a job ended.
type SiteOutcome struct {
	Site              uint16
	State             State
	Completeness      Completeness
	Completed, Failed uint64
	Results           core.Blob // merged
	Elapsed           core.Duration
}

func (o *SiteOutcome) walk(w *core.Walker) {
	w.Uint16("site", &o.Site)
	core.Word(w, "state", &o.State, NumStates)
	core.Word(w, "completeness", &o.Completeness, NumCompleteness)
	w.Uint64("total_completed", &o.Completed)
	w.Uint64("total_failed", &o.Failed)
	w.Blob("results", &o.Results)
	w.Duration("elapsed", &o.Elapsed)
}

// Stats are the statistics of a whole job (AggregatedJobStats). Latencies are in ms.
type Stats struct {
	Requests, Succeeded, Failed uint64
	Rate                        float64 // per second
	Mean, P50, P95, P99         float64
	Approximate                 bool // merged from numbers, not from histograms (J47)
}

func (s *Stats) walk(w *core.Walker) {
	w.Uint64("total_requests", &s.Requests)
	w.Uint64("successful_requests", &s.Succeeded)
	w.Uint64("failed_requests", &s.Failed)
	w.Float64("overall_rate", &s.Rate)
	w.Float64("latency_avg", &s.Mean)
	w.Float64("latency_p50", &s.P50)
	w.Float64("latency_p95", &s.P95)
	w.Float64("latency_p99", &s.P99)
	w.Bool("approximate", &s.Approximate)
}

// Outcome is how a whole job ended.
type Outcome struct {
	Job                       ID
	GE                        uint32
	State                     State // terminal
	Completeness              Completeness
	PerSite                   []SiteOutcome
	Stats                     Stats
	Completed, Failed         uint64 // items of all datacenters
	SitesCompleted, SitesLost uint16 // successful_datacenters, failed_datacenters
	Errors                    []Failure
	Elapsed                   core.Duration
}

// LeastOutcome is how many bytes an Outcome has at the least.
const LeastOutcome = 8 + 4 + 1 + 1 + 4 + 8*8 + 1 + 16 + 4 + 4 + 8

// WalkOutcome tells the fields of an element of a list.
func WalkOutcome(o *Outcome, w *core.Walker) { o.Walk(w) }

// Walk tells the fields.
func (o *Outcome) Walk(w *core.Walker) {
	o.Job.Walk(w)
	w.Uint32("gate_epoch", &o.GE)
	core.Word(w, "state", &o.State, NumStates)
	core.Word(w, "completeness", &o.Completeness, NumCompleteness)
	core.List(w, "per_datacenter", &o.PerSite, 2+1+1+16+leastBlob+8, (*SiteOutcome).walk)
	o.Stats.walk(w)
	w.Uint64("total_completed", &o.Completed)
	w.Uint64("total_failed", &o.Failed)
	w.Uint16("successful_datacenters", &o.SitesCompleted)
	w.Uint16("failed_datacenters", &o.SitesLost)
	core.List(w, "errors", &o.Errors, LeastFailure, WalkFailure)
	w.Duration("elapsed", &o.Elapsed)
}

// GlobalResult tells a client how its job ended.
type GlobalResult struct {
	core.Shared
	Outcome
}
