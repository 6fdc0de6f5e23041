package gate

import (
	"hypersim/core"
	"hypersim/core/call"
)

// Weighs implements front.Holder.
func (g *Gate) Weighs() (jobs, hot int) { return g.records.live, 0 }

// onHealthCheck answers telemetry: that this process takes requests in is all there is to say.
func (g *Gate) onHealthCheck(_ core.Instant, msg *core.Message, fx *core.Effects) {
	core.Attach[call.Ack](fx, g.calls.Respond(fx, msg, core.KindHealthCheckResponse))
}

// Overhear implements node.Overhearer: a manager that was refused lives.
func (g *Gate) Overhear(now core.Instant, m *core.Message) { g.signed(now, m) }
