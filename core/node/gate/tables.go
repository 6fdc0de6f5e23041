package gate

// Tables tells how many entries each table of this gate has that is about jobs (spec 20 §11): none some time after the last job is
// over, when tombstones have gone, too (I-JM2). What frees an entry stands beside its table:
//
//   - records, order: the sweep, retention.completed or failed after the end was delivered
//   - payloads: the end of the job
//   - timeouts: the end, once every datacenter has settled
//   - routes, the router's states: the end, or leadership that is lost
//   - replicas: what the holder says, or retention after the end; tombstones: retention.tombstone_ttl
//   - burials: the tombstone's commit, or that there will be none
//   - single cancels: cancel.request_dedup after the answer
//   - calls: their answers, or their last attempts
//   - timers: their time
//   - waits: a look at jobs without a holder that finds one
//   - adoptions: the claim that they began
//   - queries: the answers of all managers that are asked, or their time
//   - forwarded, held: a newer word about the job, or their time
func (g *Gate) Tables(each func(table string, entries int)) {
	payloads := 0
	for _, x := range g.records.order {
		if len(x.spec) > 0 {
			payloads++
		}
	}
	routes := 0
	if g.router != nil {
		routes = g.router.Jobs()
	}
	each("records", len(g.records.by))
	each("order", len(g.records.order))
	each("payloads", payloads)
	each("timeouts", g.time.Len())
	each("routes", routes)
	each("replicas", g.rep.Len())
	each("burials", len(g.burials))
	each("single cancels", g.singles.Len())
	each("calls", g.calls.OfJobs())
	each("timers", ofJobs(g.timers.All()))
	each("waits", len(g.over.waits))
	each("adoptions", len(g.adoptions))
	each("queries", len(g.queries))
	each("forwarded", len(g.shaper.states))
	each("held", len(g.shaper.held))
}
