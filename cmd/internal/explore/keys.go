package explore

import (
	"slices"
	"strings"
)

// setting is a key, or some that hang together, and what somebody may run with. Each choice is a line for each key: "key = value". What is short
// by itself but long for what is kept in memory, or for when a run is over, is not among them: times here are at most half as long again as
// they are by default, so the times in which everything has to converge are enough (quiescence, atRest).
type setting struct {
	name    string // of its stream
	gates   bool   // it is about gates
	choices []string
}

// settingShare is in how many of the worlds a setting is on: there are many.
const settingShare = 0.08

// settings are the keys that are drawn beside knobs. What is by design outside stays out: the keys of what was once ("as it was once", inherited
// ones) break what was promised since; confirmation_mode = "hearsay", worker.probe = "member" and topology = "flat" are other protocols
// with bundled scenarios of their own; versions of different majors do not talk to each other.
var settings = []setting{
	// Times that only hold together: each half as long, and so sooner of everything.
	{"half.lease", false, []string{`lease.duration = "15s"
lease.margin = "1500ms"
lease.sync_interval = "5s"
lease.claim_timeout = "1s"
lease.claim_hold = "4s"
lease.commit_timeout = "1s"
lease.resync_holdoff = "3500ms"
lease.resync_interval = "2500ms"
lease.resync_limit = "17500ms"
lease.retry_min = "250ms"
lease.retry_max = "1s"
lease.handover_wait = "4s"
lease.rebuild_wait = "2500ms"
lease.takeover_check = "1s"
lease.heads_interval = "15s"
lease.drain_timeout = "15s"`}},
	{"half.orphan", false, []string{`orphan.gate_check = "1s"
orphan.gate_grace = "5s"
orphan.gate_rank_step = "2500ms"
orphan.gate_wait_min = "250ms"
orphan.gate_wait_max = "1s"
orphan.leader_silence = "15s"
orphan.scan_age = "5s"
orphan.scan_interval = "60s"
orphan.scan_timeout = "2500ms"
orphan.worker_check = "500ms"
orphan.worker_grace = "15s"
orphan.worker_pending_transfer = "30s"
orphan.adopt_wait = "150s"`}},
	{"half.election", false, []string{`election.timeout = "2500ms"
election.jitter = "1s"
election.lease = "2500ms"
election.lease_margin = "250ms"
election.heartbeat_interval = "1s"
election.pre_vote_timeout = "1s"
election.pre_vote_guard = "1250ms"
election.quorum_interval = "1s"
election.start_jitter = "1s"
election.vote_holdoff = "4s"
election.flap_cooldown = "2500ms"
election.flap_cooldown_max = "30s"
election.flap_window = "30s"`}},
	{"half.provision", false, []string{`provision.commit_timeout = "1s"
provision.peer_timeout = "1250ms"
provision.quorum_timeout = "2500ms"
provision.ttl = "5s"
provision.retry_min = "250ms"
provision.retry_max = "750ms"
provision.breaker_open = "5s"
provision.breaker_window = "15s"`}},
	{"half.register", false, []string{`register.gate_heartbeat = "2500ms"
register.manager_heartbeat = "2500ms"
register.datacenter_stale = "7500ms"
register.timeout = "2500ms"
register.cap = "2500ms"
register.base = "250ms"`}},
	{"half.workers", false, []string{`worker.check = "2500ms"
worker.deadline = "15s"
worker.grace = "15s"
worker.owner_gap = "2500ms"`}},
	{"half.cancel", false, []string{`cancel.workflow_limit = "30s"
cancel.stop_limit = "2500ms"
cancel.gate_wait = "45s"
cancel.again = "2500ms"
cancel.gate_again = "5s"
cancel.poll_interval = "2500ms"
cancel.poll_timeout = "1s"
cancel.rpc_timeout = "2500ms"
cancel.base = "500ms"`}},
	{"half.job_timeout", false, []string{`job_timeout.check_interval = "15s"
job_timeout.gate_check_interval = "7500ms"
job_timeout.report_interval = "5s"
job_timeout.dc_silent = "15s"
job_timeout.dc_orphan = "150s"
job_timeout.gate_fallback = "150s"
job_timeout.rebroadcast = "2500ms"
job_timeout.rebroadcast_max = "15s"`}},
	{"half.result", false, []string{`result.timeout = "2500ms"
result.queue_base = "2500ms"
result.queue_cap = "30s"
result.push_cap = "1s"`}},
	{"half.extension", false, []string{`extension.base = "15s"
extension.ask_again = "2500ms"
extension.ask_timeout = "2500ms"
extension.grace = "5s"`}},
	{"probe", false, []string{"probe.interval = \"2s\"\nprobe.timeout = \"1s\"", "probe.interval = \"1s\"\nprobe.timeout = \"300ms\""}},

	// One of those alone: what is compared with it stays as it is, and validation allows it.
	{"lease.duration", false, []string{"lease.duration = \"45s\""}},
	{"lease.sync_interval", false, []string{"lease.sync_interval = \"3s\""}},
	{"lease.margin", false, []string{"lease.margin = \"500ms\"", "lease.margin = \"8s\""}},
	{"lease.commit_timeout", false, []string{"lease.commit_timeout = \"800ms\""}},
	{"lease.commit_retries", false, []string{"lease.commit_retries = 0"}},
	{"lease.claim_tries", false, []string{"lease.claim_tries = 1"}},
	{"lease.takeover_check", false, []string{"lease.takeover_check = \"500ms\"", "lease.takeover_check = \"4s\""}},
	{"lease.rebuild_wait", false, []string{"lease.rebuild_wait = \"1s\""}},
	{"lease.handover_wait", false, []string{"lease.handover_wait = \"2s\""}},
	{"lease.resync_interval", false, []string{"lease.resync_interval = \"1s\""}},
	{"lease.resync_limit", false, []string{"lease.resync_limit = \"15s\""}},
	{"orphan.worker_grace", false, []string{"orphan.worker_grace = \"5s\"", "orphan.worker_grace = \"45s\""}},
	{"orphan.leader_silence", false, []string{"orphan.leader_silence = \"12s\""}},
	{"orphan.gate_grace", true, []string{"orphan.gate_grace = \"3s\""}},
	{"orphan.gate_rank_step", true, []string{"orphan.gate_rank_step = \"1s\""}},
	{"orphan.worker_pending_transfer", false, []string{"orphan.worker_pending_transfer = \"10s\""}},
	{"orphan.scan_interval", false, []string{"orphan.scan_interval = \"20s\""}},
	{"election.heartbeat_interval", false, []string{"election.heartbeat_interval = \"1s\""}},
	{"election.jitter", false, []string{"election.jitter = \"1s\""}},
	{"election.max_lhm", false, []string{"election.max_lhm = 1", "election.max_lhm = 8"}},
	{"election.quorum_checks", false, []string{"election.quorum_checks = 1"}},
	{"provision.ttl", false, []string{"provision.ttl = \"6s\""}},
	{"worker.deadline", false, []string{"worker.deadline = \"12s\""}},
	{"worker.grace", false, []string{"worker.grace = \"5s\""}},
	{"register.again", false, []string{"register.again = \"2s\""}},
	{"cancel.stop_limit", false, []string{"cancel.stop_limit = \"1s\"", "cancel.stop_limit = \"10s\""}},
	{"job_timeout.gate_check_interval", true, []string{"job_timeout.gate_check_interval = \"3s\""}},
	{"job_timeout.dc_orphan", true, []string{"job_timeout.dc_orphan = \"60s\""}},
	{"job_timeout.gate_fallback", true, []string{"job_timeout.gate_fallback = \"60s\""}},
	{"result.workflow_wait", false, []string{"result.workflow_wait = \"60s\""}},
	{"extension.max", false, []string{"extension.max = 2"}},
	{"dispatch.worker_drain", false, []string{"dispatch.worker_drain = \"5s\""}},

	// What one version brought is not there where somebody speaks an older one.
	{"version.minor", false, []string{"version.minor = 0", "version.minor = 3", "version.minor = 4"}},

	// Overload.
	{"overload.by_class", false, []string{"overload.by_class = false"}},
	{"overload.cpu", false, []string{"overload.cpu_busy = 0.5\noverload.cpu_stressed = 0.6\noverload.cpu_overloaded = 0.8"}},
	{"overload.memory", false, []string{"overload.memory_busy = 0.5\noverload.memory_stressed = 0.6\noverload.memory_overloaded = 0.8"}},
	{"overload.queue", false, []string{"overload.queue_busy = 0.2\noverload.queue_stressed = 0.4\noverload.queue_overloaded = 0.8"}},
	{"overload.absolute", false, []string{"overload.absolute_busy = \"100ms\"\noverload.absolute_stressed = \"450ms\"\noverload.absolute_overloaded = \"1s\""}},
	{"overload.delta", false, []string{"overload.delta_busy = 0.1\noverload.delta_stressed = 0.3\noverload.delta_overloaded = 0.6"}},
	{"overload.hysteresis", false, []string{"overload.hysteresis = 1", "overload.hysteresis = 4"}},
	{"overload.poll_interval", false, []string{"overload.poll_interval = \"100ms\"", "overload.poll_interval = \"1s\""}},
	{"overload.current_window", false, []string{"overload.current_window = 4"}},
	{"overload.ema_alpha", false, []string{"overload.ema_alpha = 0.5"}},

	// Membership.
	// Who forgets the dead as soon as cuts last meets nobody again that was on the other side, but for its seeds (spec 10 §7.1).
	{"membership.dead_retention", false, []string{"membership.dead_retention = \"120s\"\njoin.reseed = \"20s\""}},
	{"membership.left_retention", false, []string{"membership.left_retention = \"60s\""}},
	{"membership.tombstone", false, []string{"membership.tombstone = \"120s\""}},
	{"membership.zombie_window", false, []string{"membership.zombie_window = \"20s\""}},
	{"gossip.interval", false, []string{"gossip.interval = \"100ms\"", "gossip.interval = \"500ms\""}},
	{"gossip.lambda", false, []string{"gossip.lambda = 2", "gossip.lambda = 5"}},
	{"gossip.limit", false, []string{"gossip.limit = \"decades\""}},
	{"gossip.max_updates", false, []string{"gossip.max_updates = 4"}},
	{"suspicion.min", false, []string{"suspicion.min = \"3s\""}},
	{"suspicion.max", false, []string{"suspicion.max = \"15s\""}},
	{"suspicion.formula", false, []string{"suspicion.formula = \"log-n\""}},
	{"suspicion.scaling", false, []string{"suspicion.scaling = \"none\"", "suspicion.scaling = \"adaptive\""}},
	{"suspicion.buddy", false, []string{"suspicion.buddy = false"}},
	{"probe.nack_fraction", false, []string{"probe.nack_fraction = 0.5"}},
	{"probe.max_proxied", false, []string{"probe.max_proxied = 2"}},
	{"sync.interval", false, []string{"sync.interval = \"10s\"\nsync.interval_gates = \"20s\""}},
	{"join.reseed", false, []string{"join.reseed = \"20s\""}},
	{"reconnect.interval", false, []string{"reconnect.interval = \"10s\""}},
	{"timeout.latency_mode", false, []string{"timeout.latency_mode = \"additive\"", "timeout.latency_mode = \"off\""}},
	{"timeout.rtt_source", false, []string{"timeout.rtt_source = \"coordinate\""}},
	{"lag.enabled", false, []string{"lag.enabled = false"}},
	{"health.enabled", false, []string{"health.enabled = false"}},
	{"vivaldi.dimensions", false, []string{"vivaldi.dimensions = 2"}},
	{"vivaldi.latency_filter", false, []string{"vivaldi.latency_filter = 1"}},
	{"vivaldi.workers", false, []string{"vivaldi.workers = true"}},

	// Jobs.
	{"dispatch.retries", false, []string{"dispatch.retries = 0", "dispatch.retries = 4"}},
	{"dispatch.timeout", false, []string{"dispatch.timeout = \"2s\""}},
	{"dispatch.max_concurrent_per_worker", false, []string{"dispatch.max_concurrent_per_worker = 1"}},
	{"dispatch.worker_max_pending", false, []string{"dispatch.worker_max_pending = 1"}},
	{"dispatch.exclude_for", false, []string{"dispatch.exclude_for = \"5s\""}},
	{"workflow.max_retries", false, []string{"workflow.max_retries = 0", "workflow.max_retries = 1"}},
	{"workflow.max_attempts", false, []string{"workflow.max_attempts = 2"}},
	{"cancel.attempts", false, []string{"cancel.attempts = 1"}},
	{"client.submit_retries", false, []string{"client.submit_retries = 1"}},
	{"client.poll_interval", false, []string{"client.poll_interval = \"2s\""}},
	{"client.leader_cache", false, []string{"client.leader_cache = \"2s\""}},
	{"lease.takeover_batch", false, []string{"lease.takeover_batch = 1"}},
	{"lease.coalesce", false, []string{"lease.coalesce = \"5ms\""}},
	{"progress.interval", false, []string{"progress.interval = \"500ms\"", "progress.interval = \"3s\""}},
	{"result.retries", false, []string{"result.retries = 0"}},
	{"evict.fraction", false, []string{"evict.fraction = 0.1", "evict.fraction = 1.0"}},
	{"evict.window", false, []string{"evict.window = \"20s\""}},
	{"rate_limit.enabled", false, []string{"rate_limit.enabled = false"}},
	{"backpressure.worker_ttl", false, []string{"backpressure.worker_ttl = \"5s\""}},

	// Routing.
	{"breaker.max_errors", true, []string{"breaker.max_errors = 1"}},
	{"breaker.half_open_after", true, []string{"breaker.half_open_after = \"3s\""}},
	{"routing.hold_down", true, []string{"routing.hold_down = \"3s\""}},
	{"routing.cooldown", true, []string{"routing.cooldown = \"15s\""}},
	{"routing.dispatch_rounds", true, []string{"routing.dispatch_rounds = 1", "routing.dispatch_rounds = 5"}},
	{"routing.bootstrap", true, []string{"routing.bootstrap = false"}},
	{"correlation.signs", true, []string{"correlation.signs = 1"}},
	{"federated.probe_interval", true, []string{"federated.probe_interval = \"1s\""}},
	{"federated.max_failures", true, []string{"federated.max_failures = 1"}},
}

// settings writes those that are on.
func (w *world) settings() {
	var set []string // keys that are: of two settings with one key the first has it
	for i := range settings {
		x := &settings[i]
		s := w.part("setting." + x.name)
		if on := s.Bool(settingShare); !on || x.gates && w.gates == 0 {
			continue
		}
		choice := x.choices[s.Intn(len(x.choices))]
		if own := keys(choice); !slices.ContainsFunc(own, func(key string) bool { return slices.Contains(set, key) }) {
			set = append(set, own...)
			w.line("%s", choice)
		}
	}
}

// keys are those that a choice sets.
func keys(choice string) (list []string) {
	for line := range strings.Lines(choice) {
		key, _, _ := strings.Cut(line, " = ")
		list = append(list, key)
	}
	return list
}
