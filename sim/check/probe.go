package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// The rules.
var (
	M9  = rule("I-M9", "at most one outstanding probe per target, and no more than the limit in all", "spec 10 §13")
	M10 = rule("I-M10", "two probes of a listed target are at most 2L-1 probing ticks apart", "spec 10 §13")
)

var _ = judge(func(c *Checker, on *hooks) {
	on.often(c.probeStarted, core.FactProbeStarted)
	on.often(c.probeEnded, core.FactProbeEnded)
	on.often(c.confirmAttempt, core.FactConfirmAttempt)
})

// probe is one that has not ended.
type probe struct {
	subject core.NodeID
	seq     uint32
}

// watchSlots is how many targets of each observer are followed at a time (I-M10).
const watchSlots = 2

// watch follows one target of an observer from the end of one probe to the start of the next. Ticks count
// from the end: while a probe is outstanding, ticks skip its target.
type watch struct {
	subject core.NodeID
	tick    uint32 // cold.ticks when the probe ended
	inserts uint32 // cold.inserts then
	list    int32  // largest list length since
	active  bool
	ended   bool
}

// limit is 2L−1, and one more for each newcomer: each is put into the walk that goes on, before or after
// the target.
func (w *watch) limit(k *cold) uint32 { return uint32(2*w.list-1) + (k.inserts - w.inserts) }

func (c *Checker) probeStarted(r *trace.Record) {
	f := &r.Fact
	n, k := &c.hot[r.Node], &c.cold[r.Node]
	if g := &c.groups[n.group]; int32(f.Get("list")) > g.list {
		g.list = int32(f.Get("list"))
	}
	for i := range k.probes {
		if k.probes[i].subject == f.Subject && c.fails(M9) {
			c.detail(M9, r.At, []core.NodeID{r.Node, f.Subject}, "%s probes %s (seq %d) while seq %d is outstanding",
				c.name(r.Node), c.name(f.Subject), f.Get("seq"), k.probes[i].seq)
		}
	}
	k.probes = append(k.probes, probe{f.Subject, uint32(f.Get("seq"))})
	if len(k.probes) > c.ctx.Limits.MaxOutstanding && c.fails(M9) {
		c.detail(M9, r.At, []core.NodeID{r.Node}, "%s has %d probes outstanding", c.name(r.Node), len(k.probes))
	}
	if !n.worker { // a worker pings its owner out of turn (§10.4)
		c.walk(r, k)
	}
}

func (c *Checker) probeEnded(r *trace.Record) {
	f := &r.Fact
	k := &c.cold[r.Node]
	for i := range k.probes {
		if k.probes[i].subject == f.Subject {
			last := len(k.probes) - 1
			k.probes[i] = k.probes[last]
			k.probes = k.probes[:last]
			break
		}
	}
	for i := range k.watch {
		if w := &k.watch[i]; w.active && w.subject == f.Subject {
			w.tick, w.inserts, w.ended = k.ticks, k.inserts, true
		}
	}
	if f.Cause == core.CauseProbeFailed {
		c.remember(r)
	}
}

// walk is one more probing tick of the observer.
func (c *Checker) walk(r *trace.Record, k *cold) {
	f := &r.Fact
	k.ticks++
	free := -1
	for i := range k.watch {
		w := &k.watch[i]
		if w.active {
			w.list = max(w.list, int32(f.Get("list")))
			gap := k.ticks - w.tick
			if w.ended && gap > w.limit(k) {
				if c.fails(M10) {
					c.detail(M10, r.At, []core.NodeID{r.Node, w.subject}, "%s has not probed %s for %d probing ticks, its list never had more than %d",
						c.name(r.Node), c.name(w.subject), gap, w.list)
				}
				w.active = false
			} else if w.subject == f.Subject {
				w.active = false
			}
		}
		if !w.active {
			free = i
		}
	}
	if free >= 0 && !k.watches(f.Subject) {
		k.watch[free] = watch{subject: f.Subject, list: int32(f.Get("list")), active: true}
	}
}

func (k *cold) watches(id core.NodeID) bool {
	for i := range k.watch {
		if k.watch[i].active && k.watch[i].subject == id {
			return true
		}
	}
	return false
}

// listed follows who enters and leaves the observer's probe list.
func (c *Checker) listed(r *trace.Record) {
	f := &r.Fact
	if counted(f.From) == counted(f.To) || c.hot[f.Subject].worker {
		return
	}
	k := &c.cold[r.Node]
	if counted(f.To) {
		k.inserts++
		if k.known >= 0 {
			k.known++
		}
		return
	}
	if k.known > 0 {
		k.known--
	}
	for i := range k.watch {
		if k.watch[i].subject == f.Subject {
			k.watch[i].active = false
		}
	}
}

func (c *Checker) confirmAttempt(r *trace.Record) {
	f := &r.Fact
	worker := f.Role == core.RoleWorker || int(f.Subject) < len(c.hot) && c.hot[f.Subject].worker
	if worker && !c.ctx.Flat && c.fails(M7) {
		c.detail(M7, r.At, []core.NodeID{r.Node, f.Subject}, "%s tries to confirm the worker %s", c.name(r.Node), c.name(f.Subject))
	}
}
