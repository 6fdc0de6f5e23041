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
		s := fmt.Sprintf("%s %s(%d) -> %s(%d) %s", who, f.From, max(f.Get("old_incarnation"), 0), f.To, f.Inc, f.Cause)
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
		return fmt.Sprintf("probe #%d of %s starts", f.Get("seq"), who)
	case core.FactProbeEnded:
		return fmt.Sprintf("probe #%d of %s ends: %s after %s", f.Get("seq"), who, f.Cause, ns(f.Get("elapsed")))
	case core.FactTick:
		return fmt.Sprintf("tick %d probes nobody: %s", f.Get("tick"), f.Cause)
	case core.FactSuspicionStarted:
		return fmt.Sprintf("suspicion of %s by %s: min %s max %s K=%d deadline %v", who, b.Name(f.Other), ns(f.Get("min")), ns(f.Get("max")), f.Get("confirmations"), f.At)
	case core.FactSuspicionConfirmed:
		return fmt.Sprintf("suspicion of %s confirmed by %s: C=%d deadline %v", who, b.Name(f.Other), f.Get("confirmations"), f.At)
	case core.FactSuspicionGrace:
		return fmt.Sprintf("suspicion of %s gets its grace: deadline %v", who, f.At)
	case core.FactSuspicionEnded:
		return fmt.Sprintf("suspicion of %s ends: %s at age %s", who, f.Cause, ns(f.Get("age")))
	case core.FactLHM:
		return fmt.Sprintf("lhm %d -> %d: %s", f.Get("old_score"), f.Get("score"), f.Cause)
	case core.FactDegradation:
		return fmt.Sprintf("degradation %d -> %d", f.Get("old_level"), f.Get("level"))
	case core.FactIncarnation:
		return fmt.Sprintf("own incarnation %d -> %d: %s", f.Get("old_incarnation"), f.Inc, f.Cause)
	case core.FactAccused:
		return fmt.Sprintf("accused at %d by %s", f.Inc, b.Name(f.Other))
	case core.FactQueued:
		return fmt.Sprintf("queued %s:%d:%s %s limit %d", core.UpdateType(f.Get("update")), f.Inc, who, f.Cause, f.Get("limit"))
	case core.FactRetired:
		return fmt.Sprintf("retired %s:%d:%s after %d of %d: %s", core.UpdateType(f.Get("update")), f.Inc, who, f.Get("transmissions"), f.Get("limit"), f.Cause)
	case core.FactConfirmAttempt:
		return fmt.Sprintf("confirms %s: %s", who, f.Cause)
	case core.FactTimeout:
		return fmt.Sprintf("timeout for %s: %s", who, ns(f.Get("result")))
	case core.FactJoin:
		return fmt.Sprintf("join via %s: %s (attempt %d)", who, f.Cause, f.Get("attempts"))
	case core.FactSync:
		return fmt.Sprintf("sync with %s: %s", who, f.Cause)
	case core.FactSuspicionExtended:
		return fmt.Sprintf("suspicion of %s extended by %s: deadline %v", who, ns(f.Get("granted")), f.At)
	case core.FactScopeSuspected:
		return fmt.Sprintf("job suspicion of %s for scope %d by %d: deadline %v", who, f.Get("scope"), f.Get("evidence"), f.At)
	case core.FactScopeConfirmed:
		return fmt.Sprintf("job suspicion of %s for scope %d confirmed by %d: C=%d deadline %v", who, f.Get("scope"), f.Get("evidence"), f.Get("confirmations"), f.At)
	case core.FactScopeExtended:
		return fmt.Sprintf("job suspicion of %s for scope %d extended by %s: deadline %v", who, f.Get("scope"), ns(f.Get("granted")), f.At)
	case core.FactScopeEnded:
		return fmt.Sprintf("job suspicion of %s for scope %d ends: %s at age %s", who, f.Get("scope"), f.Cause, ns(f.Get("age")))
	default:
		s := f.Kind.String()
		f.EachField(func(name string, v int64) { s += fmt.Sprintf(" %s %d", name, v) })
		return s
	}
}
