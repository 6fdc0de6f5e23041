package gate_test

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"hypersim/core"
	"hypersim/core/coretest/jobworld"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/node/gate"
	"hypersim/core/replica"
	"hypersim/core/rng"
)

// Scripts in testdata play the takeover of one job each: what happens to gates is written down in seconds, and what gates, managers and the
// client tell each other of it then is held to the millisecond. The setup is that of spec 20 §13: 40 ms between gates and managers, 10 ms
// between gates (and to the client), 1 ms inside a datacenter, looks of the gates at even seconds, reports of the managers at 12.000, 22.000, ….
// Gates are g1, g2, g3 as the ring ranks them for the job, a and b the managers that lead it in its two datacenters.
func TestTakeoverScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/takeover/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, f := range files {
		datadriven.RunTest(t, f, func(t *testing.T, d *datadriven.TestData) string {
			p := newTakeoverPlay(t, d)
			for line := range strings.Lines(d.Input) {
				w := strings.Fields(line)
				if len(w) < 3 {
					t.Fatalf("%s: %q: a line is a time, a deed and a gate", d.Pos, line)
				}
				p.w.After(at(t, w[0]).Sub(p.w.Now), func() { p.do(t, w[1], p.gate(t, w[2]), w[3:]) })
			}
			p.w.Run(p.until)
			slices.Sort(p.log) // all times have as many digits; what happens at one instant is in no order
			return strings.Join(p.log, "")
		})
	}
}

type takeoverPlay struct {
	w           *jobworld.World
	id          job.ID
	names       map[core.NodeID]string
	ring        []core.NodeID
	leads       map[core.NodeID]uint32
	from, until core.Instant
	log         []string
}

func at(t testing.TB, s string) core.Instant {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return core.Instant(core.Seconds(f))
}

// newTakeoverPlay hands a job in so that the managers accept it at 2.000, and brings the world to 199.
func newTakeoverPlay(t testing.TB, d *datadriven.TestData) *takeoverPlay {
	arg := func(key string) []string {
		for _, a := range d.CmdArgs {
			if a.Key == key {
				return a.Vals
			}
		}
		t.Fatalf("%s: no %s", d.Pos, key)
		return nil
	}
	p := &takeoverPlay{from: 199 * core.Instant(time.Second), until: at(t, arg("until")[0]), leads: map[core.NodeID]uint32{}}
	for seed := uint64(1); !p.begin(seed); seed++ {
	}
	p.names = map[core.NodeID]string{}
	for i, id := range p.ring {
		p.names[id] = fmt.Sprintf("g%d", i+1)
	}
	_, client := p.w.Client(0)
	p.names[client] = "client"
	for i, s := range arg("waits") { // of g2 and g3
		g := p.gateAt(p.ring[i+1])
		g.Looks(2*core.Instant(time.Second), wait(core.Duration(at(t, s))))
	}
	p.w.Run(p.from)
	for site := range uint16(2) {
		for _, m := range p.w.ManagersOf(site) {
			if p.w.ManagerAt(m).Holds(p.w.Now, p.id) {
				p.names[m] = string(rune('a' + site))
			}
		}
	}
	return p
}

// begin makes a world and its job; false: the ring does not rank the gates in the order in which managers ask them in turn.
func (p *takeoverPlay) begin(seed uint64) bool {
	c, ways := job.Default(), jobtimeout.Default()
	c.Progress.Push = time.Hour // the page knows no JobProgress every second (01-17), which finds a silent gate before the report does
	p.w = jobworld.New(jobworld.Params{Config: &c, Timeout: &ways, Sites: 2, Managers: 3, Workers: 1, Cores: 4, Clients: 1, Gates: 3, Gate: newGate, Seed: seed, Way: p.way})
	p.w.Scripts[1] = jobworld.Script{Stuck: true}
	p.w.Run(1928 * core.Instant(time.Millisecond)) // 2.000 − 2 commit there − 40 − 20 commit at the gates − 10 from the client
	p.id = p.w.Submit(0, job.Spec{
		Workflows:       []job.WorkflowSpec{{Name: 1, Cores: 1, VUs: 1, Test: true, Payload: core.Blob{ID: 1, Size: 100}}},
		DatacenterCount: 2, Timeout: time.Hour,
	})
	ids := p.w.GateIDs()
	p.ring = job.RingOf(p.w.Book(), ids).Ranks(nil, p.id)
	next := func(id core.NodeID) core.NodeID { return ids[(slices.Index(ids, id)+1)%len(ids)] }
	return p.ring[1] == next(p.ring[0])
}

