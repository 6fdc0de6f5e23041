package explore

import (
	"fmt"
	"slices"
	"strings"

	"hypersim/core"
	"hypersim/sim/fault"
)

// byMessage is how many of the faults at events wait for a message of any type, sent or about to be read; the others wait for what has a name.
const byMessage = 0.15

// event lets the fault in hand wait for something that happens at one of those roles, or to one, and returns who that is.
func (t *trouble) event(roles ...string) string {
	if t.never = t.never || !t.w.jobs || t.w.workers == 0; t.never {
		return ""
	}
	e := t.occasion(roles)
	side := "node"
	if t.draw.Bool(0.5) && fits(&e, "peer", roles) || !fits(&e, "node", roles) {
		side = "peer"
	}
	t.on = fmt.Sprintf("{ event = %q, nth = %d, where = { %s = { role = [\"%s\"] } } }",
		e.Name, pick(&t.draw, 1, 1, 1, 2, 4), side, strings.Join(t.there(roles), `", "`))
	return fmt.Sprintf("{ event = %q }", side)
}

// occasion draws what happens: something that one of those roles has a part in.
func (t *trouble) occasion(roles []string) fault.Occasion {
	if t.draw.Bool(byMessage) {
		e, _ := fault.OccasionNamed(pick(&t.draw, "sent:", "received:") + messages[t.draw.Intn(len(messages))].String())
		return e
	}
	list := slices.DeleteFunc(fault.Occasions(), func(e fault.Occasion) bool {
		comes := t.w.gates > 0 || e.Name != "job_routed"
		if strings.HasPrefix(e.Name, "cancel") {
			comes = t.w.cancels
		}
		return !comes || !fits(&e, "node", roles) && !fits(&e, "peer", roles)
	})
	return list[t.draw.Intn(len(list))]
}

// messages are the types that roles send each other about jobs.
var messages = func() (list []core.Kind) {
	for k := core.KindNone + 1; k < core.NumKinds; k++ {
		if travels(k) && k.Room() == core.RoomJobs {
			list = append(list, k)
		}
	}
	return list
}()

// parties are the roles that the parties of events have, where not all may: a fault that waited for another would not begin.
var parties = map[string]struct{ node, peer string }{
	"stood_for_leader": {node: servers}, "leader_elected": {node: servers}, "leader_lost": {node: servers},
	"job_routed": {node: "gate"}, "job_accepted": {node: servers}, "job_claimed": {node: servers}, "job_ended": {node: servers},
	"dispatch_intended": {"manager", "worker"}, "dispatch_sent": {"manager", "worker"}, "dispatch_acked": {"manager", "worker"},
	"result_accepted": {"manager", "worker"}, "worker_evicted": {"manager", "worker"},
	"shard_accepted": {node: "worker"}, "shard_started": {node: "worker"}, "result_ready": {node: "worker"}, "orphaned": {"worker", "manager"},
}

const servers = "gate manager"

// fits reports whether a party of an event may have one of the roles.
func fits(e *fault.Occasion, side string, roles []string) bool {
	who := parties[e.Name].node
	if side == "peer" {
		if e.Alone {
			return false
		}
		who = parties[e.Name].peer
	}
	return who == "" || slices.ContainsFunc(roles, func(r string) bool { return strings.Contains(who, r) })
}

// there are those of the roles that the world has.
func (t *trouble) there(roles []string) []string {
	return slices.DeleteFunc(slices.Clone(roles), func(r string) bool { return r == "gate" && t.w.gates == 0 })
}
