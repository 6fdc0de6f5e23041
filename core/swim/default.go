package swim

import (
	"errors"
	"fmt"
	"time"
)

// Default returns the constants of spec 10.
func Default() Config {
	return Config{
		// §2: an hour of memory for the dead, so that a datacenter that was cut off finds them; room for ten thousand members.
		Membership: Membership{
			Topology: TopologyRoles, ConfirmationMode: ConfirmObserver, Initial: InitialCold, MaxMembers: 10_000,
			DeadRetention: 3600 * time.Second, LeftRetention: 300 * time.Second, Tombstone: 300 * time.Second,
			MaxSuspicions: 10_000, ZombieWindow: 60 * time.Second, ZombieBump: 5, RestartBump: 10,
		},
		// §4: one probe a second and two waits of half a second; three proxies, of which two may be lost.
		Probe: Probe{
			Interval: time.Second, Timeout: 500 * time.Millisecond, TimeoutMin: 100 * time.Millisecond,
			TimeoutMax: 30 * time.Second, IndirectK: 3, NackFraction: 0.8, MaxOutstanding: 64, MaxProxied: 100,
			PauseGuard: true,
		},
		// §4.3–§4.5: memberlist's rule for failed probes and its bound; everything that stretches a wait multiplies it.
		LHM:     LHM{Max: 8, FailedProbeRule: FailedProbeMemberlist},
		Lag:     Lag{Enabled: true, Interval: time.Second, Reference: 100 * time.Millisecond, Hold: 5 * time.Second},
		Timeout: Timeout{LatencyMode: LatencyMultiplier, LatencyReference: 10 * time.Millisecond, RTTSource: RTTMeasured},
		// §5: from six times Min down to Min as three others confirm it; both grow with log10 of the group.
		Suspicion: Suspicion{
			Min: 5 * time.Second, Max: 30 * time.Second, K: 3, Alpha: 4, Beta: 6,
			ScaleWithN: true, Scaling: ScalingLHM, Formula: FormulaLifeguard, Buddy: true,
			PauseGrace: true, GraceAfter: time.Second, AdaptiveBase: time.Second,
		},
		// §6: five rounds a period to three members each, so that news is everywhere within two seconds.
		Gossip: Gossip{
			Lambda: 3, Limit: LimitNatural, Interval: 200 * time.Millisecond, Fanout: 3, ToDead: 30 * time.Second,
			MaxUpdates: 64, MaxBytes: 1200, QueueMax: 1000, QueueAge: 60 * time.Second,
		},
		Refute: Refute{Tokens: 5, Window: 10 * time.Second},
		Join: Join{
			RetryMin: 500 * time.Millisecond, RetryMax: 10 * time.Second, Jitter: 0.2, Timeout: 5 * time.Second,
		},
		Leave: Leave{Drain: 5 * time.Second},
		// §7: tables are compared twice a minute, less often in large groups; what gossip missed is found then.
		Sync: Sync{
			Mode: SyncByDigest, Interval: 30 * time.Second, IntervalGates: 60 * time.Second, Timeout: 10 * time.Second,
			GoneAge: 300 * time.Second, AckGap: time.Second, AckEvery: 5 * time.Second,
		},
		Reconnect: Reconnect{Interval: 30 * time.Second},
		// §10: a gate gets more time and attempts than a manager, since it is farther away; workers are not asked at all.
		Confirm: Confirm{
			On: ConfirmOnBidirectional, Reactive: true, ReactiveGap: 5 * time.Second, MaxPerSecond: 10, Window: time.Second,
			GatePassive: 120 * time.Second, GateAttempts: 5, GateInterval: 5 * time.Second,
			GateLatencyAware: true, GateCoordinates: true, GateLoadCap: 3,
			ManagerPassive: 90 * time.Second, ManagerAttempts: 3, ManagerInterval: 5 * time.Second,
			ManagerLatencyAware: true, ManagerCoordinates: true, ManagerLoadCap: 5,
			WorkerPassive: 180 * time.Second, WorkerLoadCap: 10,
			Backoff: 1, Jitter: 0.1, Sweep: 5 * time.Second, Stale: 60 * time.Second, Removal: RemoveAfterBoth,
		},
		Worker: Worker{
			Probe: WorkerProbeNever, Deadline: 30 * time.Second, Grace: 30 * time.Second, Check: 5 * time.Second, OwnerGap: 5 * time.Second,
		},
		WorkerState: WorkerState{MaxBytes: 600, QueueMax: 500, Age: 60 * time.Second},
		Health: Health{
			Enabled: true, MaxEntries: 5, MaxBytes: 600, Transmissions: 3, TransmissionsStressed: 8, TableMax: 500,
			Stale: 30 * time.Second, Refresh: 10 * time.Second,
		},
		Rate:    Rate{Burst: 200, Refill: 100},
		Cleanup: Cleanup{Interval: 30 * time.Second},
		Audit:   Audit{Max: 1000},
		Wheel:   Wheel{Fine: 100 * time.Millisecond, Coarse: time.Second, Near: 2 * time.Second},
	}
}

// Validate reports every relation between keys that does not hold. The range of each single key is
// given by its tag and checked by whoever reads it from outside.
func (c *Config) Validate() error {
	var errs []error
	require := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	p, s := &c.Probe, &c.Suspicion
	require(p.TimeoutMin <= p.Timeout && p.Timeout <= p.TimeoutMax,
		"probe.timeout = %v: must lie between probe.timeout_min = %v and probe.timeout_max = %v", p.Timeout, p.TimeoutMin, p.TimeoutMax)
	require(p.Timeout < p.Interval, "probe.timeout = %v: must be below probe.interval = %v", p.Timeout, p.Interval)
	for _, every := range [...]struct {
		key string
		d   time.Duration
	}{{"gossip.interval", c.Gossip.Interval}, {"reconnect.interval", c.Reconnect.Interval}, {"join.reseed", c.Join.Reseed}} {
		require(every.d == 0 || every.d >= MinPeriod, "%s = %v: must be 0s, which switches it off, or at least %v", every.key, every.d, MinPeriod)
	}
	require(s.Min <= s.Max, "suspicion.min = %v: must not be above suspicion.max = %v", s.Min, s.Max)
	require(c.Join.RetryMin <= c.Join.RetryMax,
		"join.retry_min = %v: must not be above join.retry_max = %v", c.Join.RetryMin, c.Join.RetryMax)
	require(c.Gossip.Interval == 0 || c.Gossip.Fanout > 0,
		"gossip.fanout = 0: needs a target as long as gossip.interval = %v is not 0", c.Gossip.Interval)
	require(c.Health.Refresh < c.Health.Stale,
		"health.refresh = %v: must be below health.stale = %v", c.Health.Refresh, c.Health.Stale)
	return errors.Join(errs...)
}
