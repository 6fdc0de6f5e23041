package overload

import (
	"hypersim/core"
)

// ceilings say how far the latency of a class may raise the state: as far as sheds that class (spec 02 no. 20).
var ceilings = [core.NumClasses]core.Load{
	core.ClassControl: core.LoadHealthy, core.ClassDispatch: core.LoadOverloaded, core.ClassData: core.LoadStressed, core.ClassTelemetry: core.LoadBusy,
}

// Detector is the state of one server. Its zero value, with Init, is one that has seen nothing.
type Detector struct {
	k       *Keys
	windows [core.NumClasses]window

	share, memory, queue float64
	floors               Floors // of faults; they act with all thresholds

	raw   core.Load
	ring  [16]core.Load // of the last ticks, newest first
	state core.Load

	slowest core.Load // what the latency of the classes comes to, each as far as it may raise the state
}

// Init begins.
func (d *Detector) Init(c *Config) { *d = Detector{k: &c.Overload} }

// Latency takes how long an admitted request took: its wait in the inbox and its own service, not what it waited for
// others (spec 01 no. 62). It may raise the state at once.
func (d *Detector) Latency(now core.Instant, c core.Class, took core.Duration) {
	if c == core.ClassControl {
		return
	}
	if !d.k.ByClass {
		c = core.ClassDispatch // whose window raises as far as any
	}
	d.windows[c].add(now, milliseconds(max(0, took)), d.k)
	d.weigh()
	d.raise()
}

// Resources are what was measured: the share of the last second in which the server was busy, and the share of its memory
// that it holds; 0–1. What is no number says nothing.
func (d *Detector) Resources(share, memory float64) {
	d.share, d.memory = fraction(share), fraction(memory)
	d.raise()
}

// Floors are what an overload fault claims of a server's time, memory and places for requests, at least; 0 for none.
type Floors struct{ Share, Memory, Queue float64 }

// level is what floors alone come to.
func (f *Floors) level(k *Keys) core.Load {
	return max(level(f.Share, k.ShareBusy, k.ShareStressed, k.ShareOverloaded), level(f.Memory, k.MemoryBusy, k.MemoryStressed, k.MemoryOverloaded),
		filled(f.Queue, k.QueueBusy, k.QueueStressed, k.QueueOverloaded))
}

// Claim sets what faults claim.
func (d *Detector) Claim(f Floors) {
	d.floors = Floors{fraction(f.Share), fraction(f.Memory), fraction(f.Queue)}
	d.raise()
}

// Queue is how many requests are in flight, as a share of how many may be.
func (d *Detector) Queue(share float64) {
	d.queue = fraction(share)
	d.raise()
}

func fraction(x float64) float64 {
	if x > 0 {
		return x
	}
	return 0 // no number, too
}

// raise lets what has grown act in the same event; the tick's place in the ring keeps it.
func (d *Detector) raise() {
	d.raw = d.now()
	d.ring[0] = max(d.ring[0], d.raw)
	d.state = max(d.state, d.raw)
}

// Tick looks, every Keys.Tick.
func (d *Detector) Tick(now core.Instant) {
	for c := range d.windows {
		if d.windows[c].expire(now, d.k) {
			d.weigh()
		}
	}
	d.raw = d.now()
	copy(d.ring[1:], d.ring[:])
	d.ring[0] = d.raw
	d.state = core.LoadHealthy
	for _, s := range d.ring[:d.k.Hysteresis] {
		d.state = max(d.state, s)
	}
}

// now is the worst that any part says.
func (d *Detector) now() core.Load {
	k := d.k
	s := min(level(d.share, k.ShareBusy, k.ShareStressed, k.ShareOverloaded), k.ShareCeiling.load())
	s = max(s, d.floors.level(k), level(d.memory, k.MemoryBusy, k.MemoryStressed, k.MemoryOverloaded))
	return max(s, d.slowest, filled(d.queue, k.QueueBusy, k.QueueStressed, k.QueueOverloaded))
}

// weigh works out how slow the server is. That is asked far more often than it changes.
func (d *Detector) weigh() {
	d.slowest = core.LoadHealthy
	for c := range d.windows {
		d.slowest = max(d.slowest, min(d.windows[c].load, d.ceiling(c)))
	}
}

// ceiling is how far the latency of a class may raise the state.
func (d *Detector) ceiling(c int) core.Load { return ceilings[c] }

// State is what the server calls itself.
func (d *Detector) State() core.Load { return d.state }

// Raw is what the last event came to, without the ring.
func (d *Detector) Raw() core.Load { return d.raw }

// Class is what the latency of one class comes to before its ceiling: mean and slow baseline in ms, delta, and drift; 0 for
// what is not known.
func (d *Detector) Class(c core.Class) (mean, slow, delta, drift float64) {
	w := &d.windows[c]
	if w.len == 0 {
		return 0, w.slow, 0, w.drift()
	}
	return w.mean(), w.slow, w.delta(), w.drift()
}
