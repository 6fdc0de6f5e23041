// Package node composes the mechanisms that one process runs.
//
// A node is a list of parts: its membership (core/swim), if it has one, and what stands on it. In: what a driver gives
// any core.Machine. Out: the effects of all parts, in the order in which they were added.
//
// A node owns the questions that no mechanism can answer alone: which part a message is for (the room of its kind says),
// when the next one must be woken (the least deadline), and who hears of what another found out. Parts never call each
// other; what they have to say to each other goes through here, or through a part that a role adds for it.
//
// # What a part is
//
// Any value with one or more of these methods; Add finds out which, and there is no other list of parts:
//
//	Receive(now, m, fx)            Receiver: the messages of the rooms that it is added for
//	Wake(now, fx), Deadline()      Timer
//	Observe(now, f, fx)            Observer: every fact of every part, in the event that found it
//	Begin(now, fx)                 Beginner: once, when the process starts
//	Validate(), MemoryBytes()      Validator, Sizer: for checks and metrics
//
// # What membership does for the others
//
// It sees every stream of its group before the part that the stream is for: whoever speaks lives. A part that must know
// whether the sender is the process of the record asks swim.Machine.Speaks. Once membership has stopped, the process
// has: no part receives, is woken or has a deadline.
//
// A node without a membership is a zero Node with parts. Its Swim knows nobody.
//
// # How a role is composed
//
// Compose gives a process what it has of membership, coordinates, link and detection, from one Config and an Identity:
// a driver hands in those and gets a machine. A role is a package below this one (client, worker, manager, gate) with a
// function that does so and adds its own parts, and one line in the driver's table of roles:
//
//	func Compose(n *node.Node, cfg *node.Config, id *node.Identity) {
//		n.Compose(cfg, id)
//		calls := call.New(&cfg.Call, …)
//		jobs := job.New(&cfg.Job, calls, &n.Swim)     // a mechanism gets what it asks questions of
//		n.Add(calls, core.RoomCall)                   // in the order in which they act
//		n.Add(jobs, core.RoomJob)
//		n.Add(&onDeath{jobs})                         // and what one must tell another is a part of a few lines
//	}
//
//	type onDeath struct{ jobs *job.Machine }
//
//	func (o *onDeath) Observe(now core.Instant, f *core.Fact, fx *core.Effects) {
//		if f.Kind == core.FactTransition && f.To == core.StateDead {
//			o.jobs.WorkerLost(now, f.Subject, fx)
//		}
//	}
//
// What a driver asks of a role beside core.Machine, such as submitting a job, is a method of the role's own part, found
// by Of; whoever calls one shows what came of it with Settle:
//
//	mark := len(fx.Facts)
//	node.Of[*client.Client](n).Submit(now, job, fx)
//	n.Settle(now, mark, fx)
package node
