package metrics

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/dispatch"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/replica"
	"hypersim/sim/metrics/words"
)

// messageNotes reads what the kinds of messages that matter to single jobs say of them; nil: a kind does not. What is said
// again and again, such as progress, matters when it says something else than before.
var messageNotes = [core.NumKinds]func(b core.Body, t *trails){
	core.KindJobSubmission: one(func(b *job.Submission) note { return note{job: uint64(b.Job)} }),
	core.KindJobAck: one(func(b *job.Ack) note {
		if b.Accepted {
			return note{job: uint64(b.Job), word: "accepted"}
		}
		return note{job: uint64(b.Job), word: b.Code.String()}
	}),
	core.KindWorkflowFinalResult: one(func(b *job.WorkflowFinalResult) note { return shardNote(b.Shard, b.Ended.String()) }),
	core.KindWorkflowResultPush: one(func(b *job.WorkflowResultPush) note {
		return note{job: uint64(b.Job), workflow: uint64(b.Workflow), word: b.Status.String()}
	}),
	core.KindJobProgress:      one(func(b *job.Progress) note { return note{job: uint64(b.Job), word: b.State.String(), again: true} }),
	core.KindJobFinalResult:   one(func(b *job.FinalResult) note { return note{job: uint64(b.Job), word: b.State.String()} }),
	core.KindGlobalJobResult:  one(func(b *job.GlobalResult) note { return note{job: uint64(b.Job), word: b.State.String()} }),
	core.KindJobStatusPush:    one(func(b *job.StatusPush) note { return note{job: uint64(b.Job), word: b.State.String(), again: true} }),
	core.KindJobStatusRequest: one(func(b *job.StatusRequest) note { return note{job: uint64(b.Job), again: true} }),
	core.KindGlobalJobStatus: one(func(b *job.GlobalStatus) note {
		return note{job: uint64(b.Job), word: said(b.Code, b.State.String()), again: true}
	}),
	core.KindRegisterCallback: one(func(b *job.RegisterCallback) note { return note{job: uint64(b.Job), again: true} }),

	core.KindProvisionRequest: one(func(b *dispatch.ProvisionRequest) note {
		return note{job: uint64(b.Job), workflow: uint64(b.Workflow), attempt: b.Attempt}
	}),
	core.KindProvisionConfirm: one(func(b *dispatch.ProvisionConfirm) note {
		return note{job: uint64(b.Job), workflow: uint64(b.Workflow), word: agreed(b.Confirmed, b.Code)}
	}),
	core.KindWorkflowDispatch: one(func(b *dispatch.WorkflowDispatch) note { return shardNote(b.Shard, "") }),
	core.KindWorkflowDispatchAck: one(func(b *dispatch.WorkflowDispatchAck) note {
		if b.Code == call.CodeOK { // that it runs is a fact of the worker
			return note{}
		}
		return shardNote(b.Shard, b.Code.String())
	}),

	core.KindJobProgressReport: one(func(b *jobtimeout.ProgressReport) note {
		switch {
		case b.TimedOut:
			return note{job: uint64(b.Job), word: "timed out", again: true}
		case b.Recent:
			return note{job: uint64(b.Job), word: "progress", again: true}
		}
		return note{job: uint64(b.Job), word: "no progress", again: true}
	}),
	core.KindJobTimeoutReport:  one(func(b *jobtimeout.TimeoutReport) note { return note{job: uint64(b.Job), word: b.Kind.String()} }),
	core.KindJobGlobalTimeout:  one(func(b *jobtimeout.GlobalTimeout) note { return note{job: uint64(b.Job), word: b.Rule.String()} }),
	core.KindJobLeaderTransfer: one(func(b *jobtimeout.LeaderTransfer) note { return note{job: uint64(b.Job)} }),
	core.KindJobFinalStatus:    one(func(b *jobtimeout.FinalStatus) note { return note{job: uint64(b.Job), word: b.State.String()} }),

	core.KindJobCancelRequest:             one(func(b *cancel.JobRequest) note { return note{job: uint64(b.Job), word: b.Reason.String()} }),
	core.KindJobCancelResponse:            one(func(b *cancel.JobResponse) note { return note{job: uint64(b.Job), word: b.Code.String()} }),
	core.KindWorkflowCancelRequest:        one(func(b *cancel.ShardRequest) note { return shardNote(b.Shard, b.Reason.String()) }),
	core.KindWorkflowCancellationComplete: one(func(b *cancel.ShardComplete) note { return shardNote(b.Shard, "") }),
	core.KindJobCancellationComplete:      one(func(b *cancel.JobComplete) note { return note{job: uint64(b.Job)} }),
	core.KindSingleWorkflowCancelRequest: one(func(b *cancel.SingleRequest) note {
		return note{job: uint64(b.Job), workflow: uint64(b.Workflow)}
	}),
	core.KindSingleWorkflowCancelResponse: one(func(b *cancel.SingleResponse) note {
		return note{job: uint64(b.Job), workflow: uint64(b.Workflow), word: b.Status.String()}
	}),

	core.KindJobStateSync: func(b core.Body, t *trails) {
		for i := range b.(*replica.Sync).Entries {
			if e := &b.(*replica.Sync).Entries[i]; e.Kind != replica.EntryRenew {
				t.say(note{job: uint64(e.Job), word: e.Kind.String(), delta: e.Kind == replica.EntryDelta})
			}
		}
	},
	core.KindJobStateSyncAck: func(b core.Body, t *trails) {
		for i := range b.(*replica.SyncAck).Verdicts {
			if v := &b.(*replica.SyncAck).Verdicts[i]; v.Stand != replica.StandStored {
				t.say(note{job: uint64(v.Job), word: v.Stand.String(), again: true})
			}
		}
	},
	core.KindJobLeadershipAnnouncement: func(b core.Body, t *trails) {
		x := b.(*replica.Announcement)
		for i := range x.Claims {
			word := "led from now on"
			if x.Claim {
				word = x.Claims[i].Reason.String()
			}
			t.say(note{job: uint64(x.Claims[i].Job), word: word})
		}
	},
	core.KindJobLeadershipAck: func(b core.Body, t *trails) {
		for i := range b.(*replica.AnnouncementAck).Answers {
			a := &b.(*replica.AnnouncementAck).Answers[i]
			t.say(note{job: uint64(a.Job), word: agreed(a.Accepted, a.Code)})
		}
	},
	core.KindJobLeaderWorkerTransfer: func(b core.Body, t *trails) {
		for i := range b.(*replica.WorkerTransfer).Entries {
			t.say(note{job: uint64(b.(*replica.WorkerTransfer).Entries[i].Job)})
		}
	},
	core.KindJobLeaderWorkerTransferAck: func(b core.Body, t *trails) {
		for i := range b.(*replica.WorkerTransferAck).Answers {
			if a := &b.(*replica.WorkerTransferAck).Answers[i]; len(a.Shards) > 0 || !a.Accepted {
				t.say(note{job: uint64(a.Job), word: agreed(a.Accepted, a.Code)})
			}
		}
	},
	core.KindJobLeaderManagerTransfer: one(func(b *replica.ManagerTransfer) note { return note{job: uint64(b.Job)} }),
	core.KindManagerJobLeaderTransfer: one(func(b *replica.ManagerTransfer) note { return note{job: uint64(b.Job)} }),
	core.KindJobLeaderGateTransfer:    one(func(b *replica.GateTransfer) note { return note{job: uint64(b.Job)} }),
	core.KindGateJobLeaderTransfer:    one(func(b *replica.GateTransfer) note { return note{job: uint64(b.Job)} }),
	core.KindJobAdoptOffer:            one(func(b *replica.AdoptOffer) note { return note{job: uint64(b.Job), word: b.State.String()} }),
	core.KindLeaseTransfer:            one(func(b *replica.LeaseTransfer) note { return note{job: uint64(b.Job)} }),
}

