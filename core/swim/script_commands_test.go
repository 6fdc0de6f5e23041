package swim

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cockroachdb/datadriven"

	"hypersim/core"
	"hypersim/core/coretest"
)

// run carries out one command of a script and returns what it printed.
func (s *stage) run(d *datadriven.TestData) string {
	node := s.arg(d, "node")
	switch d.Cmd {
	case "spec": // quotes what the script shows
		return ""
	case "config":
		s.configure(d)
	case "show":
		for _, a := range d.CmdArgs {
			s.show[a.Key] = true
		}
	case "formed":
		s.formed(d)
	case "people": // names without processes
		s.people(d)
	case "start", "restart":
		s.startCommand(d, node)
	case "advance":
		step, err := time.ParseDuration(d.CmdArgs[0].Key)
		if err != nil {
			return err.Error()
		}
		s.bench.Advance(step)
	case "probe": // one probe outside of the tick
		m, k := s.m[node], s.id(s.arg(d, "target"))
		s.bench.Do(m.self, func(now core.Instant, fx *core.Effects) { m.probe(now, int(k-m.base), fx) })
	case "accuse": // node finds target failed, as after a probe
		m, k := s.m[node], s.id(s.arg(d, "target"))
		s.bench.Do(m.self, func(now core.Instant, fx *core.Effects) { m.accuse(now, int(k-m.base), core.CauseProbeFailed, fx) })
	case "leave":
		s.bench.Do(s.id(node), s.m[node].Leave)
	case "crash":
		s.bench.Crash(s.id(node))
		delete(s.m, node)
	case "pause":
		s.bench.Pause(s.id(node))
	case "resume":
		s.bench.Resume(s.id(node))
	case "timers": // starts periodic timers of a node, or of all
		s.timers(d, node)
	case "hold":
		s.bench.Hold()
	case "release":
		s.bench.Release()
	case "heal":
		s.bench.Heal()
	case "drop":
		count := -1
		d.MaybeScanArgs(s.t, "count", &count)
		s.bench.Drop(coretest.Rule{Match: s.match(d), Count: count})
	case "cut": // both ways between two lists of nodes
		s.cut(d)
	case "deliver":
		count := -1
		d.MaybeScanArgs(s.t, "count", &count)
		if s.bench.Deliver(s.match(d), count) == 0 {
			return "nothing to deliver\n" + s.output()
		}
	case "discard":
		if s.bench.Discard(s.match(d)) == 0 {
			return "nothing to discard\n"
		}
	case "send":
		s.send(d)
	case "set":
		s.set(d, node)
	case "status":
		return s.output() + s.status(node)
	case "queue":
		return s.queue(node)
	case "metrics":
		return s.metrics(node)
	case "audit":
		return s.auditLog(node)
	case "owners":
		return s.output() + s.owners()
	case "health":
		return s.health(d, node)
	case "report": // role logic of the owner tells a worker's state
		e, err := s.bench.ParseWorker(s.arg(d, "state") + ":0:" + s.arg(d, "worker") + ":" + node)
		if err != nil {
			s.t.Fatal(err)
		}
		m := s.m[node]
		s.bench.Do(m.self, func(now core.Instant, fx *core.Effects) { m.ReportWorker(now, &e, fx) })
	case "digest":
		all, part := s.m[node].Digest()
		return fmt.Sprintf("%016x %016x\n", all, part)
	default:
		return fmt.Sprintf("no such command: %s\n", d.Cmd)
	}
	return s.output()
}

func (s *stage) arg(d *datadriven.TestData, key string) string {
	v := ""
	d.MaybeScanArgs(s.t, key, &v)
	return v
}

func (s *stage) list(d *datadriven.TestData, key string) []string {
	a, ok := d.Arg(key)
	if !ok {
		return nil
	}
	return a.Vals
}

func (s *stage) match(d *datadriven.TestData) coretest.Match {
	m := coretest.Any
	if v := s.arg(d, "from"); v != "" {
		m.From = s.id(v)
	}
	if v := s.arg(d, "to"); v != "" {
		m.To = s.id(v)
	}
	m.Kind = s.kind(d)
	return m
}

func (s *stage) kind(d *datadriven.TestData) core.Kind {
	v := s.arg(d, "kind")
	if v == "" {
		return core.KindNone
	}
	k, err := coretest.ParseKind(v)
	if err != nil {
		s.t.Fatal(err)
	}
	return k
}

