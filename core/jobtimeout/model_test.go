package jobtimeout

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/job"
)

// deed is something that happens to a job at a manager without a gate.
type deed struct {
	at     core.Instant
	grow   bool          // it gets on
	grant  core.Duration // to worker
	worker core.NodeID
	active int // 1: something runs from now on, −1: nothing does
}

// naive is the rules of spec 20 §6.4 as they are written, over everything that happened before an instant.
type naive struct {
	cfg     Job
	timeout core.Duration
	deeds   []deed
}

func (n *naive) judge(now core.Instant) Kind {
	var total core.Duration
	most, each := core.Duration(0), map[core.NodeID]core.Duration{}
	progress, extended, granted, active := core.Instant(0), core.Instant(0), false, true
	for _, d := range n.deeds {
		if d.at >= now { // timers come first
			break
		}
		if d.grow || d.active > 0 {
			progress = d.at
		}
		if d.active != 0 {
			active = d.active > 0
		}
		if d.grant > 0 {
			total += d.grant
			each[d.worker] += d.grant
			most = max(most, each[d.worker])
			extended, granted = d.at, true
		}
	}
	if n.cfg.ExtensionRule == ExtensionMaxWorker {
		total = most
	}
	switch {
	case now.Sub(0) > n.timeout+total:
		return KindOverall
	case active && now.Sub(progress) > n.cfg.Stuck && (!granted || now.Sub(extended) > n.cfg.Stuck):
		return KindStuck
	}
	return KindNone
}

// first returns the first instant at which a rule holds: of the grid in mode poll, else at all. It can become true a
// nanosecond after something happened, or after some deadline that something set.
func (n *naive) first(phase core.Instant, until core.Instant) (core.Instant, Kind) {
	var at []core.Instant
	if n.cfg.Mode == ModePoll {
		for t := phase; t <= until; t = t.Add(n.cfg.Check) {
			at = append(at, t)
		}
	} else {
		var sums []core.Duration
		sums = append(sums, 0)
		total, each := core.Duration(0), map[core.NodeID]core.Duration{}
		for _, d := range n.deeds {
			at = append(at, d.at+1, d.at.Add(n.cfg.Stuck)+1)
			total += d.grant
			each[d.worker] += d.grant
			sums = append(sums, total, each[d.worker])
		}
		for _, s := range sums {
			at = append(at, core.Instant(n.timeout+s)+1)
		}
		at = append(at, core.Instant(n.cfg.Stuck)+1)
		slices.Sort(at)
	}
	for _, t := range at {
		if k := n.judge(t); k != KindNone && t <= until {
			return t, k
		}
	}
	return core.Never, KindNone
}

// alone is a manager with one job, without a gate.
type alone struct {
	m       Manager
	active  uint32
	at      core.Instant
	kind    Kind
	decided int
}

func (a *alone) Course(core.Instant, job.ID) Course {
	return Course{Workflows: 1, Active: a.active, Live: true, Open: a.decided == 0}
}

func (a *alone) Report(core.Instant, job.ID, core.NodeID, core.Kind, core.Body, *core.Effects) {}

func (a *alone) Decide(now core.Instant, id job.ID, _ Rule, _ *core.Effects) {
	a.at, a.kind = now, a.m.TimedOut(id)
	a.decided++
}