func newGate(w *jobworld.World, id core.NodeID, life uint32, formed bool) jobworld.Role {
	e := w.Voter(id, life, core.RoleGate, formed, w.GateIDs())
	return jobworld.Voting(e, gate.New(gate.Params{
		Config: w.Config, Replica: w.Replica, Timeout: w.Timeout, Self: id, Instance: life, Seed: w.Seed, Key: uint64(id) + 1, Members: w.View(id), Book: w.Book(),
		Gates: w.GateIDs(), Site: job.NoSite, BySite: w.BySite(), Formed: formed, Elected: e,
	}))
}

// wait returns a stream whose draws begin with the given wait of U(0.5, 2.0 s), to a hundredth of a millisecond.
func wait(want core.Duration) rng.Stream {
	for key := uint64(0); ; key++ {
		s := rng.New(key, "script")
		try := s
		if math.Abs(try.Float64()*1.5e9-float64(want-500*time.Millisecond)) < 1e4 {
			return s
		}
	}
}

func (p *takeoverPlay) gateAt(id core.NodeID) *gate.Gate {
	g, _ := p.w.GateAt(id).(*gate.Gate)
	return g
}

func (p *takeoverPlay) gate(t testing.TB, name string) core.NodeID {
	for id, n := range p.names {
		if n == name && p.w.IsGate(id) {
			return id
		}
	}
	t.Fatalf("no gate %q", name)
	return core.NoNode
}

// do lets something happen: "crash g1"; "dead g1 g2 g3", g1 held DEAD by these, or "ok", alive again.
func (p *takeoverPlay) do(t testing.TB, deed string, id core.NodeID, by []string) {
	switch deed {
	case "crash":
		p.w.Crash(id)
	case "dead", "ok":
		s := core.StateOK
		if deed == "dead" {
			s = core.StateDead
		}
		for _, n := range by {
			p.w.HoldAt(p.gate(t, n), id, s)
		}
	default:
		t.Fatalf("no deed %q", deed)
	}
}

// way is how long a message takes. What is about the leadership of the job is written down: requests when they are sent, and all when they arrive.
func (p *takeoverPlay) way(w *jobworld.World, m *core.Message) (core.Duration, bool) {
	inside := func(id core.NodeID) bool { return w.IsManager(id) || w.IsWorker(id) }
	d := 10 * time.Millisecond
	switch {
	case inside(m.From) && inside(m.To):
		d = time.Millisecond
	case inside(m.From) || inside(m.To):
		d = 40 * time.Millisecond
	}
	if what, ok := words(p, m); ok && w.Now >= p.from {
		from, to := p.name(m.From), p.name(m.To)
		if m.Kind.Answers() == core.KindNone {
			p.say("%s: %s to %s", from, what, to)
		}
		w.After(d, func() {
			if w.Up(m.To) {
				p.say("%s has %s of %s", to, what, from)
			}
		})
		if g := p.gateAt(m.From); g != nil {
			w.After(0, func() { p.leading(m.From) })
		}
	}
	return d, false
}

func (p *takeoverPlay) name(id core.NodeID) string {
	if n, ok := p.names[id]; ok {
		return n
	}
	return "nobody"
}

func (p *takeoverPlay) say(format string, args ...any) {
	p.log = append(p.log, fmt.Sprintf("%.3f %s\n", p.w.Now.Seconds(), fmt.Sprintf(format, args...)))
}

// words are what the script says of a message.
func words(p *takeoverPlay, m *core.Message) (string, bool) {
	switch b := m.Body.(type) {
	case *replica.Fetch:
		return m.Kind.String(), !b.Heads && p.w.IsGate(m.From)
	case *replica.FetchResponse:
		return m.Kind.String(), len(b.Found) > 0 && p.w.IsGate(m.From)
	case *replica.Announcement:
		return fmt.Sprintf("%v ge %d", m.Kind, b.Claims[0].Epoch), p.w.IsGate(m.From)
	case *replica.AnnouncementAck:
		return fmt.Sprintf("%v %v", m.Kind, b.Answers[0].Code), p.w.IsGate(m.From)
	case *replica.GateTransfer:
		return fmt.Sprintf("%v ge %d", m.Kind, b.GE), true
	case *replica.GateTransferAck:
		return fmt.Sprintf("%v %v de %d", m.Kind, b.Code, b.DE), true
	case *jobtimeout.ProgressReport:
		return m.Kind.String(), true
	case *jobtimeout.Ack:
		if b.Code.Done() {
			return fmt.Sprintf("%v %v ge %d", m.Kind, b.Code, b.GE), true
		}
		return fmt.Sprintf("%v %v{%s}", m.Kind, b.Code, p.name(b.Leader)), true
	}
	return "", false
}

// leading writes down that a gate leads the job now.
func (p *takeoverPlay) leading(id core.NodeID) {
	if ge, _ := p.gateAt(id).Holds(p.id); ge != p.leads[id] {
		p.leads[id] = ge
		p.say("%s leads under ge %d", p.name(id), ge)
	}
}
