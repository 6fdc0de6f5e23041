package world

import (
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/sim/trace"
)

// Chance knows a datagram by sender, receiver, kind and turn: no two of a run are the same there, restarts, copies,
// proxies and all.
func TestNoTwoDatagramsShareATurn(t *testing.T) {
	type name struct {
		from, to core.NodeID
		kind     core.Kind
		turn     uint32
	}
	order := [3]int{0, 1, 2}
	for what, text := range map[string]string{
		"by site": threeSites(order, order, order),
		"flat":    threeSites(order, order, [3]int{})[:strings.Index(threeSites(order, order, order), "[[workload]]")] + "[protocol.membership]\ntopology = \"flat\"\n" + aFault("c", "churn", "at = \"20s\"\nfor = \"40s\"\ntarget = { any = true }\nrate = \"90%/min\"\ndowntime = \"3s\"\nmix = { crash = 1, leave = 1, join = 1 }"),
	} {
		seen := map[name]core.Instant{}
		sc := parse(t, text, 1)
		twice := 0
		w, _ := watch(t, sc, func(r *trace.Record) bool {
			if r.Kind != trace.KindSent || r.Msg.Kind.IsStream() || r.Copy {
				return false
			}
			k := name{r.Node, r.Peer, r.Msg.Kind, r.Msg.Turn}
			if before, ok := seen[k]; ok {
				if twice++; twice < 5 {
					t.Errorf("%s: %v from %s to %s at %v and at %v", what, k.kind, sc.Nodes[k.from].Name, sc.Nodes[k.to].Name, before, r.At)
				}
			}
			seen[k] = r.At
			return false
		})
		w.Run(w.End())
		if len(seen) < 5000 {
			t.Errorf("%s: only %d datagrams", what, len(seen))
		}
	}
}

// What is said in both of two runs meets the same in both: a probe that one of them does not send, and local
// health that one of them does not heed, leave the chance of all other probes alone.
func TestSameProbeMeetsTheSame(t *testing.T) {
	type name struct {
		from, to core.NodeID
		turn     uint32
	}
	of := func(sets ...string) map[name]bool {
		fate := map[name]bool{}
		w, _ := watch(t, small(t, 40, "[network]\nloss = { p = 0.2 }\n", append(sets, "scenario.duration=120s")...), func(r *trace.Record) bool {
			if r.Msg != nil && r.Msg.Kind == core.KindPing && r.Msg.Flags&core.FlagProbe != 0 {
				switch r.Kind {
				case trace.KindSent:
					fate[name{r.Node, r.Peer, r.Msg.Turn}] = true
				case trace.KindDropped:
					if r.Reason == trace.ReasonLoss {
						fate[name{r.Node, r.Peer, r.Msg.Turn}] = false
					}
				default:
				}
			}
			return false
		})
		w.Run(w.End())
		return fate
	}
	with, without := of(), of("protocol.lhm.max=0")
	both, lost := 0, 0
	for k, arrives := range with {
		if other, ok := without[k]; ok {
			if both++; !arrives {
				lost++
			}
			if other != arrives {
				t.Fatalf("%+v arrives: %v with local health, %v without", k, arrives, other)
			}
		}
	}
	if both < 1000 || lost < both/10 || lost > both*3/10 || len(with) == len(without) {
		t.Errorf("%d probes in both runs (of %d and %d), %d of them lost", both, len(with), len(without), lost)
	}
}
