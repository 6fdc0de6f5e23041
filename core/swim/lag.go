package swim

import "hypersim/core"

// What a node that is not well does about it. Level 0 is healthy, 4 close to useless. Each level stretches waits, thins out
// probes and shortens what rides on datagrams, so that the node asks less, believes itself less, and lets others do the
// judging. It goes up at once and comes down slowly: a node on the edge must not change its manners with every sample.

// Degradation levels (§4.5).
const (
	levelHeavy = 3
	numLevels  = 5
)

var (
	degradationFactor = [numLevels]float64{1, 1.2, 1.5, 2, 3}
	probeTwentieths   = [numLevels]uint8{20, 18, 14, 10, 5} // of every 20 ticks so many probe
	capTwentieths     = [numLevels]int{20, 16, 12, 8, 4}    // share of gossip.max_updates
	lhmThreshold      = [numLevels]float64{0, 2, 4, 6, 7}
	lagThreshold      = [numLevels]float64{0, 0.5, 1, 1.5, 2}
)

const (
	lagSamples  = 60
	lagLate     = 0.5 // ratio above which a sample is lagging
	lagCritical = 2.0
	lagNoise    = 0.01 // ratios below this count as 0 until one is above
	fallBelow   = 0.8  // of a threshold, to leave its level
)

// lagMeter is a timer that measures its own lateness: a node that is late at its own alarm should not
// trust its judgement of others.
type lagMeter struct {
	ring       []float32 // the last ratios, allocated at the first one above lagNoise
	n, next    int
	sum        float64
	late, good uint8
	degraded   bool
	levelSince core.Instant
}

// onLag is the alarm: it measures by how much it came late, as a ratio of lag.reference. One late alarm is noise and costs
// health; three in a row are a state, which five good ones end.
func (m *Machine) onLag(due, now core.Instant, fx *core.Effects) {
	m.due[timerLag] = now.Add(m.cfg.Lag.Interval)
	ratio := float64(now.Sub(due)) / float64(m.cfg.Lag.Reference)
	m.lag.add(ratio)
	switch {
	case ratio > lagCritical:
		m.lag.late, m.lag.good = m.lag.late+1, 0
		m.addLHM(2, core.CauseLag, fx)
	case ratio > lagLate:
		m.lag.late, m.lag.good = m.lag.late+1, 0
		m.addLHM(1, core.CauseLag, fx)
	default:
		m.lag.late = 0
		if m.lag.degraded {
			m.lag.good++
		}
	}
	if m.lag.late >= 3 {
		m.lag.late, m.lag.degraded = 3, true
	}
	if m.lag.degraded && m.lag.good >= 5 {
		m.lag.degraded, m.lag.good = false, 0
		m.addLHM(-1, core.CauseRecovered, fx)
	}
	m.regrade(now, fx)
}

// add takes one ratio into the mean of the last 60. A node that is never late, as most are in a simulation of thousands, has
// no ring at all: the sum of nothing is 0.
func (l *lagMeter) add(ratio float64) {
	l.n = min(l.n+1, lagSamples)
	if l.ring == nil {
		if ratio < lagNoise {
			return // all samples so far were next to nothing: no ring needed
		}
		l.ring = make([]float32, lagSamples)
	}
	r := float32(ratio)
	l.sum += float64(r) - float64(l.ring[l.next])
	l.ring[l.next] = r
	l.next = (l.next + 1) % lagSamples
}

func (l *lagMeter) average() float64 {
	if l.n == 0 {
		return 0
	}
	return max(0, l.sum/float64(l.n))
}

// regrade moves the degradation level: the worse of what LHM and lag say, down only well below the
// threshold, and not before the level has lasted.
func (m *Machine) regrade(now core.Instant, fx *core.Effects) {
	// Up by either of the two, through as many levels as they reach; down only when both are below 80 % of the threshold.
	lhm, lag := float64(m.lhm), m.lag.average()
	level := m.level
	for level+1 < numLevels && (lhm >= lhmThreshold[level+1] || lag >= lagThreshold[level+1]) {
		level++
	}
	for level > 0 && level <= m.level &&
		lhm < fallBelow*lhmThreshold[level] && lag < fallBelow*lagThreshold[level] {
		level--
	}
	if level == m.level || m.lag.levelSince != 0 && !passed(now, m.lag.levelSince, m.cfg.Lag.Hold) {
		return
	}
	f := fx.Fact(core.FactDegradation)
	f.Subject = m.self
	f.Put("level", int64(level)).Put("old_level", int64(m.level))
	m.level = level
	m.lag.levelSince = now
	m.judgeOwnHealth(now)
}

// tickProbes spreads the probes of a degraded node evenly over its ticks, without chance.
func (m *Machine) tickProbes() bool {
	m.rateAcc += probeTwentieths[m.level]
	if m.rateAcc < 20 {
		return false
	}
	m.rateAcc -= 20
	return true
}
