package wire

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"testing"

	"hypersim/core"
	"pgregory.net/rapid"
)

func nodeName(id core.NodeID) string { return fmt.Sprintf("node-%d", id) }

// linear is the simulator's book, with names.
var linear = LinearBook{Port: 7000, Names: nodeName}

// dual is a book of both families: ids that divide by three have IPv6.
type dual struct{}

func (dual) Key(id core.NodeID) Key {
	if id%3 != 0 {
		return linear.Key(id)
	}
	return MakeKeyV6([16]byte{0x20, 0x01, 0x0d, 0xb8, 12: uint8(id >> 24), 13: uint8(id >> 16), 14: uint8(id >> 8), 15: uint8(id)}, 7001)
}

func (d dual) Node(k Key) (core.NodeID, bool) {
	id := core.NodeID(binary.BigEndian.Uint32(k.Addr[12:]))
	if k.Tag == TagV4 {
		id, _ = linear.Node(k)
	}
	return id, id < LinearNodes && d.Key(id) == k
}

func (dual) Name(id core.NodeID) string { return nodeName(id) }

var kinds = []core.Kind{
	core.KindPing, core.KindAck, core.KindPingReq, core.KindIndAck, core.KindNack, core.KindGossip, core.KindLeave,
	core.KindXProbe, core.KindXAck, core.KindXNack,
	core.KindJoin, core.KindJoinAck, core.KindSyncDigest, core.KindSyncFull, core.KindProgress,
	core.KindStreamPing, core.KindStreamAck,
}

// drawMessage draws any message of the kind, nothing left out that the kind can carry.
func drawMessage(t *rapid.T, k core.Kind) core.Message {
	node := rapid.Custom(func(t *rapid.T) core.NodeID {
		return core.NodeID(rapid.OneOf(rapid.Uint32Range(0, 20), rapid.Uint32Range(0, LinearNodes-1)).Draw(t, "id"))
	})
	accuser := rapid.OneOf(node, rapid.Just(core.NoNode))
	u32 := rapid.OneOf(rapid.Uint32Range(0, 300), rapid.Uint32())
	role := func() core.Role { return core.Role(rapid.Uint8Range(0, core.NumRoles-1).Draw(t, "role")) }
	float := func() float32 { return math.Float32frombits(rapid.Uint32().Draw(t, "float bits")) }
	m := core.Message{
		Kind: k, Flags: core.Flags(rapid.Uint8Range(0, 31).Draw(t, "flags")), Role: role(),
		Group: core.GroupID(rapid.Uint16().Draw(t, "group")), From: node.Draw(t, "from"),
		Instance: u32.Draw(t, "instance"), Incarnation: u32.Draw(t, "incarnation"), Seq: u32.Draw(t, "seq"),
	}
	switch k {
	case core.KindPing, core.KindNack:
		m.Target = node.Draw(t, "target")
	case core.KindPingReq, core.KindStreamPing:
		m.Target, m.BudgetMS = node.Draw(t, "target"), u32.Draw(t, "budget")
	case core.KindIndAck:
		m.Target, m.Required = node.Draw(t, "target"), u32.Draw(t, "required")
	case core.KindAck:
		m.RTTms, m.Digest = float(), u32.Draw(t, "digest")
		m.State = core.MemberState(rapid.Uint8Range(0, core.NumStates-1).Draw(t, "state"))
	default:
	}
	if testBodies[k] != nil {
		b := new(everything)
		b.a, b.b, b.c, b.d = rapid.Uint8().Draw(t, "a"), rapid.Uint16().Draw(t, "b"), u32.Draw(t, "c"), rapid.Uint64().Draw(t, "d")
		b.v, b.f, b.g = u32.Draw(t, "v"), float(), math.Float64frombits(rapid.Uint64().Draw(t, "g"))
		b.yes, b.long = rapid.Bool().Draw(t, "yes"), core.Duration(rapid.Int64().Draw(t, "long"))
		b.node, b.maybe = node.Draw(t, "node"), accuser.Draw(t, "maybe")
		b.state = core.MemberState(rapid.Uint8Range(0, core.NumStates-1).Draw(t, "state"))
		for range rapid.IntRange(0, 6).Draw(t, "list") {
			b.list = append(b.list, node.Draw(t, "element"))
		}
		m.Body = b
	}
	if !k.IsStream() {
		c := &m.Coord
		c.Dims = rapid.Uint8Range(0, core.MaxDims).Draw(t, "dims")
		for i := range c.Vec[:c.Dims] {
			c.Vec[i] = float()
		}
		if c.Dims > 0 {
			c.Height, c.Adjustment, c.Error, c.ErrorMS = float(), float(), float(), float()
			c.Samples = rapid.Uint16().Draw(t, "samples")
		}
	}
	if !k.IsStream() {
		drawEntries(t, &m, node, u32, role, float)
	}
	for range rapid.IntRange(0, 6).Draw(t, "updates") {
		m.Updates = append(m.Updates, core.Update{
			Subject: node.Draw(t, "subject"), Incarnation: u32.Draw(t, "inc"), From: accuser.Draw(t, "accuser"),
			Type: core.UpdateType(rapid.Uint8Range(0, core.NumUpdateTypes-1).Draw(t, "type")), Role: role(),
		})
	}
	return m
}

