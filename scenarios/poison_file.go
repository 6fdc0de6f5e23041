package scenarios

// What a poison fault puts into the coordinates that its target sends. The node itself computes as ever: a
// peer that is broken or hostile is one that says something else.
const (
	PoisonNaN            = "nan"             // the first axis is not a number
	PoisonInf            = "inf"             // the first axis is infinite
	PoisonNegativeHeight = "negative-height" // the height is −1 s
	PoisonFar            = "far"             // finite, on a first axis of 9 s: it passes the checks for form
	PoisonWrongDims      = "wrong-dims"      // one dimension less (of one dimension: one more)
)
