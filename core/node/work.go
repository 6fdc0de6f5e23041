package node

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/registry"
)

// Meter tells how far a running shard is: items done, items failed, cores whose share is done.
type Meter interface {
	Done(now core.Instant, s job.Shard, t job.Token) (completed, failed uint64, cores uint16)
}

// Estimator is a Meter of work that may take longer than its job has, and says so (AD-26).
type Estimator interface {
	// Estimate tells how much longer a running shard thinks that it takes, and how many items it is in all; false if it
	// never says.
	Estimate(now core.Instant, s job.Shard, t job.Token) (left core.Duration, items uint64, tells bool)
}

// Hurrier is a Meter of work that may want to be told of more often than other work.
type Hurrier interface {
	Hurries(s job.Shard, t job.Token) bool
}

// Statist is a Meter of work that has statistics of its own, beside how far it is.
type Statist interface {
	// Statistics are those of a running shard over the last stretch of that length; of size 0 where it has none.
	Statistics(s job.Shard, t job.Token, over core.Duration) core.Blob
}

// Work is what a process of a run with jobs is told about them at its start. It is shared by the processes of a site,
// but for the meter, and not written to. Each role reads its own part.
type Work struct {
	Book core.Book

	Managers []core.NodeID   // of the site: a worker registers with all of them, a client asks them
	Cores    int             // of each worker of the site
	Gates    []core.NodeID   // all there are, ascending; none: managers do for clients what gates do
	BySite   [][]core.NodeID // the managers of each datacenter, ascending
	Ring     *job.Ring       // of the gates, nil without: whom a client hands a job to first

	// The workers of a manager's site have the ids from First to First+Count−1; those of Formed are registered with it
	// from the start, as their first processes.
	First  core.NodeID
	Count  int
	Formed []core.NodeID

	Meter Meter // of a worker

	Spoken []registry.Version // what the first process of each node speaks, zero if it comes later; nil: all the same

	Stats bool // somebody has statistics, or much to tell: the layer of spec 30 §5 is there
}

// Words are what a process says of itself in handshakes, and what it knows of others from the start.
func (id *Identity) Words(c *Config) *registry.Words {
	return &registry.Words{Hello: c.Registry.Handshake(id.Speaks), Formed: id.Formed, Spoken: id.Work.Spoken}
}

// AddJobs makes p the part of n that the messages of the job layer are for.
func (n *Node) AddJobs(p Part) { n.Add(p, core.RoomJobs) }