// one reads a kind of message that is about one job.
func one[T core.Body](read func(T) note) func(core.Body, *trails) {
	return func(b core.Body, t *trails) { t.say(read(b.(T))) }
}

func shardNote(s job.Shard, word string) note {
	return note{job: uint64(s.Job), workflow: uint64(s.Workflow), attempt: s.Attempt, shard: s.Index, word: word}
}

func agreed(yes bool, code call.Code) string {
	if yes {
		return "accepted"
	}
	return code.String()
}

func said(code call.Code, word string) string {
	if code == call.CodeOK {
		return word
	}
	return code.String()
}

// eventFacts put into words what nodes say of a job; nil: a kind is not kept. What they return is whether this one is.
var eventFacts = [core.NumJobFactKinds]func(t *trails, f *core.JobFact, e *JobEvent) bool{
	core.JobFactState: func(_ *trails, f *core.JobFact, e *JobEvent) bool {
		e.Word = job.State(f.To).String()
		return true
	},
	core.JobFactShard: func(_ *trails, f *core.JobFact, e *JobEvent) bool {
		e.Word = job.ShardState(f.To).String()
		return job.ShardState(f.To) != job.ShardAllocated // it runs at once
	},
	core.JobFactSubmit: func(_ *trails, f *core.JobFact, e *JobEvent) bool {
		e.Word = [...]string{"asked", "accepted", "given up"}[min(f.To, 2)]
		return true
	},
	core.JobFactOutcome: func(_ *trails, f *core.JobFact, e *JobEvent) bool {
		e.Word = job.State(f.To).String()
		return true
	},
	core.JobFactLate: func(_ *trails, f *core.JobFact, e *JobEvent) bool {
		e.Word = job.State(f.To).String()
		return true
	},
	core.JobFactCancel: func(*trails, *core.JobFact, *JobEvent) bool { return true },
	core.JobFactSingle: func(_ *trails, f *core.JobFact, e *JobEvent) bool {
		e.Word = words.SingleAnswers[min(int(f.To), len(words.SingleAnswers)-1)]
		return true
	},
	core.JobFactHolder: func(_ *trails, f *core.JobFact, e *JobEvent) bool {
		e.Word = holderParts[min(int(f.Get("part")), len(holderParts)-1)]
		return true
	},
	core.JobFactOrphan: func(_ *trails, f *core.JobFact, e *JobEvent) bool {
		e.Word = [...]string{"led again", "led by nobody", "led by nobody for too long"}[min(f.To, 2)]
		return true
	},
	core.JobFactStale: func(*trails, *core.JobFact, *JobEvent) bool { return true },
	core.JobFactTimeout: func(_ *trails, f *core.JobFact, e *JobEvent) bool {
		e.Word = jobtimeout.Event(f.To).String()
		return true
	},
	core.JobFactDeadline: func(_ *trails, f *core.JobFact, e *JobEvent) bool {
		e.Word, e.Length = jobtimeout.Event(f.To).String(), core.Duration(f.Get("effective"))
		return true
	},
	core.JobFactRoute: func(t *trails, f *core.JobFact, e *JobEvent) bool {
		if e.Word = "nowhere"; f.Get("site") >= 0 {
			e.Word = t.sites[f.Get("site")]
		}
		return true
	},
	core.JobFactTable: func(_ *trails, f *core.JobFact, e *JobEvent) bool {
		e.Word = "freed"
		return f.Get("made") == 0
	},
}

// holderParts are the words of a JobFactHolder.
var holderParts = [...]string{"", "accepted", "won", "lost", "suspended", "resumed"}
