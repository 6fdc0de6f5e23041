package explore

import (
	"fmt"
	"strings"

	"hypersim/core/rng"
)

// trouble draws what happens to a world.
type trouble struct {
	w      *world
	draw   rng.Stream // of the family that is being drawn
	count  int
	from   int    // s, not before
	to     int    // s, over by then
	victim string // whom faults hit more often than others, so that several meet at one
	on     string // the event that the fault in hand waits for; "": a time
	least  int    // s that it takes at least; 0: any time
	never  bool   // there is nobody whom it could meet
	lost   int    // how many faults of this run take a memory: more of one cluster within a resync may exceed what is promised
}

// family is a kind of trouble. draw says what a fault of it is, but for when; lasting ones get a for.
type family struct {
	name  string
	lasts bool
	draw  func(t *trouble) string // "": not in this world
}

// families are the faults that runs may have. Each is on in two of five runs, but for a few (shares), and draws from a stream of its own:
// whether, what and when; so a family more leaves the others as they are.
var families = []family{
	{"crash", true, func(t *trouble) string { return t.forgets("kind = \"crash\"\ntarget = " + t.one()) }},
	{"crash-worker", true, func(t *trouble) string { return "kind = \"crash\"\ntarget = " + t.worker() }},
	{"restart", false, func(t *trouble) string { return t.forgets("kind = \"restart\"\ntarget = " + t.one()) }},
	{"restart-worker", false, func(t *trouble) string { return "kind = \"restart\"\ntarget = " + t.worker() }},
	{"kill-leader", true, func(t *trouble) string { return t.forgets("kind = \"kill-leader\"\nof = " + t.group()) }},
	{"pause", true, func(t *trouble) string { return "kind = \"pause\"\ntarget = " + t.one() }},
	{"pause-leader", true, func(t *trouble) string { return "kind = \"pause\"\ntarget = { leader_of = " + t.group() + " }" }},
	{"pause-worker", true, func(t *trouble) string { return "kind = \"pause\"\ntarget = " + t.worker() }},
	{"slow", true, func(t *trouble) string {
		return fmt.Sprintf("kind = \"slow\"\nfactor = %d\ntarget = %s", pick(&t.draw, 10, 200), t.any())
	}},
	{"cut", true, (*trouble).cut},
	{"one-way", true, func(t *trouble) string {
		if c := t.cut(); c != "" {
			return c + "\ndirection = \"a-to-b\""
		}
		return ""
	}},
	{"deaf-leader", true, func(t *trouble) string {
		g := t.group()
		one, others := "{ leader_of = "+g+" }", "{ not = { leader_of = "+g+" } }"
		if t.draw.Bool(0.5) {
			one, others = others, one
		}
		return "kind = \"partition\"\ndirection = \"a-to-b\"\na = " + one + "\nb = " + others
	}},
	{"flap", true, func(t *trouble) string {
		if c := t.sides(); c != "" {
			return "kind = \"flap\"\ndown = \"2s\"\nup = \"3s\"\n" + c
		}
		return ""
	}},
	{"loss", true, func(t *trouble) string {
		return fmt.Sprintf("kind = \"loss\"\np = 0.%d\ntarget = %s", between(&t.draw, 1, 6), t.any())
	}},
	{"duplicate", true, func(t *trouble) string { return "kind = \"duplicate\"\np = 0.5\ntarget = " + t.any() }},
	{"reorder", true, func(t *trouble) string {
		if t.draw.Bool(0.3) { // so late that the process which sent it may be gone, and the next one known
			return "kind = \"reorder\"\np = 0.3\nextra = \"4000ms\"\ntarget = { role = [\"gate\", \"manager\", \"worker\"] }"
		}
		return "kind = \"reorder\"\np = 0.3\nextra = \"80ms\"\ntarget = " + t.any()
	}},
	{"delay", true, func(t *trouble) string {
		return fmt.Sprintf("kind = \"delay\"\nadd = \"%dms\"\ntarget = %s", pick(&t.draw, 50, 400), t.any())
	}},
	{"hold", true, func(t *trouble) string { return "kind = \"hold\"\ntarget = " + t.one() }},
	{"leave", false, func(t *trouble) string { // with what it leads
		if t.w.gates*t.w.sites >= 3 && t.draw.Bool(0.3) {
			return t.forgets(fmt.Sprintf("kind = \"leave\"\ntarget = { id = \"%s/gate/%d\" }", t.site(), t.draw.Intn(t.w.gates)))
		}
		return t.forgets(fmt.Sprintf("kind = \"leave\"\ntarget = { id = \"%s/manager/%d\" }", t.site(), t.draw.Intn(t.w.managers)))
	}},
	{"leave-worker", false, func(t *trouble) string { return "kind = \"leave\"\ntarget = " + t.worker() }},
	{"churn-workers", true, func(t *trouble) string {
		if t.w.workers == 0 {
			return ""
		}
		return fmt.Sprintf("kind = \"churn\"\nrate = \"0.2/s\"\ndowntime = \"%ds\"\ntarget = { role = \"worker\" }", comesBack)
	}},
	{"slow-shards", true, func(t *trouble) string {
		t.never = !t.w.jobs
		return fmt.Sprintf("kind = \"slow\"\nfactor = %d\napplies = \"execution\"\ntarget = %s", pick(&t.draw, 3, 20), t.worker())
	}},
	{"bursts", true, func(t *trouble) string {
		return "kind = \"loss\"\nmodel = \"gilbert-elliott\"\np_gb = 0.05\np_bg = 0.3\nloss_bad = 0.9\nloss_good = 0.0\ntarget = " + t.any()
	}},
	{"corrupt", true, func(t *trouble) string { return "kind = \"corrupt\"\np = 0.2\ntarget = " + t.any() }},
	{"narrow", true, func(t *trouble) string {
		return fmt.Sprintf("kind = \"bandwidth\"\nbandwidth = \"%s\"\ntarget = %s", pick(&t.draw, "64kbit/s", "1Mbit/s"), t.any())
	}},
	{"refused", true, func(t *trouble) string {
		if c := t.cut(); c != "" {
			return c + "\nmode = \"refuse\""
		}
		return ""
	}},
	{"half-cut", true, func(t *trouble) string {
		if c := t.cut(); c != "" {
			return c + fmt.Sprintf("\ntraffic = %q", pick(&t.draw, "datagram", "stream", "data", "dispatch"))
		}
		return ""
	}},
	{"clock", true, func(t *trouble) string {
		return fmt.Sprintf("kind = \"clock\"\ndrift_ppm = %d\ntarget = %s", pick(&t.draw, 2000, -2000, 20_000, -20_000), t.one())
	}},
	{"overload", true, func(t *trouble) string {
		return fmt.Sprintf("kind = \"overload\"\n%s = %.2f\ntarget = %s", pick(&t.draw, "cpu", "memory"), pick(&t.draw, 0.75, 0.88, 0.97), t.one())
	}},
	{"stats-storm", true, func(t *trouble) string {
		t.never = t.w.workers == 0 || t.w.flat
		to := fmt.Sprintf("{ id = \"%s/manager/%d\" }", t.site(), t.draw.Intn(t.w.managers))
		if t.draw.Bool(0.5) && strings.Contains(t.victim, "manager") {
			to = t.victim
		}
		return fmt.Sprintf("kind = \"stats-storm\"\nrate = \"%s\"\ntarget = %s", pick(&t.draw, "20/s", "200/s"), to)
	}},
	{"stuck", true, func(t *trouble) string {
		if !t.w.scope {
			return ""
		}
		return fmt.Sprintf("kind = \"stuck-workflow\"\njob = \"scope\"\ntarget = %s", t.worker())
	}},
	{"slow-way", true, func(t *trouble) string {
		if t.w.sites < 2 {
			return ""
		}
		s := t.site()
		return fmt.Sprintf("kind = \"delay\"\nadd = \"%dms\"\nlinks = { a = { site = %q }, b = { not = { site = %q } } }", pick(&t.draw, 20, 200), s, s)
	}},
	{"crash-at-event", true, func(t *trouble) string {
		roles := []string{"gate", "manager"}
		if t.w.managers < 3 {
			roles = roles[:1] // a manager's memory is all that there is of its jobs
			t.never = t.w.gates == 0
		}
		return t.forgets("kind = \"crash\"\ntarget = " + t.event(roles...))
	}},
	{"worker-crash-at-event", true, func(t *trouble) string { return "kind = \"crash\"\ntarget = " + t.event("worker") }},
	{"pause-at-event", true, func(t *trouble) string {
		return "kind = \"pause\"\ntarget = " + t.event("gate", "manager", "worker")
	}},
	{"cut-at-event", true, func(t *trouble) string {
		on := t.event("gate", "manager", "worker")
		return "kind = \"partition\"\na = " + on + "\nb = { not = " + on + " }"
	}},
	{"crash-workers", true, func(t *trouble) string {
		t.never = t.w.workers == 0
		return fmt.Sprintf("kind = \"crash\"\ntarget = { site = %q, role = \"worker\" }", t.site())
	}},
	{"late-worker", true, func(t *trouble) string {
		return fmt.Sprintf("kind = \"slow\"\nfactor = %d\ntarget = %s", pick(&t.draw, 1000, 10_000), t.worker())
	}},
	{"random-pauses", false, func(t *trouble) string {
		return fmt.Sprintf("process = { rate = \"%d/min\" }\nkind = \"pause\"\nfor = \"%dms\"\ntarget = %s", between(&t.draw, 2, 12), pick(&t.draw, 300, 2000, 7000), t.any())
	}},
	{"random-worker-crashes", false, func(t *trouble) string {
		t.never = t.w.workers == 0
		return fmt.Sprintf("process = { rate = \"%d/min\" }\nkind = \"crash\"\nfor = \"%ds\"\ntarget = { role = \"worker\", count = 1 }", between(&t.draw, 2, 6), comesBack)
	}},
	{"lost-workers", true, func(t *trouble) string {
		t.never = t.w.workers == 0
		t.least = 70 // until a shard that nobody leads has ended
		s := t.site()
		return fmt.Sprintf("kind = \"partition\"\na = { site = %q, role = \"worker\" }\nb = { not = { site = %q, role = \"worker\" } }", s, s)
	}},
	{"lost-clients", true, func(t *trouble) string {
		t.never = !t.w.jobs
		t.least = 45 // until nobody tells them any more how their jobs ended
		return "kind = \"partition\"\na = { role = \"client\" }\nb = { not = { role = \"client\" } }"
	}},
	{"only-manager", false, func(t *trouble) string {
		if t.w.managers > 1 || t.w.gates > 0 {
			return ""
		}
		return fmt.Sprintf("kind = \"restart\"\ntarget = { id = \"%s/manager/0\" }", t.site()) // nobody else knew its jobs: they are lost, and clients find out
	}},
	{"new-worker", false, func(t *trouble) string {
		t.never = t.w.workers == 0
		return "kind = \"join\"\ntarget = " + t.worker()
	}},
	{"new-version", false, func(t *trouble) string {
		t.never = t.w.workers == 0 || !t.w.upgrades
		return fmt.Sprintf("kind = \"restart\"\nversion = \"1.%d\"\ntarget = %s", t.draw.Intn(minors), t.worker())
	}},
	{"kept-worker", false, func(t *trouble) string {
		t.never = t.w.workers == 0
		return "kind = \"restart\"\nkeep_state = true\ntarget = " + t.worker()
	}},
	{"refusing-worker", true, func(t *trouble) string {
		t.never = t.w.workers == 0
		return "kind = \"crash\"\nrefuse = true\ntarget = " + t.worker()
	}},
	{"newcomer", false, (*trouble).newcomer},
	{"join-again", false, (*trouble).joinAgain},
	{"site-cut", true, func(t *trouble) string {
		t.never = t.w.sites < 2
		return fmt.Sprintf("kind = \"site-outage\"\nmode = \"blackhole\"\nsite = %q", t.site())
	}},
	{"site-crash", true, (*trouble).siteCrash},
	{"no-names", true, func(t *trouble) string { return "kind = \"discovery\"\ntarget = " + t.any() }},
	{"raise", false, func(t *trouble) string { return "kind = \"raise\"\ntarget = " + t.member() }},
	{"rumour", false, func(t *trouble) string {
		return "kind = \"rumour\"\ntarget = " + t.one() + "\nabout = " + t.member()
	}},
	{"poison", true, func(t *trouble) string {
		return fmt.Sprintf("kind = \"poison\"\nvalues = %q\ntarget = %s", pick(&t.draw, "nan", "inf", "negative-height", "far", "wrong-dims"), t.member())
	}},
	{"clock-step", true, func(t *trouble) string {
		return fmt.Sprintf("kind = \"clock\"\nstep = \"%dms\"\ntarget = %s", pick(&t.draw, 100, -100, 500, -500), t.member())
	}},
	{"unwell", true, func(t *trouble) string { return "kind = \"lhm\"\nscore = 8\ntarget = " + t.one() }},
}

