package scenarios

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	corenode "hypersim/core/node"

	"hypersim/scenarios/form"

	"hypersim/core"
	"hypersim/core/swim"
)

// roomsOf returns the tables of protocol keys. A field of node.Config that has a key is a room, each field of the
// others is one. The Config structs are the only list of keys there is.
func roomsOf(c *Config) map[string]reflect.Value {
	rooms := map[string]reflect.Value{}
	all := reflect.ValueOf(&c.Config).Elem()
	for i := range all.NumField() {
		mechanism := all.Field(i)
		if key := all.Type().Field(i).Tag.Get("key"); key != "" {
			rooms[key] = mechanism
			continue
		}
		for _, f := range form.Fields(mechanism.Type()) {
			rooms[f.Tag.Get("key")] = mechanism.FieldByIndex(f.Index)
		}
	}
	return rooms
}

// roomNames returns the names of all rooms, sorted. They are the same in every file.
var roomNames = sync.OnceValue(func() []string {
	var c Config
	return slices.Sorted(maps.Keys(roomsOf(&c)))
})

// laterRooms hold keys of chapters 10, 20 and 30 whose mechanisms do not exist yet.
var laterRooms = []string{
	"admission", "discovery",
	"extension", "flow", "gate", "health", "idempotency",
	"retry", "worker_state",
}

func defaultConfig() Config {
	return Config{corenode.Default()}
}

// overrideT is one [[protocol.override]].
type overrideT struct {
	Target Selector `key:"target" required:"true" doc:"whose parameters"`
	Set    form.Raw `key:"set" required:"true" doc:"room.key = value"`
}

// protocolT is what [protocol] holds beside its rooms and their layers by role.
type protocolT struct {
	Unsafe   bool        `key:"unsafe" doc:"checks between parameters become warnings"`
	Profile  string      `key:"profile" enum:"specified,inherited,memberlist-lan,memberlist-wan,memberlist-local,serf,consul,nomad" doc:"what keys stand on that are not given; specified: the protocol as its chapters say; inherited: every switch of protocol.inherited is on; the others: set up as that system is (hypersim preset show)"`
	Override []overrideT `key:"override" doc:"parameters of some nodes only"`
}

// protocol is [protocol] as read, before it is known who has which configuration.
type protocol struct {
	base      Config
	roles     [core.NumRoles]*form.Node // rooms of [protocol.role.<role>]
	overrides []overrideT
	rooms     []*form.Node // the same as trees of rooms
	unsafe    bool
	profile   string
}

func (l *loader) bindProtocol(n *form.Node) *protocol {
	p := &protocol{base: defaultConfig(), profile: ProfileSpecified}
	formed := l.world.Cluster.Start.Mode == "formed"
	p.base.Swim.Membership.Initial = map[bool]swim.Initial{true: swim.InitialFormed, false: swim.InitialCold}[formed]
	if n == nil {
		return p
	}
	const key = "protocol"
	if !n.IsTable {
		l.b.Wrong(n, key, "must be a table")
		return p
	}
	l.bindProfile(p, n)
	for _, name := range roomOrder(n) {
		kid, at := n.Kids[name], form.Join(key, name)
		switch name {
		case "profile":
		case "unsafe":
			v, ok := kid.Val.(bool)
			if p.unsafe = v; !ok {
				l.b.Wrong(kid, at, "must be true or false")
			}
		case "role":
			l.bindRoles(p, kid, at)
		case "override":
			l.b.Value(kid, at, reflect.ValueOf(&p.overrides).Elem(), form.Field{Name: name})
		default:
			l.bindRoom(&p.base, kid, at, name, true)
		}
	}
	if at := n.Kid("membership").Kid("initial"); at != nil && (at.Val == "formed") != formed {
		l.b.Wrong(at, "protocol.membership.initial", "cluster.start.mode says %q; leave this key out", l.world.Cluster.Start.Mode)
	}
	for i := range p.overrides {
		p.rooms = append(p.rooms, p.overrides[i].Set.Nest())
		scratch := p.base
		before := len(l.b.Problems)
		l.bindRooms(&scratch, p.rooms[i], form.Element("protocol.override", i)+".set")
		_ = before
	}
	return p
}

// shapeKeys are the same for all members of a group, so only the protocol's own rooms may set them.
var shapeKeys = map[string][]string{
	"membership": {"topology", "initial", "confirmation_mode"}, "worker": {"probe"}, "inherited": {"10/D33"},
}

// bindRoom binds one room's table.
func (l *loader) bindRoom(c *Config, n *form.Node, key, name string, shape bool) {
	rooms := roomsOf(c)
	room, ok := rooms[name]
	switch {
	case !ok && slices.Contains(laterRooms, name):
		l.b.Later(n, key, "the parameters of this room are")
		return
	case !ok:
		l.b.Unknown(n, key, name, append(roomNames(), "role", "override", "unsafe", "profile"))
		return
	case name == "inherited":
		l.bindInherited(c, n, key)
	default:
		l.b.Table(n, key, room)
	}
	if shape || !n.IsTable {
		return
	}
	for _, k := range shapeKeys[name] {
		if kid := n.Kid(k); kid != nil {
			l.b.AtKey(kid, form.Join(key, k), "is the same for all nodes; set it in [protocol.%s]", name)
		}
	}
}

