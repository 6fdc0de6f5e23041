package world

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/trace"
)

// joins lists what node id did about joining, as "at cause whom".
func (v *watcher) joins(id core.NodeID) []string {
	var out []string
	for i := range v.kept {
		if r := &v.kept[i]; r.Node == id && r.Kind == trace.KindFact && r.Fact.Kind == core.FactJoin {
			out = append(out, fmt.Sprintf("%.0fs %v %d", r.At.Seconds(), r.Fact.Cause, r.Fact.Subject))
		}
	}
	return out
}

// Told to join, a member that runs asks whom it is told to, or its seeds; one that is paused does so when it goes
// on, one that is down starts, and one that nothing started before is absent until then only if nobody is named.
func TestJoinOfRunningMembers(t *testing.T) {
	fault := func(id, kind, rest string, target int) string {
		return aFault(id, kind, rest+fmt.Sprintf("target = { id = \"a/worker/%d\" }\n", target))
	}
	w, v := run(t, small(t, 12, fault("named", "join", "at = \"10s\"\nto = { id = \"a/worker/2\" }\n", 4)+
		fault("crash", "crash", "at = \"5s\"\n", 6)+
		fault("start", "join", "at = \"12s\"\nto = { id = \"a/worker/3\" }\n", 6)+
		fault("pause", "pause", "at = \"13.9s\"\nfor = \"300ms\"\n", 5)+
		fault("late", "join", "at = \"14s\"\nto = { ids = [\"a/worker/1\", \"a/worker/5\"] }\n", 5)+
		fault("absent", "join", "at = \"20s\"\n", 7)+
		fault("again", "join", "at = \"25s\"\n", 7), "scenario.duration=60s", "cluster.seeds={ id = \"a/worker/0\" }"))
	for _, c := range []struct {
		id    core.NodeID
		lives []string
		joins []string
	}{
		{4, []string{"0s start 1 inc 0"}, []string{"10s join_sent 2", "10s join_accepted 2"}},
		{5, []string{"0s start 1 inc 0", "13.9s pause", "14.2s resume"}, []string{"14s join_sent 1", "14s join_accepted 1"}},
		{6, []string{"0s start 1 inc 0", "5s crash", "12s start 2 inc 0"}, []string{"12s join_sent 3", "12s join_retry 3", "12s join_accepted 3"}},
		{7, []string{"20s start 1 inc 0"}, []string{"20s join_sent 0", "20s join_accepted 0", "25s join_sent 0", "25s join_accepted 0"}},
	} {
		v.expectLives(t, c.id, c.lives...)
		if have := v.joins(c.id); !slices.Equal(have, c.joins) {
			t.Errorf("node %d: %q, want %q", c.id, have, c.joins)
		}
	}
	agree(t, w, all(12), ok)
}

// Whom nobody can join is found at load.
func TestJoinNeedsSomebodyToAsk(t *testing.T) {
	for _, c := range []struct{ to, want string }{
		{"{ id = \"a/worker/1\" }", "a/worker/1 finds nobody of its group there that it could join"},
		{"{ any = true, count = 2 }", "count and pct cannot be used here"},
	} {
		text := lan + aFault("j", "join", "at = \"10s\"\ntarget = { id = \"a/worker/1\" }\nto = "+c.to)
		_, err := scenarios.Parse(text, "", []string{"cluster.size=5"}, scenarios.Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("to = %s: %v, want %q", c.to, err, c.want)
		}
	}
}
