package fault

import "slices"

// Kind is what a fault does, by the word for it in scenarios, records and tables.
type Kind string

// The kinds of faults (spec 40 §8.3, spec 50 §5).
const (
	Crash         Kind = "crash"
	Restart       Kind = "restart"
	Leave         Kind = "leave"
	Join          Kind = "join"
	Churn         Kind = "churn"
	Pause         Kind = "pause"
	Slow          Kind = "slow"
	Clock         Kind = "clock"
	Partition     Kind = "partition"
	Flap          Kind = "flap"
	SiteOutage    Kind = "site-outage"
	Loss          Kind = "loss"
	Duplicate     Kind = "duplicate"
	Reorder       Kind = "reorder"
	Corrupt       Kind = "corrupt"
	Delay         Kind = "delay"
	Hold          Kind = "hold"
	Bandwidth     Kind = "bandwidth"
	Discovery     Kind = "discovery"
	Raise         Kind = "raise"
	Rumour        Kind = "rumour"
	Poison        Kind = "poison"
	LHM           Kind = "lhm"
	Overload      Kind = "overload"
	StuckWorkflow Kind = "stuck-workflow"
	KillLeader    Kind = "kill-leader"
	StatsStorm    Kind = "stats-storm"
)

// Row is what everybody who asks about a kind of fault has to know.
type Row struct {
	Kind   Kind
	Doc    string // what happens, one line
	Course Course
	Effect Effect
	Cuts   bool   // it may come between nodes or sites: afterwards views have to grow together again
	Calm   bool   // no probe of a member that lives fails for it
	Links  bool   // it is about links, not about nodes
	Was    bool   // Deed stands after "was" or "were"
	Deed   string // what it did to whom it hit, or to links, in the past tense; "" of cuts, whose sides are told
	Good   string // Deed of one that was never undone, without "was", if another word says it better
}

// Course is how a kind of fault goes on after it began.
type Course uint8

// The courses. Those up to Behind have no end, so none can be asked for.
const (
	Moment Course = iota // over at once, and nothing of it stays
	Behind               // over at once, and whom it hit is another from then on
	Event                // happens at a moment, and its end takes it back
	Change               // holds until its end, and everything settles under it
	State                // holds until its end, and nothing settles under it
)

// Ends reports whether a fault of the course can be undone.
func (c Course) Ends() bool { return c > Behind }

// Lasts reports whether a fault of the course is in force until it is undone, rather than having happened.
func (c Course) Lasts() bool { return c >= Change }

// Effect is what is the matter with those whom a fault hits while it does.
type Effect uint8

// The effects.
const (
	Nothing   Effect = iota // they run as ever
	Disturbs                // they run, and may be doubted, or doubt others, that are all well
	Pauses                  // they stand still
	Crashes                 // they are down
	Restarts                // they are not who they were
	Leaves                  // they depart
	Separates               // others cannot be reached
)

