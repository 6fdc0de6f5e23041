package replica

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// Claim is one job that somebody claims or has.
type Claim struct {
	Job               job.ID
	Epoch             uint32 // claimed
	Leader            core.NodeID
	Instance          uint32 // of the leader's process
	Reason            Reason
	FromEpoch         uint32 // number of the entry that the claim starts from
	FromSeq           uint64
	Workflows         uint32
	TargetDatacenters uint16
	Entry             []Entry // one, FULL, with a claim: a peer that does not know the job stores it (spec 03 no. 6)
}

const leastClaim = 8 + 4 + 7 + 4 + 1 + 4 + 8 + 4 + 2 + 4

func (c *Claim) walk(w *core.Walker) {
	c.Job.Walk(w)
	w.Uint32("epoch", &c.Epoch)
	w.Node("leader", &c.Leader)
	w.Uint32("instance", &c.Instance)
	core.Word(w, "reason", &c.Reason, NumReasons)
	w.Uint32("from_epoch", &c.FromEpoch)
	w.Uint64("from_seq", &c.FromSeq)
	w.Uint32("workflow_count", &c.Workflows)
	w.Uint16("target_dc_count", &c.TargetDatacenters)
	core.List(w, "entry", &c.Entry, leastEntry, (*Entry).walk)
}

// Announcement (JobLeadershipAnnouncement) claims jobs, or says who leads them. All claims of one round travel in one.
type Announcement struct {
	core.Shared
	Term   uint64 // of the cluster leader
	Claim  bool   // false: it is done
	Claims []Claim
}

// Walk implements core.Body.
func (b *Announcement) Walk(w *core.Walker) {
	w.Uint64("term", &b.Term)
	w.Bool("claim", &b.Claim)
	core.List(w, "claims", &b.Claims, leastClaim, (*Claim).walk)
}

// ClaimAnswer is the answer to one Claim.
type ClaimAnswer struct {
	Job          job.ID
	Code         call.Code
	Accepted     bool
	Promised     uint32      // highest epoch that the peer accepted a claim of
	Leader       core.NodeID // whom it follows, or NoNode
	HeldEpoch    uint32      // number of its entry, 0 and 0 if it has none
	HeldSeq      uint64
	CancelWanted bool      // it remembers a cancel (spec 04 no. 47)
	Tombstone    job.State // ALREADY_TERMINAL
	Entry        []Entry   // one, where it is greater than what the claim starts from (spec 03 no. 1)
}

const leastClaimAnswer = 8 + 1 + 1 + 4 + 1 + 4 + 8 + 1 + 1 + 4

func (a *ClaimAnswer) walk(w *core.Walker) {
	a.Job.Walk(w)
	core.Word(w, "answer", &a.Code, call.NumCodes)
	w.Bool("accepted", &a.Accepted)
	w.Uint32("promised", &a.Promised)
	w.MaybeNode("leader", &a.Leader)
	w.Uint32("held_epoch", &a.HeldEpoch)
	w.Uint64("held_seq", &a.HeldSeq)
	w.Bool("cancel_wanted", &a.CancelWanted)
	core.Word(w, "tombstone", &a.Tombstone, job.NumStates)
	core.List(w, "entry", &a.Entry, leastEntry, (*Entry).walk)
}

// AnnouncementAck (JobLeadershipAck) answers an Announcement, claim by claim. It counts for no claim unless Ready.
type AnnouncementAck struct {
	core.Shared
	call.Answer
	Ready   bool
	Answers []ClaimAnswer
}

// Walk implements core.Body.
func (b *AnnouncementAck) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	w.Bool("ready", &b.Ready)
	core.List(w, "answers", &b.Answers, leastClaimAnswer, (*ClaimAnswer).walk)
}

// LeaseTransfer hands a job over to a successor that its entry names.
type LeaseTransfer struct {
	core.Shared
	Job      job.ID
	Site     uint16 // job.NoSite among gates
	From, To core.NodeID
	Epoch    uint32 // new one
	Version  uint64 // Seq of the entry
}

// Walk implements core.Body.
func (b *LeaseTransfer) Walk(w *core.Walker) {
	b.Job.Walk(w)
	w.Uint16("site", &b.Site)
	w.Node("from", &b.From)
	w.Node("to", &b.To)
	w.Uint32("new_epoch", &b.Epoch)
	w.Uint64("version", &b.Version)
}

// LeaseTransferAck answers a LeaseTransfer.
type LeaseTransferAck struct {
	core.Shared
	call.Answer
	Accepted bool
}

// Walk implements core.Body.
func (b *LeaseTransferAck) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	w.Bool("accepted", &b.Accepted)
}
