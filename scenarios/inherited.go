package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"hypersim/scenarios/form"
	"hypersim/scenarios/preset"

	"hypersim/core/admission"
	"hypersim/core/federated"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/pressure"
	"hypersim/core/replica"
	"hypersim/core/routing"
	"hypersim/core/statbuf"
	"hypersim/core/swim"
	"hypersim/core/vivaldi"
)

// Profiles of [protocol] profile.
const (
	ProfileSpecified = "specified" // the protocol as its chapters say
	ProfileInherited = "inherited" // every switch of [protocol.inherited] on
)

// profiles are these two, and the presets of other systems.
var profiles = append([]string{ProfileSpecified, ProfileInherited}, preset.Names()...)

// shorthands are the keys of [protocol.inherited] that stand for others: what true and false set. A key that
// a file gives itself wins.
var shorthands = map[string]func(c *Config, on bool){
	"10/D7": func(c *Config, on bool) {
		c.Swim.Suspicion.Formula = either(on, swim.FormulaLogN, swim.Default().Suspicion.Formula)
	},
	"10/D12": func(c *Config, on bool) {
		c.Swim.Timeout.LatencyMode = either(on, swim.LatencyOff, swim.Default().Timeout.LatencyMode)
	},
	"10/D15": func(c *Config, on bool) {
		c.Vivaldi.Engine = either(on, vivaldi.EngineHyperscale, vivaldi.Default().Engine)
	},
	"10/D19": func(c *Config, on bool) {
		c.Swim.Confirm.Removal = either(on, swim.RemoveAfterAttempts, swim.Default().Confirm.Removal)
	},
	"10/D25": func(c *Config, on bool) {
		d := swim.Default()
		c.Swim.Sync.Mode = either(on, swim.SyncOff, d.Sync.Mode)
		c.Swim.Reconnect.Interval = either(on, 0, d.Reconnect.Interval)
		c.Swim.Gossip.ToDead = either(on, 0, d.Gossip.ToDead)
	},
	"20/J7": func(c *Config, on bool) {
		c.Timeout.Job.Commands = either(on, jobtimeout.CommandsOnce, jobtimeout.CommandsSettled)
	},
	"20/J13": func(c *Config, on bool) {
		c.Timeout.Job.Growth = either(on, jobtimeout.GrowthTransitions, jobtimeout.GrowthCounters)
	},
	"20/J29": func(c *Config, on bool) {
		c.Replica.Lease.OnLoss = either(on, replica.LossFailed, replica.LossSilent)
	},
	"20/J30": func(c *Config, on bool) {
		c.Job.Orphan.Grace = either(on, 5*time.Second, job.Default().Orphan.Grace)
	},
	"20/J35": func(c *Config, on bool) {
		c.Timeout.Job.Waiting = either(on, jobtimeout.WaitingIsStuck, jobtimeout.WaitingIsFine)
	},
	"20/J43": func(c *Config, on bool) { c.Job.Cancel.Dispatched = !on },
	"30/D10": func(c *Config, on bool) { c.Routing.Sites.ByUse = on },
	"30/D19": func(c *Config, on bool) {
		c.Routing.Routing.Targets = either(on, routing.TargetsRanked, routing.TargetsKept)
	},
	"30/D24": func(c *Config, on bool) {
		c.Admission.Shed.Classes = either(on, admission.Inherited, admission.Specified)
	},
	"30/D25": func(c *Config, on bool) {
		c.Stats.Stats.Expiry = either(on, statbuf.OnRecord, statbuf.Default().Stats.Expiry)
	},
	"30/D27": func(c *Config, on bool) {
		c.Pressure.Pressure.Signals = either(on, pressure.Raises, pressure.Default().Pressure.Signals)
	},
	"10/D34": func(c *Config, on bool) {
		c.Federated.Link.SampleInterval = either(on, 0, federated.Default().Link.SampleInterval)
	},
	"10/D33": func(c *Config, on bool) {
		c.Swim.Worker.Probe = either(on, swim.WorkerProbeMember, swim.Default().Worker.Probe)
	},
}

func either[T any](on bool, a, b T) T {
	if on {
		return a
	}
	return b
}

// inherit sets one switch of [protocol.inherited] and what it stands for.
func (c *Config) inherit(name string, on bool) {
	v := reflect.ValueOf(&c.Swim.Inherited).Elem()
	for _, f := range form.Fields(v.Type()) {
		if f.Tag.Get("key") == name {
			v.FieldByIndex(f.Index).SetBool(on)
		}
	}
	if set := shorthands[name]; set != nil {
		set(c, on)
	}
}

func inheritedKeys() []string { return form.Keys(reflect.TypeFor[swim.Inherited]()) }

// Inherited returns the switches of [protocol.inherited] that are on, in the order of the decisions.
func (c *Config) Inherited() []string {
	var out []string
	v := reflect.ValueOf(&c.Swim.Inherited).Elem()
	for _, f := range form.Fields(v.Type()) {
		if v.FieldByIndex(f.Index).Bool() {
			out = append(out, f.Tag.Get("key"))
		}
	}
	slices.SortFunc(out, func(a, b string) int { return decision(a) - decision(b) })
	return out
}

