package words

// UNCONFIRMED peers: how they are tried, and what becomes of them.
const confirmation family = 70

// The metrics.
var (
	ConfirmationAttempts = confirmation.metric(Def{
		Name: "confirmation_attempts", Unit: "count", Fold: FoldEvents, Labels: with(ofPair, "cause", "path"),
		RoleIsPeer: true, Counted: true,
		Doc: "active pings to UNCONFIRMED peers",
	})

	ConfirmationAttemptAge = confirmation.metric(Def{
		Name: "confirmation_attempt_age", Unit: "s", Labels: with(ofPair, "cause", "path"), RoleIsPeer: true,
		Doc: "age of the UNCONFIRMED record at each proactive attempt",
	})

	ConfirmationPerPeer = confirmation.metric(Def{
		Name: "confirmation_attempts_per_peer", Unit: "count", Labels: with(ofPair, "cause", "path"), RoleIsPeer: true,
		Doc: "proactive attempts that an UNCONFIRMED peer had got when it was removed",
	})

	UnconfirmedPeers = confirmation.metric(Def{
		Name: "unconfirmed_peers", Unit: "count", Fold: FoldLevel,
		Labels: []string{"observer_role", "subject_role", "role", "roles"}, Event: "sample", RoleIsPeer: true,
		Doc: "UNCONFIRMED records per live observer, by role of the peer, sampled",
	})

	UnconfirmedRemoved = confirmation.metric(Def{
		Name: "unconfirmed_removed", Unit: "s", Labels: with(ofPair, "cause", "path"), RoleIsPeer: true,
		Doc: "age of an UNCONFIRMED record at its removal",
	})

	UnconfirmedIllegal = confirmation.metric(Def{
		Name: "unconfirmed_illegal_transitions", Unit: "count", Fold: FoldEvents, Better: Lower,
		Labels: with(ofPair, "from", "to", "cause", "path"), RoleIsPeer: true, Counted: true,
		Doc: "UNCONFIRMED → SUSPECT or DEAD",
	})
)
