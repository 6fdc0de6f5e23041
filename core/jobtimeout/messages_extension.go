package jobtimeout

import (
	"hypersim/core"
	"hypersim/core/call"
)

// ExtensionRequest (HealthcheckExtensionRequest) asks a manager for more time. The sender is the worker.
type ExtensionRequest struct {
	core.Shared
	core.Ask
}

// Grant is how a request for more time ended. It is recorded, and a repeat of the request gets it again.
type Grant struct {
	Granted        bool
	Extension      core.Duration
	DeadlineIn     core.Duration
	Remaining      uint8 // extensions left
	Denial         Denial
	Warning        bool // is_exhaustion_warning
	Grace          bool // in_grace_period
	GraceRemaining core.Duration
}

const leastGrant = 1 + 8 + 8 + 1 + 1 + 1 + 1 + 8

// Walk tells the fields.
func (g *Grant) Walk(w *core.Walker) {
	w.Bool("granted", &g.Granted)
	w.Duration("extension", &g.Extension)
	w.Duration("deadline_in", &g.DeadlineIn)
	w.Uint8("remaining_extensions", &g.Remaining)
	core.Word(w, "denial_reason", &g.Denial, NumDenials)
	w.Bool("is_exhaustion_warning", &g.Warning)
	w.Bool("in_grace_period", &g.Grace)
	w.Duration("grace_period_remaining", &g.GraceRemaining)
}

// ExtensionResponse (HealthcheckExtensionResponse) answers an ExtensionRequest, after the commit where it was granted.
type ExtensionResponse struct {
	core.Shared
	call.Answer
	Seq uint32 // of the request
	Grant
}

// Walk implements core.Body.
func (b *ExtensionResponse) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	w.Uint32("seq", &b.Seq)
	b.Grant.Walk(w)
}
