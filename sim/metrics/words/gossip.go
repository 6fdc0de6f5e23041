package words

// Shares are the per cents of live members at which dissemination is measured: the label share.
var (
	Shares = []int32{50, 99, 100}
	_      = label("share", Fixed, numbers(Shares)...)
)

// News on its way, and the queue that it leaves from.
const gossip family = 20

// The metrics.
var (
	Dissemination = gossip.metric(Def{
		Name: "dissemination", Unit: "s", Better: Lower, Labels: with(ofEither, "share", "type"), Param: "share",
		Type: "type", Apart: []string{"share"}, Event: "update", RoleIsPeer: true,
		Doc: "birth of an update to `share` per cent having heard it of the members that should, live since its birth: who starts later, or never knew of one that ended, has nothing to hear",
	})

	GossipEvicted = gossip.metric(Def{
		Name: "gossip_evicted", Unit: "count", Fold: FoldEvents, Better: Lower,
		Labels: with(ofNode, "subject", "subject_site", "subject_ghost", "cause", "path", "type"), Type: "type",
		Counted: true,
		Doc:     "updates dropped from the queue by overflow or age before their repeats were used up",
	})

	QueueDepth = gossip.metric(Def{
		Name: "queue_depth", Unit: "count", Fold: FoldLevel, Better: Lower, Labels: ofRole, Event: "sample",
		Doc: "gossip queue length of live nodes, sampled",
	})
)