var rows = []Row{
	{Kind: Crash, Course: Event, Effect: Crashes, Calm: true, Was: true, Deed: "down", Good: "crashed",
		Doc: "processes stop without a word; with for they start again after it"},
	{Kind: KillLeader, Course: Event, Effect: Crashes, Calm: true, Was: true, Deed: "down", Good: "crashed",
		Doc: "whoever leads a cluster at that instant crashes, or who does so next; with for its process starts again after it"},
	{Kind: Restart, Course: Behind, Effect: Restarts, Deed: "restarted",
		Doc: "processes stop and new ones start at once"},
	{Kind: Leave, Course: Behind, Effect: Leaves, Calm: true, Deed: "left",
		Doc: "processes depart gracefully and say so"},
	{Kind: Join, Course: Moment, Calm: true, Deed: "started or joined again",
		Doc: "processes start, or, with to, one that runs is told to join again"},
	{Kind: Churn, Course: State, Effect: Crashes, Deed: "came and went at random",
		Doc: "nodes crash, leave and come back at random"},

	{Kind: Pause, Course: State, Effect: Pauses, Was: true, Deed: "frozen",
		Doc: "processes stand still and then go on: a long garbage collection, a frozen machine"},
	{Kind: Slow, Course: State, Effect: Disturbs, Was: true, Deed: "slowed down",
		Doc: "service times are multiplied by factor"},
	{Kind: Clock, Course: Change, Effect: Disturbs, Deed: "had the clock changed",
		Doc: "clocks jump by step and run fast by drift_ppm"},

	{Kind: Partition, Course: State, Effect: Separates, Cuts: true,
		Doc: "a cannot reach b, or no two of groups each other"},
	{Kind: Flap, Course: State, Effect: Separates, Cuts: true,
		Doc: "a partition that is there and gone in turn, there first"},
	{Kind: SiteOutage, Course: State, Effect: Crashes, Cuts: true, Was: true, Deed: "down", Good: "crashed",
		Doc: "everything at a site crashes, or is cut off from the rest"},

	{Kind: Loss, Course: State, Effect: Disturbs, Links: true, Deed: "datagrams were lost",
		Doc: "independent loss on links, on top of what the network loses"},
	{Kind: Duplicate, Course: State, Effect: Disturbs, Links: true, Deed: "datagrams were doubled",
		Doc: "datagrams arrive twice"},
	{Kind: Reorder, Course: State, Effect: Disturbs, Links: true, Deed: "datagrams were reordered",
		Doc: "datagrams are held back, so that later ones overtake them"},
	{Kind: Corrupt, Course: State, Effect: Disturbs, Links: true, Deed: "datagrams were corrupted",
		Doc: "datagrams fail their checksum and are dropped"},
	{Kind: Delay, Course: State, Effect: Disturbs, Links: true, Deed: "messages were delayed",
		Doc: "base delays grow by add or by factor"},
	{Kind: Hold, Course: State, Effect: Disturbs, Links: true, Deed: "messages were held back",
		Doc: "what is sent is held back, and arrives when the fault ends"},
	{Kind: Bandwidth, Course: State, Effect: Disturbs, Links: true, Deed: "bandwidth was limited",
		Doc: "the egress of senders becomes narrow, with a queue before it"},

	{Kind: Discovery, Course: State, Effect: Disturbs, Deed: "could look up no names",
		Doc: "names do not resolve: a process cannot learn the address of its seeds"},
	{Kind: Raise, Course: Moment, Deed: "raised the incarnation",
		Doc: "members raise their incarnation and spread it, which is one marked piece of news"},
	{Kind: Rumour, Course: Moment, Calm: true, Deed: "heard a rumour",
		Doc: "members hear that others are alive, at incarnation 0, whether they exist or not"},
	{Kind: Poison, Course: State, Effect: Disturbs, Deed: "sent false coordinates",
		Doc: "the coordinates that processes send are replaced by bad ones"},
	{Kind: LHM, Course: State, Effect: Disturbs, Deed: "had the health score forced",
		Doc: "the local health score of processes is forced"},

	{Kind: StatsStorm, Course: State, Effect: Disturbs, Was: true, Deed: "flooded with statistics",
		Doc: "managers are told so many records of statistics a second, by the workers of their site"},
	{Kind: Overload, Course: State, Was: true, Deed: "overloaded",
		Doc: "servers find so much of their time or memory taken by others, and call themselves busy, stressed or overloaded for it"},
	{Kind: StuckWorkflow, Course: State, Deed: "made no progress",
		Doc: "a workload makes no progress at its workers"},
}

// Row returns the row of the kind, an empty one if there is no such kind.
func (k Kind) Row() *Row {
	for i := range rows {
		if rows[i].Kind == k {
			return &rows[i]
		}
	}
	return &Row{Kind: k}
}

// Kinds returns all kinds, sorted.
func Kinds() []Kind {
	kinds := make([]Kind, len(rows))
	for i := range rows {
		kinds[i] = rows[i].Kind
	}
	slices.Sort(kinds)
	return kinds
}
