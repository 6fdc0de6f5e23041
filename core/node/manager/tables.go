package manager

// Tables tells how many entries each table of this manager has that is about jobs, workflows or shards (spec 20 §11): none some time
// after the last job is over, when tombstones have gone, too (I-JM2). What frees an entry stands beside its table:
//
//   - records, order: the sweep, retention.completed or failed after the end was acked
//   - queue: the first dispatch of the job, or its end
//   - payloads: the end of the last workflow
//   - workflows: the record
//   - replicas: what the holder says, or retention after the end; tombstones: retention.tombstone_ttl
//   - accepting: the commit of the acceptance, or that there will be none
//   - burials: likewise, of a tombstone
//   - transfers: the acks of workers
//   - timeouts: the end
//   - single cancels: cancel.request_dedup after the answer
//   - calls: their answers, or their last attempts
//   - runs: the end of the shard, or that its worker is gone
//   - reserved: the answer to the dispatch, a heartbeat that counts it, or the end of the provision
//   - windows: the push that tells them
//   - scopes: the end of the job, or that it is somebody else's
//   - timers: their time
func (m *Manager) Tables(each func(table string, entries int)) {
	payloads, runs, reserved := 0, 0, 0
	for _, x := range m.records.order {
		if x.spec != nil {
			payloads++
		}
	}
	for i := range m.workers.list {
		runs += len(m.workers.list[i].runs)
		reserved += m.workers.list[i].cores.Reserved()
	}
	each("records", len(m.records.by))
	each("order", len(m.records.order))
	each("queue", len(m.records.queue))
	each("payloads", payloads)
	each("workflows", m.flows.Len())
	each("replicas", m.rep.Len())
	each("accepting", len(m.accepting))
	each("burials", len(m.burials))
	each("transfers", len(m.transfers))
	each("timeouts", m.time.jobs.Len())
	each("single cancels", m.singles.Len())
	each("calls", m.calls.OfJobs())
	each("runs", runs)
	each("reserved", reserved)
	each("windows", len(m.stats.windows))
	if m.p.Scopes != nil {
		each("scopes", m.p.Scopes.Scopes())
	}
	each("timers", ofJobs(m.timers.All()))
}
