package account

import (
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/sim/metrics"
)

func sec(s float64) core.Instant { return core.Instant(s * 1e9) }

// world is two sites of three managers each.
func world() *metrics.Result {
	r := &metrics.Result{Sites: []string{"east", "west"}, End: sec(100)}
	for i, name := range []string{"east/manager/0", "east/manager/1", "east/manager/2", "west/manager/0", "west/manager/1", "west/manager/2"} {
		r.Nodes = append(r.Nodes, metrics.Node{ID: core.NodeID(i), Name: name, Site: r.Sites[i/3], SiteIndex: i / 3, Role: core.RoleManager})
	}
	return r
}

func mark(at float64, observer, subject core.NodeID, to core.MemberState, truth metrics.Truth) metrics.Detection {
	return metrics.Detection{At: sec(at), Observer: observer, Subject: subject, To: to, Truth: truth, Crash: -1}
}

func text(r *metrics.Result) string {
	var all []string
	for _, s := range Of(r) {
		all = append(all, strings.ReplaceAll(s.Text, "\u00a0", " "))
	}
	return strings.Join(all, "\n")
}

func TestCut(t *testing.T) {
	r := world()
	r.Faults = []metrics.Fault{{
		ID: "cut", Kind: "partition", Start: sec(10), End: sec(40), Last: sec(40), Agreed: sec(42.5), Episodes: 1,
		Sides: [][]core.NodeID{{0, 1, 2}, nil},
	}}
	r.Detections = []metrics.Detection{
		mark(20, 3, 1, core.StateDead, metrics.TruthUnreachable), mark(21, 4, 1, core.StateDead, metrics.TruthUnreachable),
		mark(22, 0, 5, core.StateSuspect, metrics.TruthUnreachable),
		mark(41, 3, 0, core.StateDead, metrics.TruthLive),
	}
	want := "east was cut off from 10 s to 40 s; the others called east/manager/1 DEAD from 20 s on; those cut off suspected west/manager/2 from 22 s on and called nobody of the others DEAD; all agreed again 2.5 s after it ended.\n" +
		"1 member that was alive and within reach was called DEAD, 1 time, first at 41 s."
	if have := text(r); have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
	// What was not kept may have been anything: no absence is told.
	r.TruncatedRows, r.Detections = 1, r.Detections[:2]
	r.Faults[0].Agreed = core.Never
	want = "east was cut off from 10 s to 40 s; the others called east/manager/1 DEAD from 20 s on; not all agreed again before the run ended."
	if have := text(r); have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
}

func TestCrashes(t *testing.T) {
	r := world()
	dead := mark(18, 0, 1, core.StateDead, metrics.TruthCrashed)
	dead.Crash, dead.SinceCrash, dead.First = 0, dead.At.Sub(sec(10)), true
	late := dead
	late.At, late.SinceCrash, late.First, late.Observer = sec(21), late.SinceCrash+3e9, false, 3
	r.Detections = []metrics.Detection{dead, late}
	r.Faults = []metrics.Fault{
		{ID: "a", Kind: "crash", Start: sec(10), End: core.Never, Last: sec(10), Agreed: sec(19), Episodes: 1, Sides: [][]core.NodeID{{1, 2}}},
		{ID: "b", Kind: "leave", Start: core.Never, End: core.Never, Last: core.Never, Agreed: core.Never},
	}
	have := text(r)
	for _, want := range []string{
		"east/manager/1 and east/manager/2 crashed at 10 s; 1 of them was called DEAD, 8 s after it crashed, by the last observer 11 s after.",
		"The fault b did not begin before the run ended.", "Nobody within reach was called DEAD, nor suspected.",
	} {
		if !strings.Contains(have, want) {
			t.Errorf("no %q in\n%s", want, have)
		}
	}
}

// What is believed of a fault without an end counts until the end of the run: none of these was suspected by nobody.
func TestWhatHasNoEnd(t *testing.T) {
	for _, c := range []struct {
		kind  string
		truth metrics.Truth
		want  string
	}{
		{"pause", metrics.TruthPaused, "east/manager/1 was frozen from 10 s to the end; the others called east/manager/1 DEAD from 20 s on."},
		{"leave", metrics.TruthLeaving, "east/manager/1 left at 10 s; the others called east/manager/1 DEAD from 20 s on; all agreed at once."},
		{"restart", metrics.TruthRestarted, "east/manager/1 restarted at 10 s; the others called east/manager/1 DEAD from 20 s on; all agreed at once."},
		{"partition", metrics.TruthUnreachable, "east/manager/1 was cut off from 10 s to the end; the others called east/manager/1 DEAD from 20 s on; it suspected nobody of the others."},
	} {
		r := world()
		r.Faults = []metrics.Fault{{ID: "f", Kind: c.kind, Start: sec(10), End: core.Never, Last: sec(10), Agreed: sec(10), Episodes: 1, Sides: [][]core.NodeID{{1}}}}
		r.Detections = []metrics.Detection{mark(20, 3, 1, core.StateDead, c.truth)}
		if have, _, _ := strings.Cut(text(r), "\n"); have != c.want {
			t.Errorf("have %s\nwant %s", have, c.want)
		}
	}
}

