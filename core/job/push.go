package job

import "hypersim/core"

// SiteStatus is where a job stands in one datacenter.
type SiteStatus struct {
	Site              uint16
	State             State
	Completed, Failed uint64
	Rate              float64
}

const leastSiteStatus = 2 + 1 + 16 + 8

func (s *SiteStatus) walk(w *core.Walker) {
	w.Uint16("site", &s.Site)
	core.Word(w, "state", &s.State, NumStates)
	w.Uint64("completed", &s.Completed)
	w.Uint64("failed", &s.Failed)
	w.Float64("rate", &s.Rate)
}

// Status is where a job stands, as its client is told.
type Status struct {
	Job               ID
	Site              uint16 // NoSite: a gate speaks, and Epoch is its ge; else it is the de of that datacenter
	Epoch             uint32
	Seq               uint32 // the client ignores what is not above the last one of the same epoch
	State             State
	Completed, Failed uint64
	Rate              float64
	Elapsed           core.Duration
	Final             bool
	PerSite           []SiteStatus
}

const leastStatus = 8 + 2 + 4 + 4 + 1 + 16 + 8 + 8 + 1 + 4

// Walk tells the fields.
func (s *Status) Walk(w *core.Walker) {
	s.Job.Walk(w)
	w.Uint16("site", &s.Site)
	w.Uint32("epoch", &s.Epoch)
	w.Uint32("seq", &s.Seq)
	core.Word(w, "state", &s.State, NumStates)
	w.Uint64("completed", &s.Completed)
	w.Uint64("failed", &s.Failed)
	w.Float64("overall_rate", &s.Rate)
	w.Duration("elapsed", &s.Elapsed)
	w.Bool("is_final", &s.Final)
	core.List(w, "per_dc_stats", &s.PerSite, leastSiteStatus, (*SiteStatus).walk)
}

// StatusPush tells a client where its job stands.
type StatusPush struct {
	core.Shared
	Status
}

// BatchPush tells a client where its jobs stand, four times a second. Nobody answers it.
type BatchPush struct {
	core.Shared
	Entries []Status
}

// Walk implements core.Body.
func (b *BatchPush) Walk(w *core.Walker) {
	core.List(w, "entries", &b.Entries, leastStatus, (*Status).Walk)
}

// ReporterResultPush tells a client how a reporter fared. Nobody answers it.
type ReporterResultPush struct {
	core.Shared
	Job      ID
	Reporter uint8 // type
	Success  bool
	Error    ErrorKind
	Elapsed  core.Duration
	Source   core.NodeID // where it ran
	Site     uint16
}

// Walk implements core.Body.
func (b *ReporterResultPush) Walk(w *core.Walker) {
	b.Job.Walk(w)
	w.Uint8("reporter_type", &b.Reporter)
	w.Bool("success", &b.Success)
	core.Word(w, "error", &b.Error, NumErrorKinds)
	w.Duration("elapsed", &b.Elapsed)
	w.Node("source", &b.Source)
	w.Uint16("site", &b.Site)
}
