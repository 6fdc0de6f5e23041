package words

// Wrong marks of live members, and how they are taken back.
const accusation family = 30

// The metrics.
var (
	FalseSuspicions = accusation.metric(Def{
		Name: "false_suspicions", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: ofMark,
		Words: map[string][]string{"to": marks[:1]}, RoleIsPeer: true, PerNodeHour: true, Counted: true, Tabled: true,
		Doc: "a live, reachable, unpaused subject marked SUSPECT at a new incarnation, per observer; class of the observer",
	})

	FalsePositives = accusation.metric(Def{
		Name: "false_positives", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: ofMark,
		Words: map[string][]string{"to": marks[1:]}, RoleIsPeer: true, PerNodeHour: true, Counted: true, Tabled: true,
		Doc: "a live, reachable, unpaused subject marked DEAD, per observer; class of the observer",
	})

	ExcusedPositives = accusation.metric(Def{
		Name: "excused_positives", Unit: "count", Fold: FoldEvents, Labels: ofMark,
		Words: map[string][]string{"to": marks[1:], "truth": TruthWords[3:]}, RoleIsPeer: true, PerNodeHour: true,
		Counted: true, Tabled: true,
		Doc: "a live subject marked DEAD that the previous line excuses; truth: paused, unreachable, leaving, restarted",
	})

	Accusations = accusation.metric(Def{
		Name: "accusations", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: ofMark, Apart: []string{"to"},
		RoleIsPeer: true, PerNodeHour: true, Counted: true,
		Doc: "a live, reachable, unpaused subject marked `to` (SUSPECT or DEAD) by the first observer that does so at its incarnation; however many follow",
	})

	Refutation = accusation.metric(Def{
		Name: "refutation", Unit: "s", Better: Lower, Labels: ofPair, RoleIsPeer: true,
		Doc: "first SUSPECT about this process of a live subject anywhere until this observer holds it OK again",
	})

	RefutationFull = accusation.metric(Def{
		Name: "refutation_full", Unit: "s", Better: Lower, Labels: ofEither, RoleIsPeer: true,
		Doc: "first SUSPECT about this process of a live subject anywhere until no live observer holds it SUSPECT, if none called it DEAD",
	})
)
