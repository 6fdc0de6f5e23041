package replica

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// AddBodies tells which kinds of job leadership and state have bodies.
func AddBodies(b *core.Bodies) {
	b[core.KindJobStateSync] = func() core.Body { return new(Sync) }
	b[core.KindJobStateSyncAck] = func() core.Body { return new(SyncAck) }
	b[core.KindJobReplicaFetch] = func() core.Body { return new(Fetch) }
	b[core.KindJobReplicaFetchResponse] = func() core.Body { return new(FetchResponse) }
	b[core.KindJobLeadershipAnnouncement] = func() core.Body { return new(Announcement) }
	b[core.KindJobLeadershipAck] = func() core.Body { return new(AnnouncementAck) }
	b[core.KindJobLeaderManagerTransfer] = func() core.Body { return new(ManagerTransfer) }
	b[core.KindJobLeaderManagerTransferAck] = func() core.Body { return new(ManagerTransferAck) }
	b[core.KindJobLeaderWorkerTransfer] = func() core.Body { return new(WorkerTransfer) }
	b[core.KindJobLeaderWorkerTransferAck] = func() core.Body { return new(WorkerTransferAck) }
	b[core.KindJobAdoptOffer] = func() core.Body { return new(AdoptOffer) }
	b[core.KindJobAdoptOfferAck] = func() core.Body { return new(AdoptOfferAck) }
	b[core.KindJobLeaderGateTransfer] = func() core.Body { return new(GateTransfer) }
	b[core.KindJobLeaderGateTransferAck] = func() core.Body { return new(GateTransferAck) }
	b[core.KindGateJobLeaderTransfer] = func() core.Body { return new(GateTransfer) }
	b[core.KindGateJobLeaderTransferAck] = func() core.Body { return new(ClientAck) }
	b[core.KindManagerJobLeaderTransfer] = func() core.Body { return new(ManagerTransfer) }
	b[core.KindManagerJobLeaderTransferAck] = func() core.Body { return new(ClientAck) }
	b[core.KindLeaseTransfer] = func() core.Body { return new(LeaseTransfer) }
	b[core.KindLeaseTransferAck] = func() core.Body { return new(LeaseTransferAck) }
	b[core.KindStateSyncRequest] = func() core.Body { return new(StateRequest) }
	b[core.KindStateSyncResponse] = func() core.Body { return new(StateResponse) }
}

// Sync (JobStateSync) is one round of a holder to its peers: all its jobs.
type Sync struct {
	core.Shared
	Round   uint64
	Entries []Entry
}

// Walk implements core.Body.
func (b *Sync) Walk(w *core.Walker) {
	w.Uint64("round", &b.Round)
	core.List(w, "entries", &b.Entries, leastEntry, (*Entry).walk)
}

// Verdict is what became of one entry of a round, and what the peer holds of that job now.
type Verdict struct {
	Head
	Stand Stand
	State job.State // TERMINAL: of the tombstone
}

func (v *Verdict) walk(w *core.Walker) {
	v.Head.walk(w)
	core.Word(w, "stand", &v.Stand, NumStands)
	core.Word(w, "state", &v.State, job.NumStates)
}

// SyncAck (JobStateSyncAck) answers a Sync, entry by entry. It counts for no commit unless Ready.
type SyncAck struct {
	core.Shared
	call.Answer
	Round    uint64
	Ready    bool
	Verdicts []Verdict
}

// Walk implements core.Body.
func (b *SyncAck) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	w.Uint64("round", &b.Round)
	w.Bool("ready", &b.Ready)
	core.List(w, "verdicts", &b.Verdicts, leastHead+1+1, (*Verdict).walk)
}

// Fetch (JobReplicaFetch) asks for the entries of jobs, and whether a claim of the sender would be accepted; or for the
// heads of all jobs (spec 03 nos. 3, 18).
type Fetch struct {
	core.Shared
	Reason Reason // of the claim to come
	Heads  bool
	Jobs   []job.ID
}

func walkJob(j *job.ID, w *core.Walker) { j.Walk(w) }

// Walk implements core.Body.
func (b *Fetch) Walk(w *core.Walker) {
	core.Word(w, "reason", &b.Reason, NumReasons)
	w.Bool("heads", &b.Heads)
	core.List(w, "jobs", &b.Jobs, 8, walkJob)
}

// Found is what a peer has of one job.
type Found struct {
	Job          job.ID
	Acceptable   bool   // it would accept the claim now
	Promised     uint32 // highest epoch that it accepted a claim of
	CancelWanted bool   // it remembers a cancel (spec 04 no. 47)
	Tombstone    job.State
	Entry        []Entry // one, FULL, if it has one
}

const leastFound = 8 + 1 + 4 + 1 + 1 + 4

func (f *Found) walk(w *core.Walker) {
	f.Job.Walk(w)
	w.Bool("acceptable", &f.Acceptable)
	w.Uint32("promised", &f.Promised)
	w.Bool("cancel_wanted", &f.CancelWanted)
	core.Word(w, "tombstone", &f.Tombstone, job.NumStates)
	core.List(w, "entry", &f.Entry, leastEntry, (*Entry).walk)
}

// FetchResponse answers a Fetch.
type FetchResponse struct {
	core.Shared
	call.Answer
	Ready bool
	Found []Found
	Heads []Head
}

// Walk implements core.Body.
func (b *FetchResponse) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	w.Bool("ready", &b.Ready)
	core.List(w, "found", &b.Found, leastFound, (*Found).walk)
	core.List(w, "heads", &b.Heads, leastHead, (*Head).walk)
}
