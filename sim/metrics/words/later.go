package words

// Later are metrics that the specification names and no run measures yet: those of jobs, routing and flow. One
// that gets a family leaves the list.
func Later() []string { return later }

var later = []string{
	"batched", "cancel_ack", "cancel_complete", "cancel_residue",
	"first_accept_after", "job_end",
	"peer_load_ratio", "post_terminal_core_seconds", "post_terminal_run", "recovery_time",
	"timeout_rejected_valid",
}
