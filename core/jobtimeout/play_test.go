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
				return newPlay(t, d).run(t, d)
			})
		})
	}
}

const theJob job.ID = 7

// play is a job, its datacenters and its gate on one clock.
type play struct {
	cfg   Config
	now   core.Instant
	queue []event
	seq   int
	log   strings.Builder
	fx    core.Effects
	sites []*site
	until core.Instant
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

func newPlay(t *testing.T, d *datadriven.TestData) *play {
	p := &play{cfg: Default()}
	timeout := seconds(t, argOf(d, "timeout", "300"))
	p.cfg.Job.Mode = Mode(argOf(d, "mode", "poll"))
	p.cfg.Job.ExtensionRule = ExtensionRule(argOf(d, "extension_rule", "total"))
	p.cfg.Job.LocalRule = LocalRule(argOf(d, "local_rule", "majority"))
	p.until = seconds(t, argOf(d, "until", "1000"))
	gate := core.NoNode
	for i, name := range argsOf(d, "dcs", "a") {
		s := newSite(p, name, i)
		p.sites = append(p.sites, s)
		p.at(2*sec, func() {
			s.state, s.active, s.de = job.StateRunning, 1, 1
			s.m.Start(p.now, &Tracking{Job: theJob, Timeout: core.Duration(timeout), Gate: gate, GE: 1, DE: 1}, &p.fx)
		})
		for at := 3 * sec; at < p.until; at += sec {
			p.at(at, func() { s.progress() })
		}
	}
	return p
}

func argOf(d *datadriven.TestData, key, def string) string { return argsOf(d, key, def)[0] }

func argsOf(d *datadriven.TestData, key, def string) []string {
	for _, a := range d.CmdArgs {
		if a.Key == key && len(a.Vals) > 0 {
			return a.Vals
		}
	}
	return []string{def}
}

func (p *play) at(at core.Instant, do func()) {
	p.seq++
	i, _ := slices.BinarySearchFunc(p.queue, event{at: at, seq: p.seq}, func(a, b event) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.seq, b.seq)) })
	p.queue = slices.Insert(p.queue, i, event{at: at, seq: p.seq, do: do})
}

func (p *play) after(d core.Duration, do func()) { p.at(p.now.Add(d), do) }

// say prints a line of the timeline.
func (p *play) say(format string, args ...any) {
	digits := 3
	if p.now%core.Instant(time.Millisecond) != 0 {
		digits = 9
	}
	fmt.Fprintf(&p.log, "%.*f %s\n", digits, p.now.Seconds(), fmt.Sprintf(format, args...))
}

func (p *play) run(t *testing.T, d *datadriven.TestData) string {
	for line := range strings.Lines(d.Input) {
		w := strings.Fields(line)
		if len(w) < 3 {
			t.Fatalf("%s: %q: a line is a time, a deed and a datacenter", d.Pos, line)
		}
		p.at(seconds(t, w[0]), func() { p.do(t, w) })
	}
	for {
		at, timer := core.Never, false
		if len(p.queue) > 0 {
			at = p.queue[0].at
		}
		for _, s := range p.sites {
			if x := s.m.Deadline(); x <= at && x != core.Never {
				at, timer = x, true
			}
		}
		if at > p.until || at == core.Never {
			return p.log.String()
		}
		p.now = max(p.now, at)
		if timer {
			for _, s := range p.sites {
				s.m.Wake(p.now, &p.fx)
				p.facts(s.name)
			}
			continue
		}
		e := p.queue[0]
		p.queue = p.queue[1:]
		e.do()
		p.facts("")
	}
}

// facts prints what was reported, who is the reporter's name.
func (p *play) facts(who string) {
	for i := range p.fx.JobFacts {
		f := &p.fx.JobFacts[i]
		if f.Kind != core.JobFactTimeout {
			continue
		}
		e, late := Event(f.To), time.Duration(f.B)
		line := e.String()
		if f.From != 0 {
			line += " " + Kind(f.From).String()
		}
		if f.Code != 0 {
			line += " by " + Rule(f.Code).String()
		}
		if late != 0 {
			line += fmt.Sprintf(", %v late", late)
		}
		p.say("%s: %s", cmp.Or(who, p.owner(f)), line)
	}
	p.fx.Reset()
}

func (p *play) owner(*core.JobFact) string { return p.sites[0].name }

// do performs a line of a script.
func (p *play) do(t *testing.T, w []string) {
	i := slices.IndexFunc(p.sites, func(s *site) bool { return s.name == w[2] })
	if i < 0 {
		t.Fatalf("no datacenter %s", w[2])
	}
	s := p.sites[i]
	switch w[1] {
	case "stall": // the last progress is now
		s.progress()
		s.stalled = true
	case "resume":
		s.stalled = false
		s.progress()
	case "wait": // for cores
		s.active = 0
	case "runs":
		s.active = 1
		s.m.Progress(p.now, theJob, &p.fx) // a transition
	case "grant":
		worker, err := strconv.Atoi(w[4])
		if err != nil {
			t.Fatal(err)
		}
		by := core.Duration(seconds(t, w[3]))
		s.m.Extended(p.now, &Granted{Job: theJob, Worker: core.NodeID(worker), By: by, Until: p.now.Add(30*time.Second + by)}, &p.fx)
	default:
		t.Fatalf("no deed %s", w[1])
	}
}

// site is a datacenter: the leader of its job.
type site struct {
	p       *play
	name    string
	m       Manager
	de      uint32
	state   job.State
	pending bool
	active  uint32
	stalled bool
}

func newSite(p *play, name string, i int) *site {
	s := &site{p: p, name: name}
	s.m.Init(s, ManagerParams{Self: core.NodeID(i), Site: uint16(i), Config: &p.cfg.Job})
	return s
}

func (s *site) progress() {
	if s.state == job.StateRunning && !s.stalled && s.active > 0 {
		s.m.Progress(s.p.now, theJob, &s.p.fx)
	}
}

func (s *site) Course(job.ID) Course {
	return Course{Workflows: 1, Active: s.active, Live: !s.state.Terminal(), Open: s.state == job.StateRunning && !s.pending}
}

func (s *site) Report(core.Instant, job.ID, core.NodeID, core.Kind, core.Body, *core.Effects) {}

func (s *site) Decide(core.Instant, job.ID, Rule, *core.Effects) {
	s.pending = true
	s.p.after(2*time.Millisecond, func() {
		s.pending, s.state = false, job.StateTimeout
		s.m.Applied(s.p.now, theJob, &s.p.fx)
	})
}
