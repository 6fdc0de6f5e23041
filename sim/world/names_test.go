package world

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/sim/trace"
)

// told is everything that happens in a world, by name: who starts, crashes, sends what to whom, loses it or
// reports what, and when.
func told(t *testing.T, text string) []string {
	t.Helper()
	var out []string
	sc := parse(t, text, 1)
	name := func(id core.NodeID) string {
		if id == core.NoNode {
			return "-"
		}
		return sc.Nodes[id].Name
	}
	w, v := watch(t, sc, func(r *trace.Record) bool {
		switch r.Kind {
		case trace.KindCheckpoint, trace.KindEnd:
		case trace.KindFaultStart, trace.KindFaultEnd:
			out = append(out, fmt.Sprint(r.At, " ", r.Kind, " ", sc.Faults[r.Fault].ID))
		case trace.KindFact:
			out = append(out, fmt.Sprint(r.At, " ", name(r.Node), " ", r.Fact.Kind, " ", name(r.Peer), " ", r.Fact.Cause))
		default:
			line := fmt.Sprint(r.At, " ", r.Kind, " ", name(r.Node), " ", name(r.Peer), " ", r.Reason)
			if r.Msg != nil {
				line += fmt.Sprint(" ", r.Msg.Kind, " ", r.Size)
			}
			out = append(out, line)
		}
		return false
	})
	w.Run(w.End())
	v.check(t)
	return out
}

// same compares two stories and shows where they part.
func same(t *testing.T, what string, have, want []string) {
	t.Helper()
	for i := range min(len(have), len(want)) {
		if have[i] != want[i] {
			t.Errorf("%s: line %d of %d is\n%s\nwant\n%s", what, i, len(want), have[i], want[i])
			return
		}
	}
	if len(have) != len(want) {
		t.Errorf("%s: %d lines, want %d", what, len(have), len(want))
	}
}

// of keeps the lines in which somebody at a site acts or is spoken of.
func of(story []string, site string) []string {
	return slices.DeleteFunc(slices.Clone(story), func(line string) bool { return !strings.Contains(line, " "+site+"/") })
}

// weather is links with every kind of chance that there is.
const weather = `
[network]
jitter = { dist = "lognormal", median = "2ms", sigma = 0.5 }
loss = { model = "gilbert-elliott", p_gb = 0.02, p_bg = 0.3, loss_good = 0.001, loss_bad = 0.5 }
duplicate = 0.02
corrupt = 0.01
reorder = { p = 0.02, extra = "15ms" }
drift = { kind = "walk", sigma = 0.05, step = "5s", limit = 2.0 }
[node]
service = { dist = "exponential", mean = "50us" }
clock = { offset = { dist = "uniform", min = "-1s", max = "1s" }, drift_ppm = { dist = "normal", mean = 0, std = 50 } }
`

// threeSites is a world of three datacenters with the sites, faults and workloads in the given order.
func threeSites(sites, faults, works [3]int) string {
	var b strings.Builder
	b.WriteString("schema = 1\n[scenario]\nname = \"three\"\ntitle = \"three datacenters\"\nduration = \"80s\"\nsettle = \"0s\"\n" + weather +
		"[cluster]\ngates = 1\nmanagers = 3\nworkers = 5\nstart = { mode = \"cold\", over = \"5s\" }\n[topology]\nunit = \"ms\"\nkind = \"rtt\"\nrows = [")
	rtt := [3][3]int{{1, 40, 90}, {40, 1, 70}, {90, 70, 1}}
	for _, i := range sites {
		fmt.Fprintf(&b, "[%d, %d, %d],", rtt[i][sites[0]], rtt[i][sites[1]], rtt[i][sites[2]])
	}
	b.WriteString("]\n")
	for _, i := range sites {
		fmt.Fprintf(&b, "[[topology.sites]]\nname = %q\n", []string{"a", "b", "c"}[i])
	}
	for _, i := range works {
		fmt.Fprintf(&b, "[[workload]]\nid = \"work%d\"\nkind = \"progress\"\nfrom = \"10s\"\ninterval = \"2s\"\ntarget = { role = \"worker\" }\n", i)
	}
	for _, i := range faults {
		b.WriteString([]string{
			// Two that begin together and draw from the same nodes.
			aFault("crash", "crash", "at = \"20s\"\nfor = \"10s\"\nrepeat = { count = 3, every = \"15s\", jitter = \"2s\" }\ntarget = { role = \"worker\", count = 2 }"),
			aFault("pause", "pause", "at = \"20s\"\nfor = \"6s\"\ntarget = { any = true, count = 4, stratify = \"site\" }") +
				aFault("bursts", "loss", "at = \"20s\"\nfor = \"30s\"\nmodel = \"gilbert-elliott\"\np_gb = 0.1\np_bg = 0.2\nloss_bad = 0.9\ntarget = { role = \"manager\", count = 3 }"),
			aFault("churn", "churn", "at = \"20s\"\nfor = \"40s\"\ntarget = { role = \"worker\" }\nrate = \"60%/min\"\ndowntime = \"3s\"\nmix = { crash = 1, leave = 1, join = 1 }") +
				aFault("sides", "partition", "at = \"40s\"\nfor = \"8s\"\na = { role = \"worker\", count = 5 }\nb = { role = \"manager\", count = 4 }"),
		}[i])
	}
	return b.String()
}

