package host

import (
	"testing"

	"hypersim/core"
	"hypersim/core/rng"
)

// dist unwraps a distribution whose parameters are right.
func dist(tb testing.TB, d rng.Dist, err error) rng.Dist {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// newHost returns a host that is up, with one service time for all classes.
func newHost(service rng.Dist, inbox int, byClass bool) *Host {
	m := &Model{Inbox: inbox, ByClass: byClass}
	for c := range m.Service {
		m.Service[c] = service
	}
	h := new(Host)
	h.Init(m, Clock{}, rng.New(1, "host.service", 0))
	h.Start(0)
	return h
}

// driver does what the answers of a host say, as the world does: it keeps the one pending turn.
type driver struct {
	h       *Host
	turn    core.Instant // pending, core.Never if none
	class   func(handle uint32) core.Class
	served  func(at core.Instant, handle uint32)
	dropped func(handle uint32)
}

func newDriver(h *Host) *driver {
	return &driver{
		h: h, turn: core.Never, class: func(uint32) core.Class { return core.ClassControl },
		served: func(core.Instant, uint32) {}, dropped: func(uint32) {},
	}
}

func (d *driver) arrive(at core.Instant, c core.Class, handle uint32) {
	d.run(at)
	switch s, out := d.h.Arrive(at, c, handle); s {
	case Idle:
		d.serve(at, handle)
	case Full:
		d.dropped(out)
	case Busy:
	}
	d.ask(at)
}

// run does the turns before at: a turn at the same instant is a timer and goes before a message.
func (d *driver) run(at core.Instant) {
	for d.turn <= at {
		now := d.turn
		d.turn = core.Never
		if handle, ok := d.h.Turn(); ok {
			d.serve(now, handle)
			d.ask(now)
		}
	}
}

func (d *driver) serve(at core.Instant, handle uint32) {
	d.served(at, handle)
	d.h.Serve(at, d.class(handle))
}

func (d *driver) ask(now core.Instant) {
	if d.h.NeedsTurn() {
		d.turn = max(d.h.Busy(), now)
	}
}
