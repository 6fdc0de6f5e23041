package words

// Crashes noticed.
const detection family = 10

// The metrics.
var (
	DetectionFirst = detection.metric(Def{
		Name: "detection_first", Unit: "s", Better: Lower, Labels: ofMark,
		Words: map[string][]string{"truth": TruthWords[1:2]}, Apart: []string{"to"}, Event: "crash", RoleIsPeer: true,
		Tabled: true,
		Doc:    "crash of the subject to the first live observer that marks it `to` (SUSPECT or DEAD) afterwards",
	})

	DetectionEach = detection.metric(Def{
		Name: "detection_each", Unit: "s", Better: Lower, Labels: ofMark,
		Words: map[string][]string{"truth": TruthWords[1:2]}, Apart: []string{"to"}, Event: "crash", RoleIsPeer: true,
		Tabled: true,
		Doc:    "crash of the subject to each marking `to` by a live observer",
	})

	DetectionFull = detection.metric(Def{
		Name: "detection_full", Unit: "s", Better: Lower, Labels: ofEither, Event: "crash", RoleIsPeer: true,
		Doc: "crash until every live member that knew the subject has it DEAD or removed, if one is left",
	})

	Detected = detection.metric(Def{
		Name: "detected", Unit: "fraction", Better: Higher, Labels: with(ofEither, "to"), Apart: []string{"to"},
		Event: "crash", RoleIsPeer: true,
		Doc: "1 if a live observer marked the crashed subject `to` (SUSPECT or DEAD) before its next start and the end of the run, else 0; at the crash; not said where nobody who knew it was left to do so",
	})

	DeathCallbacks = detection.metric(Def{
		Name: "death_callbacks", Unit: "count", Labels: ofPair, RoleIsPeer: true,
		Doc: "death notifications per (observer, subject, dead incarnation), 0 if a declared death had none",
	})
)
