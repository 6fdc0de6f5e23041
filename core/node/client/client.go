package client

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/registry"
	"hypersim/core/rng"
)

// Params say who the client is and whom it knows.
type Params struct {
	Config   *job.Config // shared, read only
	Self     core.NodeID
	Instance uint32
	Seed     uint64 // of the run
	Key      uint64 // of the node's name (rng.Key)
	Book     core.Book
	Targets  []core.NodeID   // gates; managers where there is no gate
	Patience call.Patience   // with servers that it asks too often
	Words    *registry.Words // nil: it agrees on nothing with anybody
	Ring     *job.Ring       // of the gates; nil: the targets are managers; shared, read only
}

// Client is the role. It implements the interfaces of a part of a node.
type Client struct {
	p       Params
	cfg     *job.Config
	how     strategies
	retries call.Budget // of submissions
	calls   call.Calls
	ids     rng.Stream
	asks    rng.Stream // ids of requests
	paces   rng.Stream // pauses between polls
	walk    core.Walker
	targets targets
	ring    *job.Ring
	pacts   registry.Peers
	phase   core.Instant // of looks for orphans
	counts  Counts
	jobs    map[job.ID]*tracked
	agenda  job.Agenda[deadline]
}

// Counts are of words about leaders.
type Counts struct {
	Transfers uint64 // accepted
	Stale     uint64 // below what was known
	Moved     uint64 // jobs that had another leader from then on
}

// Counts returns the counts so far.
func (c *Client) Counts() Counts { return c.counts }

// strategies are how the client calls others. It is patient where gates count; cancels are CONTROL, which nobody refuses.
type strategies struct{ query, submit, again, status, cancel, owed, register call.Strategy }

func newStrategies(c *job.Config) strategies {
	k := &c.Client
	return strategies{
		submit: call.Strategy{
			Timeout: k.SubmitTimeout, Base: k.SubmitBase, Attempts: k.SubmitRetries + 1, Jitter: call.JitterHalf, Redirects: k.Redirects,
			Patient: true,
		},
		again:  call.Strategy{Timeout: k.SubmitTimeout, Attempts: 1, Redirects: k.Redirects, Patient: true}, // whoever hands it in again does so once more
		query:  call.FJ{Timeout: k.CallTimeout, Patient: true}.Strategy(),
		status: withRedirects(call.FJ{Timeout: k.CallTimeout, Patient: true}.Strategy(), k.Redirects),
		cancel: withRedirects(call.FJ{Timeout: k.CancelTimeout, Base: k.CallBase, Cap: k.CallCap, Retries: k.CallRetries}.Strategy(), k.Redirects),
		owed:   withRedirects(call.FJ{Timeout: k.CancelTimeout, Base: k.CallBase, Cap: k.CallCap, Retries: -1}.Strategy(), k.Redirects), // until the job is forgotten (04-16)

		register: withRedirects(call.FJ{Timeout: k.CallTimeout, Base: k.CallBase, Cap: k.CallCap, Retries: k.CallRetries, Patient: true}.Strategy(), k.Redirects),
	}
}

func withRedirects(s call.Strategy, n int) call.Strategy {
	s.Redirects = n
	return s
}

// What the client calls others for.
const (
	opSubmit uint8 = iota + 1
	opStatus
	opCancel
	opOwed // the end of a job whose submission may have arrived; nobody waits for it
	opRegister
	opQuery
	opSingle
	opAgain
)

// New returns a client.
func New(p Params) *Client {
	c := &Client{p: p, cfg: p.Config, how: newStrategies(p.Config), jobs: map[job.ID]*tracked{}}
	c.calls.Init(c, call.Params{Patience: p.Patience, Self: p.Self, Role: core.RoleClient, Instance: p.Instance, Seed: p.Seed, Key: p.Key, Reply: p.Config.Client.CallTimeout})
	c.beginBudget()
	c.ids = rng.New(p.Seed, "client.id", p.Key, uint64(p.Instance))
	c.asks = rng.New(p.Seed, "client.request", p.Key, uint64(p.Instance))
	c.paces = rng.New(p.Seed, "client.poll", p.Key, uint64(p.Instance))
	c.targets.init(p.Targets)
	c.ring = p.Ring
	c.pacts.Init(p.Words)
	phase := rng.New(p.Seed, "client.phase", p.Key, uint64(p.Instance))
	c.phase = core.Instant(float64(phase.Float64() * float64(p.Config.Client.OrphanCheck)))
	return c
}