// Behaviour names the profile of a run and what of [protocol.inherited] is on at any node: "specified",
// "inherited", or for example "specified with 10/D4, 10/D8".
func (p *Protocol) Behaviour() string {
	var on []string
	for i := range p.Configs {
		on = append(on, p.Configs[i].Inherited()...)
	}
	slices.SortFunc(on, func(a, b string) int { return decision(a) - decision(b) })
	on = slices.Compact(on)
	switch all := len(inheritedKeys()); {
	case len(on) == 0 && p.Profile != ProfileInherited || len(on) == all && p.Profile == ProfileInherited:
		return p.Profile
	case len(on) == 0:
		return p.Profile + " with every switch off"
	default:
		return p.Profile + " with " + strings.Join(on, ", ")
	}
}

func decision(key string) int {
	var chapter, n int
	var list rune
	_, _ = fmt.Sscanf(key, "%d/%c%d", &chapter, &list, &n)
	return 1000*chapter + n
}

// bindProfile applies [protocol] profile, before anything else of the table.
func (l *loader) bindProfile(p *protocol, n *form.Node) {
	p.profile = ProfileSpecified
	kid := n.Kid("profile")
	if kid == nil {
		return
	}
	s, ok := kid.Text()
	if !ok || !slices.Contains(profiles, s) {
		l.b.Wrong(kid, "protocol.profile", "must be %s%s", form.OneOf(profiles), form.DidYouMean(s, profiles))
		return
	}
	p.profile = s
	for _, name := range inheritedKeys() {
		p.base.inherit(name, s == ProfileInherited)
	}
	if x := preset.Find(s); x != nil {
		p.base.adopt(x)
	}
}

// adopt sets the keys of another system.
func (c *Config) adopt(x *preset.Preset) {
	tree, err := form.Read(x.TOML(), x.Name)
	if err != nil {
		panic(fmt.Sprintf("scenarios: the preset %s is no TOML: %v", x.Name, err)) // a test reads them all
	}
	b := &form.Binding{}
	for _, name := range roomOrder(tree) {
		b.Table(tree.Kids[name], form.Join("preset", name), roomsOf(c)[name])
	}
	if len(b.Problems) > 0 {
		panic(fmt.Sprintf("scenarios: the preset %s does not fit: %v", x.Name, b.Problems))
	}
}

// bindInherited binds a table [protocol.inherited] and sets the keys that its switches stand for. It comes
// before the other rooms of the same table, whose keys win.
func (l *loader) bindInherited(c *Config, n *form.Node, key string) {
	l.b.Table(n, key, reflect.ValueOf(&c.Swim.Inherited).Elem())
	if !n.IsTable {
		return
	}
	for _, name := range n.Names() {
		if on, ok := n.Kids[name].Val.(bool); ok {
			c.inherit(name, on)
		}
	}
}

// roomOrder returns the rooms of a table in the order in which they are bound.
func roomOrder(n *form.Node) []string {
	names := n.Names()
	slices.SortStableFunc(names, func(a, b string) int {
		return strings.Compare(either(a == "inherited", "0", "1"), either(b == "inherited", "0", "1"))
	})
	return names
}

// moot are the invariants that a behaviour breaks by design: they are off where it is on.
var moot = []struct {
	on  func(c *Config) bool
	ids []string
	why string
}{
	{func(c *Config) bool { return c.Swim.Inherited.Refute }, []string{"I-M30", "I-W5"},
		"10/D4: every probe raises an incarnation, so tables never stand still"},
	{func(c *Config) bool { return c.Swim.Inherited.Wheel }, []string{"I-M11", "I-M12", "I-M29"},
		"10/D8: the inherited wheel fires early and late, and a move to another slot can delay"},
	{func(c *Config) bool { return c.Swim.Inherited.Lockout }, []string{"I-M30", "I-M31", "I-W5"},
		"10/D22: a restarted process is refused for as long as the settle time"},
	{func(c *Config) bool { return c.Swim.Inherited.NoSync && c.Swim.Sync.Mode == swim.SyncOff }, []string{"I-M30", "I-W5"},
		"10/D25: what gossip has missed is never made good"},
	{func(c *Config) bool { return c.Swim.Worker.Probe != swim.WorkerProbeNever }, []string{"I-M7"},
		"10/D33: worker.probe lets workers be probed"},
	{func(c *Config) bool { return c.Routing.Routing.Targets == routing.TargetsRanked }, []string{"I-R5", "I-R6", "I-R7", "I-R12"},
		"30/D19: hysteresis decides, and nobody asks it"},
	{func(c *Config) bool { return c.Timeout.Job.Commands == jobtimeout.CommandsOnce }, []string{"I-J5"},
		"20/J7: a datacenter that was cut off when it was told runs on"},
}

// mootInvariants turns off, each once, the invariants that the run's configurations make meaningless.
func (l *loader) mootInvariants() {
	sc := l.sc
	for _, m := range moot {
		if !slices.ContainsFunc(sc.Protocol.Configs, func(c Config) bool { return m.on(&c) }) {
			continue
		}
		for _, id := range m.ids {
			if !slices.ContainsFunc(sc.Disabled, func(d DisabledInvariant) bool { return d.ID == id }) {
				sc.Disabled = append(sc.Disabled, DisabledInvariant{ID: id, Why: m.why})
			}
		}
	}
}
