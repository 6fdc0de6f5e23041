// Package swim is the membership protocol of one node in one group: who is there, who is gone, and how
// the news spreads. It implements spec 10 §§1–7, §10.3 and §10.4: SWIM (Das, Gupta, Motivala 2002) with
// Lifeguard (Dadgar, Phillips, Currey 2018), an UNCONFIRMED life-cycle state (AD-29), suspicion timers
// that confirmations can only shorten (AD-30), adaptive timeouts (AD-35) and digest anti-entropy.
//
// In: messages and the host's own time. Out: messages and facts (core.Effects).
//
// It never originates a claim about another node's incarnation, never sends to "everybody", and never
// addresses a worker unasked. Reading order: machine.go (what there is), step.go (what a step does),
// transitions.go (the table of §2.3: which claim does what), state.go (how a record changes), probe.go and ping.go,
// suspicion.go, gossip.go, updates.go and attach.go (what is said of it, and how); the rest are the side rooms that these
// name. Races are told as stories where they are handled: in transitions.go, suspicion.go, restart.go, silenced.go,
// join.go, leave.go, proxy.go and watch.go.
package swim