// shares are in how many runs those families are on that are not in two of five.
var shares = map[string]float64{
	"raise": 0.2, "rumour": 0.2, "poison": 0.2, "no-names": 0.2, "join-again": 0.2, "new-worker": 0.2, "site-cut": 0.2,
	"new-version": 0.2, "kept-worker": 0.2, "refusing-worker": 0.2,
	"clock-step":     0.1, // leases are not judged where clocks jump
	"crash-at-event": 0.6, // of its events every other one does not come
}

func shareOf(name string) float64 {
	if s, is := shares[name]; is {
		return s
	}
	return 0.4
}

// comesBack is how long those stay away, in s, whom a fault sends away at its very end.
const comesBack = 3

// all writes the faults of a run behind its world.
func (t *trouble) all(n Name) {
	t.draw = rng.New(n.Faults, "explore.victim")
	t.victim = t.one()
	for _, f := range inOrder(n) {
		t.draw = rng.New(n.Faults, "explore.family."+f.name)
		if !t.draw.Bool(shareOf(f.name)) {
			continue
		}
		for range between(&t.draw, 1, 2) {
			t.fault(f)
		}
	}
}

func (t *trouble) fault(f *family) {
	t.on, t.least, t.never = "", 0, false
	what := f.draw(t)
	longest := t.to - t.from - comesBack - 1
	if what == "" || t.never || t.least > longest {
		return
	}
	t.count++
	last := 0
	if f.lasts {
		last = between(&t.draw, 1, longestFate)
		if t.draw.Bool(0.2) { // long enough for deaths to be declared, and for what follows from them
			last = min(between(&t.draw, 30, 90), longest)
		}
		if t.least > 0 {
			last = between(&t.draw, t.least, longest)
		}
	}
	until := t.to - last - comesBack
	switch { // from then on; the later, the less happens
	case t.on != "":
		until = (3*t.from + until) / 4
	case strings.HasPrefix(what, "process"):
		until = (t.from + until) / 2
	}
	at := between(&t.draw, t.from*1000, until*1000)
	t.w.line("\n[[fault]]\nid = \"%s-%d\"\nat = \"%dms\"", f.name, t.count, at)
	if f.lasts {
		t.w.line("for = \"%ds\"", last)
	}
	if t.on != "" {
		t.w.line("on = %s", t.on)
	}
	t.w.line("%s", what)
}

