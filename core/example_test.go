package core_test

import (
	"fmt"
	"time"

	"hypersim/core"
	"hypersim/core/node"
	"hypersim/core/swim"
	"hypersim/core/wire"
)

// host drives one process. The numbers are those of the duties in the package's documentation.
type host struct {
	id       core.NodeID
	instance uint32 // of its last process
	process  *node.Node
	alarm    core.Instant
}

// parcel is a message on its way, as bytes.
type parcel struct {
	at      core.Instant
	to      core.NodeID
	bytes   []byte
	message *core.Message // in place of bytes: a stream that failed
	orElse  *parcel       // of a stream: what comes of it if nobody is there
}

// driver is three hosts, one clock and a wire that takes 1 ms.
type driver struct {
	cfg   node.Config
	group node.Group
	now   core.Instant
	hosts []host
	wire  []parcel
	fx    core.Effects
	codec wire.Codec
}

func (d *driver) start(h *host) {
	h.instance++ // 1
	h.process = new(node.Node)
	h.process.Compose(&d.cfg, &node.Identity{
		Self: h.id, Role: core.RoleManager, Instance: h.instance, Seed: 7, Key: uint64(h.id), Start: d.now, Group: &d.group,
	})
	h.process.Begin(d.now, &d.fx)
	d.drain(h)
}

// drain follows every call.
func (d *driver) drain(h *host) {
	stopped := false
	for i := range d.fx.Facts { // 4
		f := &d.fx.Facts[i]
		stopped = stopped || f.Kind == core.FactStopped || f.Kind == core.FactFatal
		if f.Kind == core.FactTransition && h.id == 0 {
			fmt.Printf("%.0f s: %d is %v\n", d.now.Seconds(), f.Subject, f.To)
		}
	}
	for i := range d.fx.Messages { // 5; bytes hold everything, so bodies need no keeper
		m := &d.fx.Messages[i]
		p := parcel{at: d.now.Add(time.Millisecond), to: m.To, bytes: d.codec.Encode(nil, m)}
		if m.Kind.IsStream() {
			p.orElse = &parcel{at: d.now.Add(m.Timeout), to: h.id, message: &core.Message{
				Kind: core.KindStreamFailed, Failed: m.Kind, Seq: m.Seq, Target: m.To, From: m.To, To: m.From, Group: m.Group,
			}}
		}
		d.wire = append(d.wire, p)
	}
	d.fx.Reset()
	if stopped {
		h.process = nil
		return
	}
	h.alarm = core.Never // 6
	if at, ok := h.process.Deadline(); ok {
		h.alarm = at
	}
}

// next returns what happens next: an alarm before what arrives at the same instant (7).
func (d *driver) next() (at core.Instant, h *host, p int) {
	at, p = core.Never, -1
	for i := range d.hosts {
		if d.hosts[i].process != nil && d.hosts[i].alarm < at {
			at, h = max(d.hosts[i].alarm, d.now), &d.hosts[i]
		}
	}
	for i := range d.wire {
		if d.wire[i].at < at {
			at, p = d.wire[i].at, i
		}
	}
	return at, h, p
}

func (d *driver) run(until core.Instant) {
	for {
		at, h, p := d.next()
		if at > until {
			break
		}
		d.now = at
		if p < 0 {
			h.process.Wake(d.now, &d.fx) // 6
			d.drain(h)
			continue
		}
		got := d.wire[p]
		d.wire = append(d.wire[:p], d.wire[p+1:]...)
		d.arrive(&got)
	}
	d.now = until
}

func (d *driver) arrive(p *parcel) {
	h, m := &d.hosts[p.to], p.message
	if h.process == nil {
		if p.orElse != nil {
			d.wire = append(d.wire, *p.orElse)
		}
		return
	}
	if m == nil {
		m = new(core.Message)
		if d.codec.Decode(p.bytes, m) != nil { // 7: damaged
			return
		}
		m.To = h.id // the address that the bytes came to
	}
	h.process.Receive(d.now, m, &d.fx)
	d.drain(h)
}

// Three processes join; one is killed, and one leaves.
func Example() {
	d := &driver{cfg: node.Default(), hosts: []host{{id: 0}, {id: 1}, {id: 2}}}
	d.cfg.Swim.Membership.Topology = swim.TopologyFlat
	d.group = node.Group{ID: 1, Count: len(d.hosts), Leading: len(d.hosts), Seeds: []core.NodeID{0}}
	d.codec = wire.Codec{Book: wire.LinearBook{Port: 7946}, Bodies: node.Bodies()}
	for i := range d.hosts {
		d.start(&d.hosts[i])
	}
	d.run(60e9)
	d.hosts[2].process = nil // 8: killed
	d.run(90e9)
	d.hosts[1].process.Leave(d.now, &d.fx) // 8: leaves
	d.drain(&d.hosts[1])
	d.run(100e9)
	fmt.Println("1 has ended:", d.hosts[1].process == nil)
	// Output:
	// 0 s: 1 is OK
	// 0 s: 2 is OK
	// 61 s: 2 is SUSPECT
	// 66 s: 2 is DEAD
	// 90 s: 1 is LEFT
	// 1 has ended: true
}