// The order of faults, of workloads and of sites in the file is no difference, whatever is drawn and whatever
// begins together.
func TestOrderInTheFileChangesNothing(t *testing.T) {
	first, turned := [3]int{0, 1, 2}, [3]int{2, 0, 1}
	want := told(t, threeSites(first, first, first))
	if len(want) < 20_000 {
		t.Fatalf("only %d things happen", len(want))
	}
	same(t, "faults turned", told(t, threeSites(first, turned, first)), want)
	same(t, "workloads turned", told(t, threeSites(first, first, turned)), want)
	same(t, "sites turned", told(t, threeSites(turned, first, first)), want)
	same(t, "sites swapped", told(t, threeSites([3]int{1, 0, 2}, first, first)), want)
}

// A worker more at one datacenter is nothing to another one that it does not talk to: not to whom its nodes
// belong, whom they probe, what their packets meet, nor whom a fault draws among them.
func TestNodeOfAnotherSiteChangesNothing(t *testing.T) {
	text := "schema = 1\n[scenario]\nname = \"two\"\ntitle = \"two datacenters\"\nduration = \"60s\"\nsettle = \"0s\"\n" + weather + `
[topology]
unit = "ms"
kind = "rtt"
rows = [[1, 40], [40, 1]]
[[topology.sites]]
name = "a"
workers = %d
[[topology.sites]]
name = "b"
[cluster]
gateless = true
managers = 3
workers = 6
` + aFault("crash", "crash", "at = \"20s\"\nfor = \"10s\"\ntarget = { site = \"b\", count = 2 }") +
		aFault("lossy", "loss", "at = \"15s\"\nfor = \"20s\"\np = 0.2\ntarget = { role = \"worker\" }")
	want := of(told(t, fmt.Sprintf(text, 6)), "b")
	for _, workers := range []int{5, 7, 20} {
		same(t, fmt.Sprint(workers, " workers"), of(told(t, fmt.Sprintf(text, workers)), "b"), want)
	}
}

// A fault that does nothing, of another name, and one more occurrence of a fault change no draw of what else
// happens.
func TestInertFaultChangesNothing(t *testing.T) {
	text := strings.Replace(fmt.Sprintf(island, alone), `duration = "60s"`, `duration = "90s"`, 1)
	crash := func(count int) string {
		return aFault("crash", "crash", fmt.Sprintf("at = \"30s\"\nfor = \"9s\"\nrepeat = { count = %d, every = \"12s\", jitter = \"2s\" }\ntarget = { any = true, count = 2 }", count))
	}
	inert := aFault("an", "loss", "at = \"5s\"\nfor = \"1s\"\np = 0.0\ntarget = { id = \"a/worker/0\" }")
	without := func(story []string) []string {
		return slices.DeleteFunc(story, func(line string) bool { return strings.HasSuffix(line, " an") })
	}
	want := told(t, text+crash(3))
	same(t, "inert before", without(told(t, text+inert+crash(3))), want)
	same(t, "inert behind", without(told(t, text+crash(3)+inert)), want)
	until := func(story []string) []string {
		return story[:slices.IndexFunc(story, func(line string) bool { return strings.HasPrefix(line, "53.9") })]
	}
	same(t, "one occurrence less", until(told(t, text+crash(2))), until(want))
}

// Two occurrences of a fault are two pieces of chance: whom they draw, when they begin and which packets they
// take.
func TestOccurrencesDrawForThemselves(t *testing.T) {
	sc := small(t, 30, aFault("crash", "crash", "at = \"10s\"\nfor = \"5s\"\nrepeat = { count = 5, every = \"10s\", jitter = \"1s\" }\ntarget = { any = true, count = 4 }"))
	var drawn [][]core.NodeID
	late := map[core.Instant]bool{}
	w, _ := watch(t, sc, func(r *trace.Record) bool {
		switch r.Kind {
		case trace.KindFaultStart:
			drawn = append(drawn, nil)
			late[r.At%seconds(10)] = true
		case trace.KindCrash:
			drawn[len(drawn)-1] = append(drawn[len(drawn)-1], r.Node)
		}
		return false
	})
	w.Run(w.End())
	if len(drawn) != 5 || len(late) != 5 {
		t.Fatalf("%d occurrences, %d different delays", len(drawn), len(late))
	}
	for i := range drawn {
		for k := range i {
			if slices.Equal(drawn[i], drawn[k]) {
				t.Errorf("occurrences %d and %d both take %v", k, i, drawn[i])
			}
		}
	}
}

// A loss fault that happens twice takes other packets the second time: which of a sender's packets are lost is
// not a pattern that begins anew.
func TestRepeatedLossIsNewChance(t *testing.T) {
	sc := small(t, 10, aFault("loss", "loss", "at = \"10s\"\nfor = \"20s\"\nrepeat = { count = 2, every = \"20s\" }\np = 0.5\ntarget = { id = \"a/worker/0\" }"))
	var lost [2][]bool
	w, _ := watch(t, sc, func(r *trace.Record) bool {
		if k := int(r.At/seconds(10)) - 1; r.Node == 0 && k >= 0 && k < 4 {
			switch {
			case r.Kind == trace.KindSent && !r.Msg.Kind.IsStream():
				lost[k/2] = append(lost[k/2], false)
			case r.Kind == trace.KindDropped && !r.Msg.Kind.IsStream():
				lost[k/2][len(lost[k/2])-1] = true
			}
		}
		return false
	})
	w.Run(w.End())
	n := min(len(lost[0]), len(lost[1]), 20)
	if n < 20 || slices.Equal(lost[0][:n], lost[1][:n]) {
		t.Errorf("lost the first time %v, the second time %v", lost[0], lost[1])
	}
}
