package words

// Starts made known.
const join family = 80

// The metrics.
var (
	JoinConfirm = join.metric(Def{
		Name: "join_confirm", Unit: "s", Better: Lower, Labels: ofEither, RoleIsPeer: true,
		Doc: "start of a node to all live members that should know it holding this process OK",
	})

	JoinConfirmRole = join.metric(Def{
		Name: "join_confirm_role", Unit: "s", Labels: with(ofEither, "observer_role", "roles"),
		Apart: []string{"observer_role"}, RoleIsPeer: true,
		Doc: "start of a node to all live members of one role, observer_role, that should know it holding this process OK",
	})

	JoinFirst = join.metric(Def{
		Name: "join_first", Unit: "s", Better: Lower, Labels: ofEither, RoleIsPeer: true,
		Doc: "start of a node to the first live member that heard of the new process and holds it OK",
	})

	PeerLoadRatio = join.metric(Def{
		Name: "peer_load_ratio", Unit: "ratio", Better: Lower, Tabled: true,
		Doc: "workers that joined by way of the manager that let most of them in, against the mean of all managers: of those that are there at the end of the run",
	})
)
