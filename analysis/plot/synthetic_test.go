package plot

import (
	"fmt"
	"math"
	"math/rand"
	"os"
	"path/filepath"
	"testing"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics"
)

// synthetic writes the folder of a run that never happened: shapes as a cluster of five sites would show
// them, figures invented. It is written with the writers of sim/metrics and read back like a real one.
func synthetic(t testing.TB, dir string) *analysis.Run {
	t.Helper()
	rng := rand.New(rand.NewSource(1))
	tables := &metrics.Tables{
		Faults: []metrics.FaultRow{
			{ID: "cut-region", Kind: "partition", Start: 60e9, End: 150e9, Episodes: 1},
			{ID: "split-site", Kind: "partition", Start: 100e9, End: 160e9, Episodes: 1},
			{ID: "crash-some", Kind: "crash", Start: 190e9, End: core.Never, Episodes: 1},
			{ID: "slow-gates", Kind: "slow", Start: 220e9, End: 250e9, Episodes: 3},
			{ID: "never", Kind: "loss", Start: core.Never, End: core.Never},
		},
	}
	for s := 1; s <= 300; s++ {
		second(tables, rng, s)
	}
	crashes(tables, rng)
	summary(tables)
	if _, err := metrics.WriteDir(dir, tables); err != nil {
		t.Fatal(err)
	}
	manifest := `{"scenario": {"name": "synthetic", "title": "invented figures"}, "seed": 7, "duration_s": 300,
		"digest": "sha256:3f2a9c1b77aa00112233445566778899"}`
	if err := os.WriteFile(filepath.Join(dir, analysis.ManifestFile), []byte(manifest), 0o644); err != nil {
		t.Fatal(err)
	}
	run, err := analysis.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// second adds the samples that end at s.
func second(t *metrics.Tables, rng *rand.Rand, s int) {
	at, x := core.Instant(s)*1e9, float64(s)
	cut := math.Max(0, math.Min(1, (x-66)/20)) * math.Max(0, math.Min(1, (165-x)/12))
	for g := 1; g <= 5; g++ {
		for _, role := range []string{"gate", "manager", "worker"} {
			n := map[string]uint64{"gate": 10, "manager": 10, "worker": 180}[role]
			pairs := n * 200
			wrong := uint64(cut * float64(pairs) * map[string]float64{"gate": 0.2, "manager": 0.15, "worker": 0.05}[role])
			dead := wrong * 2 / 3
			row := metrics.MembershipRow{At: at, Group: uint64(g), Role: role, Observers: n, Pairs: pairs, Disagree: wrong,
				ViewError: float64(wrong) / float64(pairs), OK: pairs - wrong, Suspect: wrong - dead, Dead: dead}
			if s < 20 {
				row.Unconfirmed = pairs / uint64(s*s)
				row.OK -= row.Unconfirmed
			}
			t.Membership = append(t.Membership, row)
		}
	}
	for _, role := range []string{"gate", "manager", "worker"} {
		n := map[string]float64{"gate": 50, "manager": 50, "worker": 900}[role]
		for i, k := range []string{"ping", "ack", "ping_req", "ind_ack", "nack", "gossip", "sync_digest", "sync_full", "join", "leave"} {
			rate := []float64{1, 1, 0.02 + cut*0.4, 0.01 + cut*0.1, 0.005 + cut*0.2, 0.4 + 2*cut, 0.03, 0.002, 0.001, 0.0001}[i] * (0.95 + 0.1*rng.Float64())
			m, b := uint64(rate*n), uint64(rate*n*[]float64{90, 80, 60, 60, 50, 400, 90, 9000, 400, 60}[i])
			if m == 0 {
				continue
			}
			t.Messages = append(t.Messages, metrics.MessageRow{At: at, Direction: "sent", Type: k, Class: "CONTROL", Role: role,
				Messages: m, Bytes: b, MessageRate: float64(m) / n, ByteRate: float64(b) / n})
		}
		t.Time = append(t.Time,
			metrics.TimeRow{At: at, Metric: "lhm_score", Unit: "0-8", Labels: "role=" + role + ";stat=mean", Value: 0.1 + cut*rng.Float64()},
			metrics.TimeRow{At: at, Metric: "lhm_score", Unit: "0-8", Labels: "role=" + role + ";stat=max", Value: math.Floor(1 + cut*7*rng.Float64())},
			metrics.TimeRow{At: at, Metric: "queue_depth", Unit: "count", Labels: "role=" + role + ";stat=max", Value: math.Floor(3 + cut*200*rng.Float64())})
	}
	for a := range 5 {
		for b := a; b < 5; b++ {
			link, base := "inter", 0.05+0.02*float64(a+b)/8
			if a == b {
				link, base = "intra", 0.3
			}
			e := base + 2*math.Exp(-x/15)
			t.Coordinates = append(t.Coordinates, metrics.CoordinateRow{At: at, SiteA: fmt.Sprint("s", a), SiteB: fmt.Sprint("s", b), Link: link,
				Roles: "worker-worker", Pairs: 200, Rel50: e, Rel90: 2.2 * e, Rel99: 5 * e, MS50: 30 * e, MS90: 66 * e, MS99: 150 * e, Coverage: 0.97, Ratio50: 1.4})
		}
	}
}

// crashes adds the markings.
func crashes(t *metrics.Tables, rng *rand.Rand) {
	mark := func(at float64, subject, observer, to, truth string, since, first float64) {
		t.Detections = append(t.Detections, metrics.DetectionRow{At: core.Instant(at * 1e9), Subject: subject, Observer: observer, To: to,
			Path: "timer", Cause: "expired", Truth: truth, Class: "healthy", PeerClass: "healthy", SinceCrash: since, First: first})
	}
	for i := range 60 {
		role, crash := []string{"worker", "worker", "manager", "gate"}[i%4], 190.0
		subject := fmt.Sprintf("eu/%s/%d", role, i)
		suspect := 0.7 + rng.ExpFloat64()
		dead := suspect + 5 + 2*rng.Float64()
		for k := range 10 {
			observer, first := fmt.Sprintf("eu/worker/%d", 100+k), math.NaN()
			if k == 0 {
				first = suspect
			}
			mark(crash+suspect+0.1*float64(k), subject, observer, "SUSPECT", "crashed", suspect+0.1*float64(k), first)
			if i != 17 {
				if k == 0 {
					first = dead
				}
				mark(crash+dead+0.1*float64(k), subject, observer, "DEAD", "crashed", dead+0.1*float64(k), first)
			}
		}
	}
	for i := range 5000 {
		at := 61 + rng.ExpFloat64()*4
		mark(at, fmt.Sprintf("us/worker/%d", i%200), "eu/gate/1", "SUSPECT", "unreachable", math.NaN(), math.NaN())
		mark(at+25+5*rng.Float64(), fmt.Sprintf("us/worker/%d", i%200), "eu/gate/1", "DEAD", "unreachable", math.NaN(), math.NaN())
	}
	for i := range 9 {
		mark(20+30*float64(i), "us/worker/1", "us/worker/2", "SUSPECT", "live", math.NaN(), math.NaN())
	}
}

func summary(t *metrics.Tables) {
	row := func(metric, labels string, n int, scale float64) {
		var v []metrics.Value
		for i := range n {
			v = append(v, metrics.Value{V: scale * (1 - math.Log(1-(float64(i)+0.5)/float64(n))), W: 1})
		}
		t.Summary = append(t.Summary, metrics.SummaryRow{Metric: metric, Labels: labels, Unit: "s", Summary: metrics.Summarize(v), Value: math.NaN()})
	}
	for k, role := range []string{"worker", "manager", "gate"} {
		row("detection_full", "role="+role, []int{29, 15, 15}[k], 9)
	}
	for _, kind := range []string{"suspect", "dead", "alive"} {
		for i, share := range []string{"50", "99", "100"} {
			row("dissemination", "type="+kind+";share="+share, 400, 0.5+0.4*float64(i))
		}
	}
	row("rejoin", "", 2, 11)
}