// drawEntries adds health and worker entries, or none.
func drawEntries(
	t *rapid.T, m *core.Message, node *rapid.Generator[core.NodeID], u32 *rapid.Generator[uint32], role func() core.Role, float func() float32,
) {
	health, workers := rapid.IntRange(0, 3).Draw(t, "health"), rapid.IntRange(0, 3).Draw(t, "workers")
	beat := rapid.Bool().Draw(t, "beat")
	if m.Extra == nil && (health+workers > 0 || beat) {
		m.Extra = new(core.Extra)
	}
	if beat {
		drawBeat(t, m.Extra, float)
	}
	for range health {
		m.Extra.Health = append(m.Extra.Health, core.HealthEntry{
			Subject: node.Draw(t, "subject"), Version: u32.Draw(t, "version"), Capacity: u32.Draw(t, "capacity"),
			Throughput: float(), Expected: float(), Role: role(), Accepting: rapid.Bool().Draw(t, "accepting"),
			Load: core.Load(rapid.Uint8Range(0, core.NumLoads-1).Draw(t, "load")),
		})
	}
	for range workers {
		m.Extra.Workers = append(m.Extra.Workers, core.WorkerEntry{
			Worker: node.Draw(t, "worker"), Owner: node.Draw(t, "owner"), Instance: u32.Draw(t, "instance"), Incarnation: u32.Draw(t, "inc"),
			Cores: rapid.Uint16().Draw(t, "cores"), Available: rapid.Uint16().Draw(t, "available"),
			State: core.WorkerState(rapid.Uint8Range(0, core.NumWorkerStates-1).Draw(t, "state")),
		})
	}
}

// header holds the fields that == compares, without floats, which compare by bits here, and slices.
type header struct {
	kind             core.Kind
	flags            core.Flags
	role             core.Role
	state            core.MemberState
	group            core.GroupID
	from, to, target core.NodeID
	numbers          [6]uint32
	rtt              uint32
	failed           core.Kind
	dims             uint8
	timeout          core.Duration
	samples          uint16
	coord            [core.MaxDims + 4]uint32
}

func headerOf(m *core.Message) header {
	h := header{
		kind: m.Kind, flags: m.Flags, role: m.Role, state: m.State, group: m.Group, from: m.From, to: m.To, target: m.Target,
		numbers: [6]uint32{m.Instance, m.Incarnation, m.Seq, m.Required, m.BudgetMS, m.Digest},
		rtt:     math.Float32bits(m.RTTms), failed: m.Failed,
		dims: m.Coord.Dims, timeout: m.Timeout, samples: m.Coord.Samples,
	}
	c := &m.Coord
	for i, x := range append(c.Vec[:], c.Height, c.Adjustment, c.Error, c.ErrorMS) {
		h.coord[i] = math.Float32bits(x)
	}
	return h
}

func same(a, b *core.Message) bool {
	return headerOf(a) == headerOf(b) && slices.Equal(a.Updates, b.Updates) &&
		sameExtra(a.Extra, b.Extra) && sameBody(a.Body, b.Body)
}

func sameBody(a, b core.Body) bool {
	if a == nil || b == nil {
		return a == b
	}
	var w core.Walker
	return w.Hash(7, a) == w.Hash(7, b)
}

// drawBeat adds a worker's heartbeat.
func drawBeat(t *rapid.T, x *core.Extra, float func() float32) {
	u16, u64 := rapid.Uint16(), rapid.Uint64()
	b := core.Beat{
		Version: u64.Draw(t, "version") | 1, Cores: u16.Draw(t, "cores"), CoresAvailable: u16.Draw(t, "available"), Queue: u16.Draw(t, "queue"),
		CPU: float(), Memory: float(), Throughput: float(), Expected: float(), State: rapid.Uint8Range(0, beatStates-1).Draw(t, "state"),
		Load: core.Load(rapid.Uint8Range(0, core.NumLoads-1).Draw(t, "load")), Accepting: rapid.Bool().Draw(t, "accepting"),
	}
	if rapid.Bool().Draw(t, "asks") {
		b.Ask = core.Ask{
			Seq: rapid.Uint32Min(1).Draw(t, "seq"), Reason: core.AskReason(rapid.Uint8Range(0, core.NumAskReasons-1).Draw(t, "reason")),
			Workflows: u16.Draw(t, "workflows"), Progress: rapid.Float64().Draw(t, "progress"), Done: u64.Draw(t, "done"),
			Total: u64.Draw(t, "total"), Remaining: core.Duration(rapid.Int64().Draw(t, "remaining")),
		}
	}
	x.Beat = b
	for range rapid.IntRange(0, 3).Draw(t, "shards") {
		x.Shards = append(x.Shards, core.ShardBeat{
			Job: u64.Draw(t, "job"), Workflow: u64.Draw(t, "workflow"), Attempt: u16.Draw(t, "attempt"), Index: u16.Draw(t, "shard"),
			State: rapid.Uint8().Draw(t, "state"), Done: u64.Draw(t, "done"),
		})
	}
}

