package words

// Later are metrics that the specification names and no run measures yet: those of jobs, routing and flow. One
// that gets a family leaves the list.
func Later() []string { return later }

var later = []string{
	"batched",
	"first_accept_after", "job_end",
}