// Whatever happens to a job, and however its rules are looked at: it ends when the rules as they are written first hold, and
// once.
func TestManagerAgainstTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		second := func(label string, most int) core.Duration {
			return core.Duration(rapid.IntRange(0, most*4).Draw(t, label)) * time.Second / 4
		}
		n := naive{cfg: Default().Job}
		n.cfg.Mode = rapid.SampledFrom([]Mode{ModePoll, ModeExact}).Draw(t, "mode")
		n.cfg.ExtensionRule = rapid.SampledFrom([]ExtensionRule{ExtensionTotal, ExtensionMaxWorker}).Draw(t, "rule")
		n.timeout = second("timeout", 400) + 1
		for now := core.Instant(0); len(n.deeds) < 20; {
			now = now.Add(second("pause", 60))
			d := deed{at: now, worker: core.NodeID(rapid.IntRange(1, 3).Draw(t, "worker"))}
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				d.grant = second("grant", 15) + 1
			case 1:
				d.active = 1
			case 2:
				d.active = -1
			default:
				d.grow = true
			}
			n.deeds = append(n.deeds, d)
		}
		const until = 1000 * sec
		phase := core.Instant(second("phase", 29))
		a := &alone{active: 1}
		a.m.Init(a, ManagerParams{Config: &n.cfg, First: phase})
		var fx core.Effects
		a.m.Start(0, &Tracking{Job: theJob, Timeout: n.timeout, Gate: core.NoNode}, &fx)
		for i := 0; ; {
			next := a.m.Deadline()
			if i < len(n.deeds) && n.deeds[i].at < next {
				d := n.deeds[i]
				i++
				switch {
				case d.active < 0:
					a.active = 0
				case d.active > 0 || d.grow:
					if d.active > 0 {
						a.active = 1
					}
					a.m.Progress(d.at, theJob, &fx)
				default:
					a.m.Extended(d.at, &Granted{Job: theJob, Worker: d.worker, By: d.grant, Until: d.at.Add(d.grant)}, &fx)
				}
				continue
			}
			if next > until || a.decided > 1 {
				break
			}
			a.m.Wake(next, &fx)
		}
		at, kind := n.first(phase, until)
		if kind == KindNone && a.decided == 0 {
			return
		}
		if a.decided != 1 || a.at != at || a.kind != kind {
			t.Fatalf("decided %d times, %v at %v; the rules say %v at %v", a.decided, a.kind, a.at, kind, at)
		}
	})
}

// said is what a gate heard of one datacenter.
type heard struct {
	at                       core.Instant
	site                     uint16
	de                       uint32
	seq                      uint64
	recent, timedOut, report bool
	total                    core.Duration
	extended                 uint32
	final                    bool
}

// naiveGate is R1 to R3 of spec 20 §6.5 with 01-22 and 01-23, over everything that was heard before an instant.
type naiveGate struct {
	cfg     Job
	timeout core.Duration
	sites   int
	heard   []heard
}

// view is what is known of one datacenter at an instant.
type view struct {
	progress, heard core.Instant
	de              uint32
	seq             uint64
	timedOut, over  bool
	total           core.Duration
	extended        uint32
}

func (n *naiveGate) view(site uint16, now core.Instant) (v view) {
	v.de = 1
	for _, h := range n.heard {
		if h.at >= now {
			break
		}
		if h.site != site || v.over {
			continue
		}
		if h.final {
			v.over = true
			continue
		}
		if h.de < v.de {
			continue
		}
		if h.de > v.de {
			v.de, v.seq = h.de, 0
		}
		if h.at.Sub(v.heard) >= n.cfg.Silent {
			v.progress = h.at
		}
		v.heard = h.at
		if h.seq <= v.seq {
			continue
		}
		v.seq, v.extended = h.seq, h.extended
		if h.report {
			v.timedOut = true
			continue
		}
		if h.recent {
			v.progress = h.at
		}
		v.timedOut, v.total = h.timedOut, max(v.total, h.total)
	}
	return v
}

func (n *naiveGate) judge(now core.Instant) Rule {
	live, out, stuck, ext := 0, 0, true, core.Duration(0)
	for i := range n.sites {
		v := n.view(uint16(i), now)
		ext = max(ext, v.total)
		if v.over {
			continue
		}
		live++
		if v.timedOut && v.extended == 0 {
			out++
		}
		stuck = stuck && now.Sub(v.heard) < n.cfg.Silent && now.Sub(v.progress) >= n.cfg.AllStuck && v.extended == 0
	}
	switch {
	case live == 0:
		return RuleNone
	case now.Sub(0) > n.timeout+ext:
		return RuleOverall
	case stuck:
		return RuleStuck
	case n.cfg.LocalRule == LocalMajority && 2*out > n.sites, n.cfg.LocalRule == LocalAny && out >= 1, n.cfg.LocalRule == LocalAll && out == live:
		return RuleMajority
	}
	return RuleNone
}

// judging is a gate with one job.
type judging struct {
	m    Gate
	at   core.Instant
	rule Rule
	n    int
}

