package job

// Holding is what a process says of its part in holding a job, in facts (core.JobFactHolder).
type Holding uint8

// Parts in it.
const (
	HoldAccepted  Holding = iota + 1 // it holds the job, which is new
	HoldWon                          // it holds it under a new epoch
	HoldLost                         // it does not any more
	HoldSuspended                    // it may decide nothing
	HoldResumed                      // it may again
)
