package job

import (
	"hypersim/core"
	"hypersim/core/call"
)

// ContextForward brings what a workflow changed in the job's context to the job's leader. The context itself is
// ballast, so what a key holds is not told apart (spec 01 no. 46).
type ContextForward struct {
	core.Shared
	Job      ID
	Workflow WorkflowID
	Updates  core.Blob
	Seq      uint64 // of the last update among them
	Manager  core.NodeID
}

// Walk implements core.Body.
func (b *ContextForward) Walk(w *core.Walker) {
	b.Job.Walk(w)
	b.Workflow.Walk(w)
	w.Blob("updates", &b.Updates)
	w.Uint64("update_seq", &b.Seq)
	w.Node("source_manager", &b.Manager)
}

// ContextLayerSync is the context after a layer of workflows, from the job's leader to its peers.
type ContextLayerSync struct {
	core.Shared
	Job      ID
	DE       uint32
	Layer    uint32 // version
	Snapshot core.Blob
}

// Walk implements core.Body.
func (b *ContextLayerSync) Walk(w *core.Walker) {
	b.Job.Walk(w)
	w.Uint32("dc_epoch", &b.DE)
	w.Uint32("layer_version", &b.Layer)
	w.Blob("snapshot", &b.Snapshot)
}

// ContextLayerSyncAck answers a ContextLayerSync.
type ContextLayerSyncAck struct {
	core.Shared
	call.Answer
	Applied bool
	Layer   uint32 // that the answerer holds
}

// Walk implements core.Body.
func (b *ContextLayerSyncAck) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	w.Bool("applied", &b.Applied)
	w.Uint32("layer_version", &b.Layer)
}