func (t *trouble) site() string { return t.w.names[t.draw.Intn(t.w.sites)] }

// group names those who elect a leader, as leader_of does.
func (t *trouble) group() string {
	t.never = t.never || !t.w.jobs
	if t.w.gates*t.w.sites > 2 && t.draw.Bool(0.3) {
		return `"gates"`
	}
	return fmt.Sprintf("\"site:%s\"", t.site())
}

// one is a manager or a gate.
func (t *trouble) one() string {
	if t.victim != "" && t.draw.Bool(0.3) {
		return t.victim
	}
	if t.w.gates > 0 && t.draw.Bool(0.4) {
		return fmt.Sprintf("{ id = \"%s/gate/%d\" }", t.site(), t.draw.Intn(t.w.gates))
	}
	return fmt.Sprintf("{ id = \"%s/manager/%d\" }", t.site(), t.draw.Intn(t.w.managers))
}

// worker is one; a manager or a gate where there is none.
func (t *trouble) worker() string {
	if t.w.workers == 0 {
		return t.one()
	}
	return fmt.Sprintf("{ id = \"%s/worker/%d\" }", t.site(), t.draw.Intn(t.w.workers))
}

// member is a manager, a gate or a worker, or all managers.
func (t *trouble) member() string {
	return pick(&t.draw, t.one(), t.one(), t.worker(), t.worker(), "{ role = \"manager\" }")
}

