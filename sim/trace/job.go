package trace

import "hypersim/core"

// JobKind says what a JobRecord reports.
type JobKind uint8

// Kinds of records about jobs.
const (
	JobNone JobKind = iota

	// JobSubmitted: the world gave client Node a job to hand in: Fact.Job, as the Nth of Workload. It comes before the
	// client's own fact.
	JobSubmitted
	// JobWithdrawn: the world told client Node to take Fact.Job back, for Workload.
	JobWithdrawn
	// JobFact: Node's machine reported Fact; its local time is Local.
	JobFact
	// JobWork: worker Node gave its host the order Work.
	JobWork
	// JobEnded: the host of worker Node found that the shard of Work ended by itself, or as it was told to: Ended (job.Ended),
	// Code (job.ErrorKind). The worker's own fact follows.
	JobEnded
	// JobLost: the shard of Work ended with the process of worker Node.
	JobLost

	NumJobKinds = 7
)

var jobKindNames = [NumJobKinds]string{"none", "job_submitted", "job_withdrawn", "job_fact", "work", "shard_ended", "shard_lost"}

func (k JobKind) String() string {
	if int(k) < len(jobKindNames) {
		return jobKindNames[k]
	}
	return "unknown"
}

// JobRecord is one entry about jobs. It is passed by pointer and reused. They are a stream of their own, in order with
// the Records, so that the readers of membership never see them.
type JobRecord struct {
	At       core.Instant // virtual time
	Local    core.Instant // local time at Node
	Kind     JobKind
	Ended    uint8
	Code     uint8
	Node     core.NodeID
	Step     uint64 // as Record's
	Inst     uint32 // of Node's process
	Workload int32  // index in the scenario
	Nth      uint32 // from 0
	Fact     core.JobFact
	Work     core.Work
}

// JobSink is what a Sink may implement beside: it is given every record about jobs, too.
type JobSink interface {
	RecordJob(r *JobRecord)
}

var _ JobSink = (*Digest)(nil)

// RecordJob implements JobSink: every field enters.
func (d *Digest) RecordJob(r *JobRecord) {
	d.mix(uint64(r.At))
	d.mix(uint64(r.Local))
	d.mix(uint64(r.Kind)<<56 | uint64(r.Ended)<<48 | uint64(r.Code)<<40 | uint64(r.Node))
	d.mix(uint64(r.Inst)<<32 | uint64(r.Nth))
	d.mix(uint64(uint32(r.Workload)))
	if r.Kind != JobWork && r.Kind != JobEnded && r.Kind != JobLost {
		f := &r.Fact
		d.mix(uint64(f.Kind)<<56 | uint64(f.From)<<48 | uint64(f.To)<<40 | uint64(f.Code)<<32 | uint64(f.Attempt)<<16 | uint64(f.Shard))
		d.mix(uint64(f.Epoch)<<32 | uint64(f.Node))
		d.mix(f.Job)
		d.mix(f.Workflow)
		d.mix(f.Token)
		d.mix(uint64(f.A))
		d.mix(uint64(f.B))
	} else {
		x := &r.Work
		d.mix(uint64(x.Kind)<<56 | uint64(x.Attempt)<<32 | uint64(x.Shard)<<16 | uint64(x.Cores))
		d.mix(uint64(x.VUs)<<32 | uint64(x.Payload.Size))
		d.mix(x.Payload.ID)
		d.mix(x.Job)
		d.mix(x.Workflow)
		d.mix(x.Token)
	}
	d.n++
}
