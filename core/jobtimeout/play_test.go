package jobtimeout

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"hypersim/core"
	"hypersim/core/job"
)

// Scripts in testdata play one timeline each: what happens is written down in seconds, and what the machines make of it is
// printed to the millisecond, or the nanosecond where it matters. The setup is that of spec 20 §13: 40 ms between gate and
// managers, commits of 20 ms at gates and 2 ms at managers, tracking from 2.000 on, progress all the time.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			datadriven.RunTest(t, f, func(t *testing.T, d *datadriven.TestData) string {
				p := newPlay(t, d)
				for line := range strings.Lines(d.Input) {
					w := strings.Fields(line)
					if len(w) < 3 {
						t.Fatalf("%s: %q: a line is a time, a deed and a datacenter", d.Pos, line)
					}
					p.at(seconds(t, w[0]), func() { p.do(t, w[1:]) })
				}
				return p.run()
			})
		})
	}
}

const (
	theJob  job.ID = 7
	theGate        = core.NodeID(900)
	way            = 40 * time.Millisecond
	ms             = time.Millisecond
)

// play is a job, its datacenters and its gate on one clock.
type play struct {
	cfg     Config
	timeout core.Duration
	now     core.Instant
	queue   []event
	seq     int
	log     strings.Builder
	fx      core.Effects
	sites   []*site
	gate    *gateSide // or none
	until   core.Instant
	quiet   bool
	facts   func(who string, f *core.JobFact) // each, if set
}

// event is something that is not a timer. Timers come first.
type event struct {
	at  core.Instant
	seq int
	do  func()
}

func seconds(t testing.TB, s string) core.Instant {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return core.Instant(core.Seconds(f))
}

func newPlay(t testing.TB, d *datadriven.TestData) *play {
	p := &play{cfg: Default()}
	p.timeout = core.Duration(seconds(t, argsOf(d, "timeout", "300")[0]))
	p.cfg.Job.Mode = Mode(argsOf(d, "mode", "poll")[0])
	p.cfg.Job.ExtensionRule = ExtensionRule(argsOf(d, "extension_rule", "total")[0])
	p.cfg.Job.LocalRule = LocalRule(argsOf(d, "local_rule", "majority")[0])
	p.cfg.Job.Growth = Growth(argsOf(d, "progress", "counters")[0])
	p.cfg.Job.Waiting = Waiting(argsOf(d, "waiting", "fine")[0])
	p.cfg.Job.Commands = Commands(argsOf(d, "commands", "until-settled")[0])
	p.until = seconds(t, argsOf(d, "until", "1000")[0])
	p.begin(argsOf(d, "dcs"), 0, 0)
	return p
}

// begin makes the world: one datacenter without a gate if there are no names.
func (p *play) begin(names []string, phase, gatePhase core.Duration) {
	if len(names) > 0 {
		p.gate = newGateSide(p, core.Instant(gatePhase))
	} else {
		names = []string{"a"}
	}
	for i, name := range names {
		s := newSite(p, name, i, core.Instant(phase))
		p.sites = append(p.sites, s)
		p.at(2*sec, func() { s.start() })
		for at := 3 * sec; at < p.until; at += sec {
			p.at(at, s.progress)
		}
	}
	if p.gate != nil {
		p.at(2*sec+core.Instant(way), p.gate.start)
	}
}

func argsOf(d *datadriven.TestData, key string, def ...string) []string {
	for _, a := range d.CmdArgs {
		if a.Key == key && len(a.Vals) > 0 {
			return a.Vals
		}
	}
	return def
}

func (p *play) at(at core.Instant, do func()) {
	p.seq++
	e := event{at: at, seq: p.seq, do: do}
	i, _ := slices.BinarySearchFunc(p.queue, e, func(a, b event) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.seq, b.seq)) })
	p.queue = slices.Insert(p.queue, i, e)
}

func (p *play) after(d core.Duration, do func()) { p.at(p.now.Add(d), do) }

// say prints a line of the timeline.
func (p *play) say(format string, args ...any) {
	if p.quiet {
		return
	}
	digits := 3
	if p.now%core.Instant(ms) != 0 {
		digits = 9
	}
	fmt.Fprintf(&p.log, "%.*f %s\n", digits, p.now.Seconds(), fmt.Sprintf(format, args...))
}

// timers are the machines of the world.
func (p *play) timers(visit func(who string, next core.Instant, wake func())) {
	if g := p.gate; g != nil {
		visit("gate", g.m.Deadline(), func() { g.m.Wake(p.now, &p.fx) })
	}
	for _, s := range p.sites {
		for _, m := range s.managers {
			if !m.paused {
				visit(m.name, m.m.Deadline(), func() { m.m.Wake(p.now, &p.fx) })
			}
		}
	}
}

// run plays until the end, and returns the timeline.
func (p *play) run() string {
	for {
		at := core.Never
		if len(p.queue) > 0 {
			at = p.queue[0].at
		}
		timer := false
		p.timers(func(_ string, next core.Instant, _ func()) {
			if next <= at && next != core.Never {
				at, timer = next, true
			}
		})
		if at > p.until || at == core.Never {
			return p.log.String()
		}
		p.now = max(p.now, at)
		if timer {
			p.timers(func(who string, next core.Instant, wake func()) {
				if next <= p.now {
					wake()
					p.told(who)
				}
			})
			continue
		}
		e := p.queue[0]
		p.queue = p.queue[1:]
		e.do()
		p.told("")
	}
}

// told prints what was reported.
func (p *play) told(who string) {
	for i := range p.fx.JobFacts {
		f := &p.fx.JobFacts[i]
		if p.facts != nil {
			p.facts(who, f)
		}
		if f.Kind != core.JobFactTimeout || Event(f.To) == EventCommanded {
			continue
		}
		line := Event(f.To).String()
		if f.From != 0 {
			line += " " + Kind(f.From).String()
		}
		if f.Code != 0 {
			line += " by " + Rule(f.Code).String()
		}
		if f.B != 0 {
			line += fmt.Sprintf(", %v late", time.Duration(f.B))
		}
		if n := f.Node; n != core.NoNode && n != theGate {
			line += ": " + p.manager(n).name
		}
		p.say("%s: %s", who, line)
	}
	p.fx.Reset()
}

// event runs what a message or a commit does at one node.
func (p *play) event(who string, d core.Duration, do func()) {
	p.after(d, func() {
		do()
		p.told(who)
	})
}

func (p *play) manager(n core.NodeID) *mgr { return p.sites[n/10].managers[n%10] }

// do performs a line of a script.
func (p *play) do(t testing.TB, w []string) {
	i := slices.IndexFunc(p.sites, func(s *site) bool { return s.name == w[1] })
	if i < 0 {
		t.Fatalf("no datacenter %s", w[1])
	}
	s, deed := p.sites[i], deeds[w[0]]
	if deed == nil {
		t.Fatalf("no deed %s", w[0])
	}
	deed(t, s, w[2:])
	p.told(s.name)
}