func (s *stage) cut(d *datadriven.TestData) {
	for _, x := range s.list(d, "between") {
		for _, y := range s.list(d, "and") {
			for _, m := range []coretest.Match{{From: s.id(x), To: s.id(y)}, {From: s.id(y), To: s.id(x)}} {
				s.bench.Drop(coretest.Rule{Match: m, Count: -1})
			}
		}
	}
}

// send forges a datagram. Instance and incarnation are those that the sender has, unless given.
func (s *stage) send(d *datadriven.TestData) {
	m := core.Message{
		Kind: s.kind(d), Group: 1, From: s.id(s.arg(d, "from")), To: s.id(s.arg(d, "to")), Target: core.NoNode,
	}
	m.Role, m.Instance = s.roles[m.From], max(1, s.inst[s.arg(d, "from")])
	if p := s.m[s.arg(d, "from")]; p != nil {
		m.Incarnation = p.inc
	}
	if m.Kind == core.KindPing {
		m.Target = m.To
	}
	if v := s.arg(d, "target"); v != "" {
		m.Target = s.id(v)
	}
	if v := s.arg(d, "state"); v == "rejected" {
		m.Flags |= core.FlagRejected
	}
	for key, dst := range map[string]*uint32{"inc": &m.Incarnation, "instance": &m.Instance, "seq": &m.Seq, "budget": &m.BudgetMS} {
		if v := s.arg(d, key); v != "" {
			n, err := strconv.ParseUint(v, 10, 32)
			if err != nil {
				s.t.Fatal(err)
			}
			*dst = uint32(n)
		}
	}
	m.Body = s.body(d, m.Kind)
	for _, v := range s.list(d, "updates") {
		u, err := s.bench.ParseUpdate(v)
		if err != nil {
			s.t.Fatal(err)
		}
		u.Role = s.roles[u.Subject]
		if r, ok := core.ParseRole(s.arg(d, "role")); ok { // what is said of it, instead of what it is
			u.Role = r
		}
		m.Updates = append(m.Updates, u)
	}
	s.entries(d, &m)
	for range s.count(d) {
		s.bench.Send(&m)
	}
}

// body is the one that a forged message of the kind has.
func (s *stage) body(d *datadriven.TestData, k core.Kind) core.Body {
	switch k {
	case core.KindJoin:
		b := &JoinRequest{Major: VersionMajor, Minor: VersionMinor}
		if v := s.arg(d, "major"); v != "" {
			b.Major = v[0] - '0'
		}
		return b
	case core.KindJoinAck:
		return new(JoinAck)
	case core.KindSyncDigest:
		return new(SyncDigest)
	case core.KindSyncFull:
		return new(SyncFull)
	case core.KindProgress:
		return new(foreign)
	default:
		return nil
	}
}

// foreign is the body of a message for another room.
type foreign struct{ core.Shared }

func (*foreign) Walk(*core.Walker) {}

// entries adds health=(load:version:subject) and workers=(state:incarnation:worker:owner).
func (s *stage) entries(d *datadriven.TestData, m *core.Message) {
	health, workers := s.list(d, "health"), s.list(d, "workers")
	if len(health)+len(workers) > 0 {
		m.Extra = new(core.Extra)
	}
	for _, v := range health {
		h, err := s.bench.ParseHealth(v)
		if err != nil {
			s.t.Fatal(err)
		}
		h.Role = s.roles[h.Subject]
		m.Extra.Health = append(m.Extra.Health, h)
	}
	for _, v := range workers {
		e, err := s.bench.ParseWorker(v)
		if err != nil {
			s.t.Fatal(err)
		}
		m.Extra.Workers = append(m.Extra.Workers, e)
	}
}