func sameExtra(a, b *core.Extra) bool {
	if a == nil || b == nil {
		return a == b
	}
	return slices.EqualFunc(a.Health, b.Health, sameHealth) && slices.Equal(a.Workers, b.Workers) && sameBeat(a.Beat, b.Beat) &&
		slices.Equal(a.Shards, b.Shards)
}

// sameBeat compares numbers by their bits.
func sameBeat(a, b core.Beat) bool {
	bits := math.Float32bits
	same := bits(a.CPU) == bits(b.CPU) && bits(a.Memory) == bits(b.Memory) && bits(a.Throughput) == bits(b.Throughput) &&
		bits(a.Expected) == bits(b.Expected)
	for _, x := range []*core.Beat{&a, &b} {
		x.CPU, x.Memory, x.Throughput, x.Expected = 0, 0, 0, 0
	}
	return same && a == b
}

// sameHealth compares throughputs by their bits.
func sameHealth(a, b core.HealthEntry) bool {
	bits := math.Float32bits
	same := bits(a.Throughput) == bits(b.Throughput) && bits(a.Expected) == bits(b.Expected)
	a.Throughput, a.Expected, b.Throughput, b.Expected = 0, 0, 0, 0
	return same && a == b
}

// reseal recomputes the checksum of bytes that a test has changed.
func reseal(p []byte) []byte {
	at := HeaderBytes - 4
	if len(p) > 6 && p[6] == TagV6 {
		at += moreV6
	}
	if len(p) >= at+4 {
		binary.BigEndian.PutUint32(p[at:], checksum(p, at))
	}
	return p
}

func coord8() core.Coord {
	c := core.Coord{Dims: 8, Height: 1e-5, Adjustment: 1e-3, Error: 0.2, ErrorMS: 8, Samples: 50}
	for i := range c.Vec[:8] {
		c.Vec[i] = 0.01 * float32(i)
	}
	return c
}

func ping() core.Message {
	return core.Message{
		Kind: core.KindPing, Role: core.RoleManager, Group: 3, From: 1, Target: 2,
		Instance: 1, Incarnation: 2, Seq: 3, Coord: coord8(),
	}
}

// some is one message of each kind, with whatever it can carry.
func some() []core.Message {
	updates := []core.Update{
		{Type: core.UpdateAlive, Subject: 5, Incarnation: 1, From: core.NoNode},
		{Type: core.UpdateSuspect, Subject: 6, Incarnation: 300, From: 7, Role: core.RoleGate},
	}
	ms := make([]core.Message, 0, len(kinds))
	for _, k := range kinds {
		m := ping()
		m.Kind, m.Target, m.Updates = k, 0, updates
		if hasTarget(k) {
			m.Target = 4
		}
		if testBodies[k] != nil {
			m.Body = someBody()
		}
		if k.IsStream() {
			m.Coord, m.Updates = core.Coord{}, nil
		}
		if !k.IsStream() {
			m.Extra = someEntries()
		}
		if k == core.KindAck {
			m.RTTms, m.State, m.Digest = 1.5, core.StateOK, 77
		}
		ms = append(ms, m)
	}
	return ms
}

func someEntries() *core.Extra {
	return &core.Extra{
		Health: []core.HealthEntry{
			{Subject: 5, Version: 200, Capacity: 16, Throughput: 1.5, Expected: 2, Role: core.RoleManager, Load: core.LoadStressed},
			{Subject: 7, Version: 1, Role: core.RoleGate, Accepting: true},
		},
		Workers: []core.WorkerEntry{
			{Worker: 8, Owner: 5, Incarnation: 1, Cores: 16, Available: 4},
			{Worker: 10, Owner: 9, Incarnation: 300, Cores: 1000, State: core.WorkerEvicted},
		},
		Beat:   core.Beat{Version: 1, Cores: 16, CoresAvailable: 4, CPU: 1.5, Accepting: true, Ask: core.Ask{Seq: 2, Progress: 0.5}},
		Shards: []core.ShardBeat{{Job: 1, Workflow: 2, Attempt: 1, Index: 300, State: 2, Done: 9}},
	}
}

func books() map[string]Book { return map[string]Book{"linear": linear, "dual": dual{}} }

func wantPanic(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s: no panic", what)
		}
	}()
	f()
}