func (j *judging) May(core.Instant, job.ID) bool { return j.n == 0 }
func (j *judging) Decide(now core.Instant, _ job.ID, r Rule, _ *core.Effects) {
	j.at, j.rule = now, r
	j.n++
}
func (j *judging) LoseSite(core.Instant, job.ID, uint16, *core.Effects)                  {}
func (j *judging) Send(core.Instant, uint16, core.NodeID, *GlobalTimeout, *core.Effects) {}
func (j *judging) Managers(uint16) []core.NodeID                                         { return nil }

// Whatever datacenters say, in whatever order: a gate decides at the first look at which a rule as it is written holds, and
// by the first one that does.
func TestGateAgainstTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := naiveGate{cfg: Default().Job, sites: rapid.IntRange(1, 4).Draw(t, "sites"), timeout: core.Duration(rapid.IntRange(60, 600).Draw(t, "timeout")) * time.Second}
		n.cfg.LocalRule = rapid.SampledFrom([]LocalRule{LocalMajority, LocalAny, LocalAll}).Draw(t, "rule")
		n.cfg.Orphan = time.Hour
		seqs := make([]uint64, n.sites)
		idle := rapid.Bool().Draw(t, "idle")
		for now := core.Instant(0); len(n.heard) < 60; {
			now = now.Add(core.Duration(rapid.IntRange(1, 12_000).Draw(t, "pause")) * time.Millisecond)
			h := heard{at: now, site: uint16(rapid.IntRange(0, n.sites-1).Draw(t, "site")), de: uint32(rapid.SampledFrom([]int{1, 1, 1, 1, 1, 1, 2}).Draw(t, "de"))}
			seqs[h.site]++
			if h.seq = seqs[h.site]; rapid.IntRange(0, 9).Draw(t, "old") == 0 {
				h.seq = 1
			}
			h.recent = !idle && rapid.Bool().Draw(t, "recent")
			h.timedOut, h.report = rapid.IntRange(0, 5).Draw(t, "out") == 0, rapid.IntRange(0, 9).Draw(t, "report") == 0
			h.total = core.Duration(rapid.IntRange(0, 3).Draw(t, "total")) * 15 * time.Second
			h.extended = uint32(rapid.SampledFrom([]int{0, 0, 0, 0, 1}).Draw(t, "extended"))
			h.final = rapid.IntRange(0, 39).Draw(t, "final") == 0
			n.heard = append(n.heard, h)
		}
		const until = 1000 * sec
		j := &judging{}
		j.m.Init(j, GateParams{Config: &n.cfg, First: 3 * sec, Keep: time.Hour})
		var fx core.Effects
		s := GateTracking{Job: theJob, Timeout: n.timeout, GE: 1}
		for i := range n.sites {
			s.Sites = append(s.Sites, Part{Site: uint16(i), Manager: 1, DE: 1})
		}
		j.m.Start(0, &s, &fx)
		for i := 0; ; {
			next := j.m.Deadline()
			if i < len(n.heard) && n.heard[i].at < next {
				h := n.heard[i]
				i++
				switch {
				case h.final:
					j.m.Final(h.at, theJob, h.site, job.StateCompleted, &fx)
				case h.report:
					j.m.OnTimeout(h.at, &TimeoutReport{Job: theJob, Site: h.site, Manager: core.NodeID(h.de), DE: h.de, Seq: h.seq, Kind: KindStuck, Extended: h.extended}, &fx)
				default:
					j.m.OnProgress(h.at, &ProgressReport{
						Job: theJob, Site: h.site, Manager: core.NodeID(h.de), DE: h.de, Seq: h.seq, Recent: h.recent, Extensions: h.total, MaxExtension: h.total,
						Extended: h.extended, TimedOut: h.timedOut,
					}, &fx)
				}
				continue
			}
			if next > until || j.n > 1 {
				break
			}
			j.m.Wake(next, &fx)
			fx.Reset()
		}
		for at := 3 * sec; at <= until; at += 15 * sec {
			if r := n.judge(at); r != RuleNone {
				if j.n != 1 || j.at != at || j.rule != r {
					t.Fatalf("decided %d times, by %v at %v; the rules say by %v at %v", j.n, j.rule, j.at, r, at)
				}
				return
			}
		}
		if j.n != 0 {
			t.Fatalf("decided by %v at %v; no rule held", j.rule, j.at)
		}
	})
}
