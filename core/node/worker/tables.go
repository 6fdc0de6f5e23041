package worker

// Tables tells how many entries each table of this worker has that is about jobs or shards (spec 20 §11): none some time after the
// last job is over (I-JM2). What frees an entry stands beside its table:
//
//   - shards: the end of the run, once the result is acked or given up
//   - due: the same
//   - results: the ack, or the last repeat
//   - acks, answers to dispatches: the fence record's time
//   - pending transfers: the dispatch that they were ahead of, or their time
//   - fences: a time after the last shard of the workflow ended
//   - queries: the answer
//   - asking: the answer to a request for more time
//   - batches: the ack of the manager
//   - calls: their answers, or their last attempts
//   - timers: their time
func (w *Worker) Tables(each func(table string, entries int)) {
	each("shards", len(w.shards.by))
	each("due", len(w.shards.due.heap))
	each("results", w.results.len())
	each("acks", len(w.acks.by)+len(w.acks.dates))
	each("pending transfers", len(w.pendings.by)+len(w.pendings.dates))
	each("fences", w.fences.Len())
	each("queries", len(w.queries))
	each("asking", w.ext.asking)
	each("batches", len(w.flusher.batches))
	each("calls", w.calls.Len())
	each("timers", ofJobs(w.timers.All()))
}
