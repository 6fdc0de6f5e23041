package admission

import "hypersim/core"

// Reason says why a request was refused.
type Reason uint8

// Reasons.
const (
	Admitted      Reason = iota
	Shedding             // the server's state sheds its class
	RateLimit            // its client asks too often
	InFlightAll          // too many requests are in flight
	InFlightClass        // too many of its class
	Wait                 // it would wait too long
	NumReasons    = 6
)

var reasonNames = [NumReasons]string{"admitted", "shed", "rate", "in_flight", "in_flight", "in_flight"}

// String returns the word of spec 30 §6: what a Busy carries.
func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return "unknown"
}

// Request is what is known of a message before its body is read.
type Request struct {
	Class  core.Class
	Client core.NodeID // whose rate it counts for, or NoNode: servers among themselves are bounded by what is in flight only
	Op     Operation
	N      float64 // tokens; 0 is 1
}

// Refusal is the answer to a request that was not taken in; its zero value is none.
type Refusal struct {
	Reason Reason
	After  core.Duration // come again then; Never for what is larger than a bucket
}

// Desk is the admission of one server.
type Desk struct {
	cfg    *Config
	limits [core.NumClasses]int // CONTROL: of all together
	count  [core.NumClasses]int // in flight
	total  int
	queues [core.NumClasses]queue
	rates  rates

	Refused [NumReasons][core.NumClasses]uint64
	Taken   [core.NumClasses]uint64
}

// queue is what waits of one class.
type queue struct {
	waiting int
	mean    float64 // service time in ns
	known   bool
}

// Init begins, for a server of that role.
func (d *Desk) Init(c *Config, role core.Role) {
	*d = Desk{cfg: c}
	f := &c.InFlight
	global := f.Other
	switch role {
	case core.RoleGate:
		global = f.Gate
	case core.RoleManager:
		global = f.Manager
	case core.RoleWorker:
		global = f.Worker
	case core.RoleClient:
	}
	share := func(x float64) int { return max(1, int(float64(x*float64(global)))) }
	d.limits = [core.NumClasses]int{
		core.ClassControl: global, core.ClassDispatch: share(f.High), core.ClassData: share(f.Normal), core.ClassTelemetry: share(f.Low),
	}
	d.rates.init(&c.Rate)
}

// Admit judges a request as it arrives. What is taken in waits from now on; Begin, Served and Release follow, once each.
func (d *Desk) Admit(now core.Instant, state core.Load, r *Request) Refusal {
	if r.Class == core.ClassControl {
		d.total++
		d.count[r.Class]++
		d.Taken[r.Class]++
		return Refusal{}
	}
	if x := d.judge(now, state, r); x.Reason != Admitted {
		d.Refused[x.Reason][r.Class]++
		return x
	}
	d.rates.take(now, state, r)
	d.total++
	d.count[r.Class]++
	d.queues[r.Class].waiting++
	d.Taken[r.Class]++
	return Refusal{}
}

// judge changes nothing.
func (d *Desk) judge(now core.Instant, state core.Load, r *Request) Refusal {
	f := &d.cfg.InFlight
	if sheds(state, r.Class) {
		return Refusal{Shedding, d.cfg.Shed.after(state)}
	}
	if after, ok := d.rates.ask(now, state, r); !ok {
		return Refusal{RateLimit, after}
	}
	switch {
	case d.total >= d.limits[core.ClassControl]:
		return Refusal{InFlightAll, f.Again}
	case d.count[r.Class] >= d.limits[r.Class]:
		return Refusal{InFlightClass, f.Again}
	case f.MaxWait > 0 && d.wait(r.Class) > float64(f.MaxWait):
		return Refusal{Wait, max(f.Again, f.MaxWait)}
	}
	return Refusal{}
}

// wait is how long a request of class c would wait, in ns: for what waits of its class and of those above it.
func (d *Desk) wait(c core.Class) float64 {
	sum := 0.0
	for k := core.ClassDispatch; k <= c; k++ {
		sum += float64(float64(d.queues[k].waiting) * d.queues[k].mean)
	}
	return sum
}

// sheds is the table of spec 30 §6.
func sheds(s core.Load, c core.Class) bool {
	return c != core.ClassControl && int(c) >= core.NumLoads-int(s)
}

func (s *Shed) after(state core.Load) core.Duration {
	switch state {
	case core.LoadOverloaded:
		return s.Overloaded
	case core.LoadStressed:
		return s.Stressed
	case core.LoadHealthy, core.LoadBusy:
	}
	return s.Busy
}

// Expect notes that an answer to a request of this server waits: it is no request, and takes its time among them.
func (d *Desk) Expect(c core.Class) { d.queues[c].waiting++ }

// Waiting returns how many messages of a class wait.
func (d *Desk) Waiting(c core.Class) int { return d.queues[c].waiting }

// Limit returns how many requests of a class may be in flight; of CONTROL, how many of all.
func (d *Desk) Limit(c core.Class) int { return d.limits[c] }

// Begin says that the service of a request begins: it waits no more.
func (d *Desk) Begin(c core.Class) {
	if c != core.ClassControl {
		d.queues[c].waiting--
	}
}

// Served takes how long the service of a request took.
func (d *Desk) Served(c core.Class, took core.Duration) {
	q := &d.queues[c]
	if !q.known {
		q.known, q.mean = true, float64(took)
		return
	}
	a := d.cfg.InFlight.Alpha
	q.mean = float64(a*float64(took)) + float64((1-a)*q.mean)
}

// Release says that a request is answered, or given up.
func (d *Desk) Release(c core.Class) {
	d.total--
	d.count[c]--
}

// Ratio is what core/overload is told of the queue: requests in flight that are not CONTROL, as a share of how many may be.
func (d *Desk) Ratio() float64 {
	return float64(d.total-d.count[core.ClassControl]) / float64(d.limits[core.ClassControl])
}

// InFlight returns how many requests of a class are in flight, and how many of all.
func (d *Desk) InFlight(c core.Class) (of, all int) { return d.count[c], d.total }

// Clients returns how many clients are remembered.
func (d *Desk) Clients() int { return d.rates.used }

// MemoryBytes returns the heap bytes of d.
func (d *Desk) MemoryBytes() int { return d.rates.memoryBytes() }