// any is some of all that have a network.
func (t *trouble) any() string {
	return pick(&t.draw, t.one(), t.worker(), fmt.Sprintf("{ site = %q }", t.site()), "{ any = true, pct = \"30%\" }", "{ role = \"manager\" }")
}

func (t *trouble) cut() string {
	if s := t.sides(); s != "" {
		return "kind = \"partition\"\n" + s
	}
	return ""
}

// sides are two parts of the world that a cut separates.
func (t *trouble) sides() string {
	if t.w.sites > 1 && t.draw.Bool(0.6) {
		s := t.site()
		return fmt.Sprintf("a = { site = %q }\nb = { not = { site = %q } }", s, s)
	}
	if t.draw.Bool(0.3) { // two of a cluster, whom the others hear both
		g := t.group()
		return fmt.Sprintf("a = { leader_of = %s }\nb = { all = [%s, { not = { leader_of = %s } }] }", g, t.one(), g)
	}
	if t.draw.Bool(0.5) || t.w.workers == 0 {
		o := t.one()
		return fmt.Sprintf("a = %s\nb = { not = %s }", o, o)
	}
	s := t.site()
	return fmt.Sprintf("a = { site = %q, role = \"manager\" }\nb = { site = %q, role = \"worker\" }", s, s)
}

// Text is the scenario file of a run.
func (n Name) Text() string {
	w := newWorld(n)
	t := &trouble{w: w, from: faultsFrom, to: w.span.faults}
	t.all(n)
	return w.text.String()
}