// owners prints whom each manager takes for the owner of each worker.
func (s *stage) owners() string {
	var b strings.Builder
	for _, n := range s.names {
		m := s.m[n]
		if m == nil || !m.watches() {
			continue
		}
		fmt.Fprintf(&b, "%s:", n)
		for i, w := range s.names {
			if s.roles[i] != core.RoleWorker {
				continue
			}
			owner := "nobody"
			if k, ok := m.index(s.id(w)); ok && m.watch.owners != nil && m.watch.owners[k] == orphan {
				owner = "orphan"
			} else if o, ok := m.Owner(s.id(w)); ok {
				owner = s.bench.Name(o)
			}
			fmt.Fprintf(&b, " %s=%s", w, owner)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// health lets role logic of node judge its load, and prints what everybody knows if no load is given.
func (s *stage) health(d *datadriven.TestData, node string) string {
	now := s.bench.Now()
	if v := s.arg(d, "load"); v != "" {
		h, err := s.bench.ParseHealth(v + ":0:" + node)
		if err != nil {
			s.t.Fatal(err)
		}
		s.m[node].SetHealth(now, &h)
		return s.output()
	}
	var b strings.Builder
	for _, n := range s.names {
		if s.m[n] == nil || node != "" && n != node {
			continue
		}
		fmt.Fprintf(&b, "%s:", n)
		for _, o := range s.names {
			if h, ok := s.m[n].Health(now, s.id(o)); ok {
				fmt.Fprintf(&b, " %s=%s(%d)", o, h.Load, h.Version)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (s *stage) count(d *datadriven.TestData) int {
	n := 1
	d.MaybeScanArgs(s.t, "count", &n)
	return n
}

func (s *stage) startCommand(d *datadriven.TestData, node string) {
	p := Params{Owner: core.NoNode}
	for _, v := range s.list(d, "seeds") {
		p.Seeds = append(p.Seeds, s.id(v))
	}
	for _, v := range s.list(d, "known") {
		p.Known = append(p.Known, core.Entry{Subject: s.id(v), Accuser: core.NoNode, Role: s.roles[s.id(v)]})
	}
	var inc int
	d.MaybeScanArgs(s.t, "inc", &inc)
	p.Incarnation = uint32(inc)
	s.start(node, p)
}

var timerNames = map[string]timer{
	"tick": timerTick, "lag": timerLag, "sync": timerSync, "reconnect": timerReconnect, "watch": timerWatch, "sweep": timerSweep,
}

func (s *stage) timers(d *datadriven.TestData, node string) {
	for _, n := range s.names {
		if m := s.m[n]; m != nil && (node == "" || n == node) {
			for _, v := range s.list(d, "on") {
				m.due[timerNames[v]] = s.bench.Now()
			}
			for _, v := range s.list(d, "off") {
				m.due[timerNames[v]] = core.Never
			}
		}
	}
}

func (s *stage) set(d *datadriven.TestData, node string) {
	m := s.m[node]
	for _, a := range d.CmdArgs {
		if a.Key == "node" {
			continue
		}
		n, err := strconv.Atoi(a.Vals[0])
		if err != nil {
			s.t.Fatal(err)
		}
		switch a.Key {
		case "lhm":
			m.lhm = uint8(n)
		case "level":
			m.level = uint8(n)
		default:
			s.t.Fatalf("nothing to set is called %q", a.Key)
		}
	}
}

func (s *stage) configure(d *datadriven.TestData) {
	c := &s.cfg
	durations := map[string]*core.Duration{
		"gossip.interval": &c.Gossip.Interval, "sync.interval": &c.Sync.Interval, "refute.window": &c.Refute.Window,
		"membership.dead_retention": &c.Membership.DeadRetention, "suspicion.max": &c.Suspicion.Max, "join.timeout": &c.Join.Timeout,
	}
	ints := map[string]*int{"suspicion.k": &c.Suspicion.K, "rate.burst": &c.Rate.Burst, "refute.tokens": &c.Refute.Tokens,
		"membership.max_members": &c.Membership.MaxMembers, "probe.indirect_k": &c.Probe.IndirectK, "probe.max_proxied": &c.Probe.MaxProxied,
		"confirm.max_per_second": &c.Confirm.MaxPerSecond, "audit.max": &c.Audit.Max}
	floats := map[string]*float64{"confirm.jitter": &c.Confirm.Jitter, "confirm.backoff": &c.Confirm.Backoff}
	for _, a := range d.CmdArgs {
		v := strings.Join(a.Vals, "")
		var err error
		switch {
		case durations[a.Key] != nil:
			*durations[a.Key], err = time.ParseDuration(v)
		case ints[a.Key] != nil:
			*ints[a.Key], err = strconv.Atoi(v)
		case floats[a.Key] != nil:
			*floats[a.Key], err = strconv.ParseFloat(v, 64)
		default:
			err = setKey(c, a.Key, v)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
}