func (l *loader) bindRooms(c *Config, n *form.Node, key string) {
	if !n.IsTable {
		l.b.Wrong(n, key, "must be a table of rooms")
		return
	}
	for _, name := range roomOrder(n) {
		l.bindRoom(c, n.Kids[name], form.Join(key, name), name, false)
	}
}

func (l *loader) bindRoles(p *protocol, n *form.Node, key string) {
	if !n.IsTable {
		l.b.Wrong(n, key, "must be a table of roles")
		return
	}
	for _, name := range n.Names() {
		kid, at := n.Kids[name], form.Join(key, name)
		r, ok := core.ParseRole(name)
		if !ok || r == core.RoleClient {
			l.b.Unknown(kid, at, name, roleNames[:3])
			continue
		}
		p.roles[r] = kid
		scratch := p.base
		l.bindRooms(&scratch, kid, at)
	}
}

// configs gives every node its configuration: base, then its role's, then the overrides that name it.
func (l *loader) configs(p *protocol) {
	sc := l.sc
	sc.Protocol = Protocol{Configs: []Config{p.base}, Unsafe: p.unsafe, Profile: p.profile}
	for i := range p.overrides {
		t := &p.overrides[i].Target
		if !l.settled(t, "who has which parameters is fixed") {
			t.bad = true
		}
		t.resolve(l.b, sc, false)
	}
	quiet := &loader{b: &form.Binding{}, world: l.world} // problems were reported when the tables were first bound
	index := map[string]int{"": 0}
	for i := range sc.Nodes {
		n := &sc.Nodes[i]
		var id strings.Builder
		var layers []*form.Node
		if r := p.roles[n.Role]; r != nil {
			layers = append(layers, r)
			id.WriteString(n.Role.String())
		}
		for k := range p.overrides {
			if _, in := slices.BinarySearch(p.overrides[k].Target.Fixed, n.ID); in {
				layers = append(layers, p.rooms[k])
				fmt.Fprintf(&id, ",%d", k)
			}
		}
		at, known := index[id.String()]
		if !known {
			c := p.base
			for _, layer := range layers {
				quiet.bindRooms(&c, layer, "")
			}
			at = len(sc.Protocol.Configs)
			index[id.String()] = at
			sc.Protocol.Configs = append(sc.Protocol.Configs, c)
		}
		n.Config = at
	}
	l.checkConfigs()
	l.identities()
}

// checkConfigs runs the checks between parameters; protocol.unsafe makes them warnings.
func (l *loader) checkConfigs() {
	seen := map[string]bool{}
	for i := range l.sc.Protocol.Configs {
		c := &l.sc.Protocol.Configs[i]
		for _, msg := range c.problems() {
			if seen[msg] {
				continue
			}
			seen[msg] = true
			if l.sc.Protocol.Unsafe {
				l.sc.Warnings = append(l.sc.Warnings, "protocol."+msg)
				continue
			}
			l.configProblem(msg)
		}
	}
}

// problems returns what does not fit together in c, each as "room.key = value: text".
func (c *Config) problems() []string { return split(c.Validate()) }

// split returns the messages of joined errors.
func split(err error) []string {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error }) // the joined errors themselves are wanted
	if !ok {
		return []string{err.Error()}
	}
	var out []string
	for _, e := range joined.Unwrap() {
		out = append(out, split(e)...)
	}
	return out
}

// configProblem reports "room.key = value: text" at the key, wherever it stands.
func (l *loader) configProblem(msg string) {
	head, text, _ := strings.Cut(msg, ": ")
	key, found, _ := strings.Cut(head, " = ")
	p := form.Problem{File: l.root.File, Line: 1, Col: 1, Key: "protocol." + key, Found: found, Text: text}
	protocol := l.root.Kid("protocol")
	if at := protocol.Lookup(key); protocol != nil && at != nil {
		p.File, p.Line, p.Col, p.Found = at.File, at.At.Line, at.At.Col, at.Literal()
	} else if at := l.mentioned(text); at != nil { // the key has its default; the other one does not fit it
		p.File, p.Line, p.Col = at.File, at.At.Line, at.At.Col
	} else if at := l.root.Kid("protocol"); at != nil {
		p.File, p.Line, p.Col = at.File, at.At.Line, at.At.Col
	}
	l.b.Problems = append(l.b.Problems, p)
}

// mentioned finds the first key in a message that the file gives.
func (l *loader) mentioned(text string) *form.Node {
	protocol := l.root.Kid("protocol")
	for _, word := range strings.Fields(text) {
		if strings.Count(word, ".") == 1 {
			if at := protocol.Lookup(word); protocol != nil && at != nil {
				return at
			}
		}
	}
	return nil
}