// The run ends in the second episode: what is believed then counts, although the first one ended.
func TestLastEpisodeGoesOn(t *testing.T) {
	r := world()
	r.Faults = []metrics.Fault{{ID: "f", Kind: "pause", Start: sec(10), End: sec(12), Last: sec(50), Agreed: sec(50), Episodes: 2, Sides: [][]core.NodeID{{1}}}}
	r.Episodes = []metrics.Episode{{Fault: 0, Start: sec(10), End: sec(12)}, {Fault: 0, Start: sec(50), End: core.Never}}
	r.Detections = []metrics.Detection{mark(60, 3, 1, core.StateDead, metrics.TruthPaused)}
	want := "east/manager/1 was frozen, 2 times from 10 s to the end; the others called east/manager/1 DEAD from 60 s on."
	if have, _, _ := strings.Cut(text(r), "\n"); have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
}

// Who was marked while it lasted is not told that all agreed at once, and one is not several.
func TestOneCutOff(t *testing.T) {
	r := world()
	r.Faults = []metrics.Fault{{ID: "f", Kind: "partition", Start: sec(10), End: sec(50), Last: sec(50), Agreed: sec(50), Episodes: 1, Sides: [][]core.NodeID{{1}, nil}}}
	r.Detections = []metrics.Detection{mark(20, 3, 1, core.StateSuspect, metrics.TruthUnreachable)}
	want := "east/manager/1 was cut off from 10 s to 50 s; the others suspected east/manager/1 from 20 s on and did not call it DEAD; it suspected nobody of the others; all agreed when it ended."
	if have, _, _ := strings.Cut(text(r), "\n"); have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
	r.Detections = nil
	if have := text(r); !strings.Contains(have, "; the others did not suspect it; it suspected nobody of the others;") {
		t.Error(have)
	}
}

// Many faults of a kind are one sentence, few are one each.
func TestGroups(t *testing.T) {
	for n := 1; n <= 6; n++ {
		r := world()
		for i := range n {
			at := sec(float64(10 * (i + 1)))
			r.Faults = append(r.Faults, metrics.Fault{
				ID: string(rune('a' + i)), Kind: "pause", Start: at, End: at.Add(1e9), Last: at.Add(1e9), Agreed: at.Add(2e9), Episodes: 1,
				Sides: [][]core.NodeID{{core.NodeID(i)}},
			})
		}
		have := text(r)
		want := n
		if n > kindsMost {
			want = 1
		}
		if lines := strings.Count(have, "frozen"); lines != want {
			t.Errorf("%d pauses in %d sentences:\n%s", n, lines, have)
		}
		if n == 4 && !strings.Contains(have, "4 managers were frozen, 4 times from 10 s to 41 s; the others suspected nobody; all agreed again 1 s after it ended.") {
			t.Error(have)
		}
	}
}

func TestDigits(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want string
	}{{0, "0"}, {12.3456, "12.3"}, {99.96, "100"}, {9.996, "10"}, {0.5, "0.5"}, {0.00012, "0.0001"}, {1234.5, "1234"}, {60, "60"}} {
		if have := digits(c.v); have != c.want {
			t.Errorf("%v is told as %s, want %s", c.v, have, c.want)
		}
	}
	if have := thousands(1234567); have != "1,234,567" {
		t.Error(have)
	}
}

// TestJobs: how jobs ended, and what became of the shards of a worker that crashed.
func TestJobs(t *testing.T) {
	r := world()
	r.Jobs = []metrics.Job{{Outcome: 7}, {Outcome: 7}, {Outcome: 8}, {}}
	run := func(flow uint64, attempt uint16, start, stop float64, end metrics.RunEnd) metrics.ShardRun {
		return metrics.ShardRun{Workflow: flow, Attempt: attempt, Worker: 1, Start: sec(start), Stop: sec(stop), End: end}
	}
	r.Runs = []metrics.ShardRun{
		run(1, 1, 1, 5, metrics.RunLost), run(2, 1, 2, 5, metrics.RunLost), run(3, 1, 2, 4, metrics.RunCompleted), run(2, 2, 30, 35, metrics.RunCompleted),
	}
	want := "Nothing was done to the cluster.\n" +
		"4 jobs were handed in: 2 completed, 1 failed, 1 had not ended when the run did.\n" +
		"east/manager/1 lost 2 shards with its process, first at 5 s; 1 workflow of them ran again, from 30 s on; 1 did not run again.\n" +
		"Nobody within reach was called DEAD, nor suspected."
	if have := text(r); have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
}
