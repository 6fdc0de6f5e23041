package peers

import "time"

// What an estimate begins with, how it moves and how far (§11.4 steps 1 and 4), in milliseconds where it is a time.
const (
	alpha       = 0.2
	firstGuess  = 50.0
	perFailure  = 1000.0
	mostPenalty = 10000.0
	noBaseline  = 10.0 // of a set in which too few are known
	knownLeast  = 3
	forgetEvery = 60 * time.Second
)