// Receive implements node.Receiver.
func (c *Client) Receive(now core.Instant, m *core.Message, fx *core.Effects) {
	if c.calls.Receive(now, m, fx) {
		return
	}
	switch m.Kind {
	case core.KindJobStatusPush:
		c.onStatus(now, m, fx)
	case core.KindJobBatchPush:
		c.onBatch(now, m, fx)
	case core.KindJobFinalResult:
		c.onFinal(now, m, fx)
	case core.KindGlobalJobResult:
		c.onGlobal(now, m, fx)
	case core.KindWorkflowResultPush:
		c.onWorkflow(now, m, fx)
	case core.KindJobCancellationComplete:
		c.onCancelled(now, m, fx)
	case core.KindGateJobLeaderTransfer:
		c.onGateTransfer(now, m, fx)
	case core.KindManagerJobLeaderTransfer:
		c.onManagerTransfer(now, m, fx)
	default: // not for a client
	}
}

// lookKind is why to look at a job.
type lookKind uint8

const (
	lookPoll lookKind = iota // to ask, or to forget it
	lookOrphan
)

// deadline is when to look at a job again.
type deadline struct {
	at   core.Instant
	id   job.ID
	kind lookKind
}

// Due implements job.Deadline.
func (a deadline) Due() core.Instant { return a.at }

// Before implements job.Deadline.
func (a deadline) Before(b deadline) bool {
	switch {
	case a.at != b.at:
		return a.at < b.at
	case a.id != b.id:
		return a.id < b.id
	}
	return a.kind < b.kind
}

func (c *Client) lookAt(at core.Instant, id job.ID, kind lookKind) {
	c.agenda.Arm(deadline{at, id, kind})
}

// Wake implements node.Timer.
func (c *Client) Wake(now core.Instant, fx *core.Effects) {
	c.calls.Wake(now, fx)
	for {
		d, ok := c.agenda.Pop(now)
		if !ok {
			return
		}
		switch x := c.jobs[d.id]; {
		case x == nil:
		case d.kind == lookOrphan:
			c.lookOrphan(now, x, fx)
		default:
			c.look(now, x, fx)
		}
	}
}

// Deadline implements node.Timer.
func (c *Client) Deadline() (core.Instant, bool) {
	at, _ := c.calls.Deadline()
	at = min(at, c.agenda.Next())
	return at, at != core.Never
}

// Called implements call.Owner.
func (c *Client) Called(now core.Instant, o *call.Outcome, fx *core.Effects) {
	x := c.jobs[job.ID(o.Job)]
	if x == nil {
		c.queried(now, o, fx)
		return
	}
	switch o.Op {
	case opSubmit:
		c.submitted(now, x, o, fx)
	case opStatus:
		c.polled(now, x, o, fx)
	case opCancel:
		c.cancelAnswered(now, x, o, fx)
	case opRegister:
		c.registered(now, x, o, fx)
	case opSingle:
		c.singleAnswered(now, x, o, fx)
	case opAgain:
		c.againAnswered(now, x, o, fx)
	}
}

// Jobs returns how many jobs are followed, ended ones included.
func (c *Client) Jobs() int { return len(c.jobs) }

// Entries returns how many entries of jobs there are in all tables: 0 when all has been over for long (I-JM2).
func (c *Client) Entries() (all int) {
	c.Tables(func(_ string, n int) { all += n })
	return all
}

// MemoryBytes implements node.Sizer.
func (c *Client) MemoryBytes() int {
	return c.calls.MemoryBytes() + (trackedBytes+placeBytes)*len(c.jobs) + deadlineBytes*c.agenda.Room() + targetBytes*cap(c.targets.list)
}

// Sizes in bytes, held to the truth by a test.
const (
	trackedBytes  = 320
	targetBytes   = 16
	deadlineBytes = 24
	placeBytes    = 32 // of a job in the map
)
