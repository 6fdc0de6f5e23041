package coretest

import (
	"fmt"

	"hypersim/core"
)

// Fact prints f with the fields that its kind uses.
func (b *Bench) Fact(f *core.Fact) string {
	who := b.Name(f.Subject)
	ns := func(v int64) string { return core.Duration(v).String() }
	switch f.Kind {
	case core.FactTransition:
		s := fmt.Sprintf("%s %s(%d) -> %s(%d) %s", who, f.From, max(f.A, 0), f.To, f.Inc, f.Cause)
		if f.To == core.StateSuspect || f.To == core.StateDead {
			s += " by " + b.Name(f.Other)
		}
		return s
	case core.FactCallback:
		s := fmt.Sprintf("callback %s %s", f.Callback, who)
		switch f.Callback {
		case core.CallbackDied, core.CallbackPeerRemoved:
			s += fmt.Sprintf(" (%s)", f.Cause)
		case core.CallbackSuspected:
			s += fmt.Sprintf(" (accuser %s)", b.Name(f.Other))
		default:
		}
		return s
	case core.FactProbeStarted:
		return fmt.Sprintf("probe #%d of %s starts", f.A, who)
	case core.FactProbeEnded:
		return fmt.Sprintf("probe #%d of %s ends: %s after %s", f.A, who, f.Cause, ns(f.B))
	case core.FactTick:
		return fmt.Sprintf("tick %d probes nobody: %s", f.A, f.Cause)
	case core.FactSuspicionStarted:
		return fmt.Sprintf("suspicion of %s by %s: min %s max %s K=%d deadline %v", who, b.Name(f.Other), ns(f.A), ns(f.B), f.N, f.At)
	case core.FactSuspicionConfirmed:
		return fmt.Sprintf("suspicion of %s confirmed by %s: C=%d deadline %v", who, b.Name(f.Other), f.N, f.At)
	case core.FactSuspicionGrace:
		return fmt.Sprintf("suspicion of %s gets its grace: deadline %v", who, f.At)
	case core.FactSuspicionEnded:
		return fmt.Sprintf("suspicion of %s ends: %s at age %s", who, f.Cause, ns(f.B))
	case core.FactLHM:
		return fmt.Sprintf("lhm %d -> %d: %s", f.B, f.A, f.Cause)
	case core.FactDegradation:
		return fmt.Sprintf("degradation %d -> %d", f.B, f.A)
	case core.FactIncarnation:
		return fmt.Sprintf("own incarnation %d -> %d: %s", f.A, f.Inc, f.Cause)
	case core.FactAccused:
		return fmt.Sprintf("accused at %d by %s", f.Inc, b.Name(f.Other))
	case core.FactQueued:
		return fmt.Sprintf("queued %s:%d:%s %s limit %d", core.UpdateType(f.A), f.Inc, who, f.Cause, f.N)
	case core.FactRetired:
		return fmt.Sprintf("retired %s:%d:%s after %d of %d: %s", core.UpdateType(f.A), f.Inc, who, f.B, f.N, f.Cause)
	case core.FactConfirmAttempt:
		return fmt.Sprintf("confirms %s: %s", who, f.Cause)
	case core.FactTimeout:
		return fmt.Sprintf("timeout for %s: %s", who, ns(f.A))
	case core.FactJoin:
		return fmt.Sprintf("join via %s: %s (attempt %d)", who, f.Cause, f.A)
	case core.FactSync:
		return fmt.Sprintf("sync with %s: %s", who, f.Cause)
	case core.FactSuspicionExtended:
		return fmt.Sprintf("suspicion of %s extended by %s: deadline %v", who, ns(f.A), f.At)
	case core.FactScopeSuspected:
		return fmt.Sprintf("job suspicion of %s for scope %d by %d: deadline %v", who, f.A, f.B, f.At)
	case core.FactScopeConfirmed:
		return fmt.Sprintf("job suspicion of %s for scope %d confirmed by %d: C=%d deadline %v", who, f.A, f.B, f.N, f.At)
	case core.FactScopeExtended:
		return fmt.Sprintf("job suspicion of %s for scope %d extended by %s: deadline %v", who, f.A, ns(f.B), f.At)
	case core.FactScopeEnded:
		return fmt.Sprintf("job suspicion of %s for scope %d ends: %s at age %s", who, f.A, f.Cause, ns(f.B))
	default:
		s := f.Kind.String()
		f.EachField(func(name string, v int64) { s += fmt.Sprintf(" %s %d", name, v) })
		return s
	}
}
