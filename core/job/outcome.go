package job

// Tally is how the workflows of a job, all ended, ended in one datacenter.
type Tally struct{ Completed, Failed, Cancelled int }

// Outcome returns how a job whose workflows ended like that ends there (spec 20 §8.3). A datacenter that was told to
// stop ends as told instead, and takes the completeness only.
func (t Tally) Outcome() (State, Completeness) {
	switch {
	case t.Failed > 0:
		return StateFailed, t.completeness()
	case t.Cancelled > 0 && t.Completed == 0:
		return StateCancelled, CompleteNone
	}
	return StateCompleted, t.completeness()
}

// Completeness returns how much has a result.
func (t Tally) Completeness() Completeness { return t.completeness() }

func (t Tally) completeness() Completeness {
	switch {
	case t.Completed == 0:
		return CompleteNone
	case t.Failed+t.Cancelled > 0:
		return CompletePartial
	}
	return CompleteFull
}
