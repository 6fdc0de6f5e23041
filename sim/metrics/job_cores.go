package metrics

import (
	"math"

	"hypersim/core"
	"hypersim/core/workflow"
	"hypersim/sim/metrics/words"
)

// cores is how busy workers are.
type cores struct {
	held []int // by node
	up   []bool
	site []siteCores

	at       core.Instant // misplaced work is added up until then
	missed   float64      // core-seconds that were waited for while so many were free
	capacity float64      // core-seconds

	shards int           // that ended by themselves
	ran    core.Duration // how long they took together
}

// siteCores adds up the core-seconds of a site since its last sample.
type siteCores struct {
	at             core.Instant
	held, there    int
	heldFor, upFor float64 // core-seconds
	workers        int
	managers       int // that run
	waits          int // cores that ready workflows wait for
}

func (j *jobs) initCores() {
	j.cores.held, j.cores.up, j.cores.site = make([]int, len(j.ctx.Nodes)), make([]bool, len(j.ctx.Nodes)), make([]siteCores, len(j.sites))
}

// settleCores adds up to now what goes on at a site.
func (j *jobs) settleCores(now core.Instant, site int) *siteCores {
	s := &j.cores.site[site]
	d := seconds(now.Sub(s.at))
	s.heldFor += float64(float64(s.held) * d)
	s.upFor += float64(float64(s.there) * d)
	s.at = now
	return s
}

// misplace adds up to now how much work waited while there was room somewhere (02-4). A datacenter without a manager or a
// worker that runs is none that work could go to.
func (j *jobs) misplace(now core.Instant) {
	waits, free, all := 0, 0, 0
	for i := range j.cores.site {
		if s := &j.cores.site[i]; s.managers > 0 && s.there > 0 {
			waits, free, all = waits+s.waits, free+max(0, s.there-s.held), all+s.there
		}
	}
	d := seconds(now.Sub(j.cores.at))
	j.cores.missed += float64(float64(min(waits, free)) * d)
	j.cores.capacity += float64(float64(all) * d)
	j.cores.at = now
}

// settleWait brings up to date whether a workflow waits for cores. over: its job has ended for its client.
func (j *jobs) settleWait(now core.Instant, x *flow, over bool) {
	waits := !over && x.ready != core.Never && x.state == workflow.Pending
	if waits == x.waits {
		return
	}
	j.misplace(now)
	n := 1
	if t := &j.state[x.job]; int(x.place) < len(t.cores) {
		n = max(1, t.cores[x.place])
	}
	if x.waits = waits; !waits {
		n = -n
	}
	j.cores.site[x.site].waits += n
}

// take notes that shards at worker n hold so many cores more.
func (j *jobs) take(now core.Instant, n core.NodeID, by int) {
	j.misplace(now)
	s := j.settleCores(now, j.ctx.Nodes[n].SiteIndex)
	s.held += by
	j.cores.held[n] += by
}

func (j *jobs) nodeStarted(now core.Instant, n core.NodeID) {
	j.worker(now, n, true)
	if j.roles[n] == core.RoleManager {
		j.misplace(now)
		j.cores.site[j.ctx.Nodes[n].SiteIndex].managers++
	}
}

func (j *jobs) nodeEnded(now core.Instant, n core.NodeID) {
	j.worker(now, n, false)
	if j.roles[n] == core.RoleManager {
		j.leaderless(now, n)
		j.misplace(now)
		j.cores.site[j.ctx.Nodes[n].SiteIndex].managers--
	}
}

func (j *jobs) worker(now core.Instant, n core.NodeID, up bool) {
	x := &j.ctx.Nodes[n]
	if x.Cores == 0 || x.Role != core.RoleWorker || j.cores.up[n] == up {
		return
	}
	j.misplace(now)
	s := j.settleCores(now, x.SiteIndex)
	j.cores.up[n] = up
	if up {
		s.there += x.Cores
		s.workers++
	} else {
		s.there -= x.Cores
		s.workers--
	}
}

// sample tells how busy the workers of each site are.
func (j *jobs) sample(now core.Instant, _ Probe) {
	j.misplace(now)
	if c := &j.cores; c.capacity > 0 {
		o := blank(words.MisplacedCores, now, c.missed/c.capacity)
		o.Weight, o.Event = uint32(max(1, c.capacity+0.5)), j.samples
		j.keep(&o)
		j.point(now, words.MisplacedCores, "", o.Value)
		c.missed, c.capacity = 0, 0
	}
	var loads []Value
	for site := range j.cores.site {
		s := j.settleCores(now, site)
		if s.upFor > 0 {
			o := blank(words.Utilisation, now, s.heldFor/s.upFor)
			o.Weight, o.Event, o.SiteA = uint32(max(1, s.upFor+0.5)), j.samples, int16(site)
			j.keep(&o)
			j.point(now, words.Utilisation, "dc="+j.sites[site], o.Value)
			o.Metric = words.LoadCV
			j.keep(&o)
			loads = append(loads, Value{o.Value, 1})
		}
		s.heldFor, s.upFor = 0, 0
		j.levelsOf(now, words.CoresInUse, site, func(n int) int { return j.cores.held[n] })
		j.levelsOf(now, words.Cores, site, func(n int) int { return j.ctx.Nodes[n].Cores })
	}
	if v := variation(loads); !math.IsNaN(v) {
		j.point(now, words.LoadCV, "", v)
	}
}

// levelsOf stores what each running worker of a site has.
func (j *jobs) levelsOf(now core.Instant, m words.Metric, site int, of func(node int) int) {
	if j.cores.site[site].workers == 0 {
		return
	}
	h := j.histogram[:0]
	for n := range j.ctx.Nodes {
		if j.cores.up[n] && j.ctx.Nodes[n].SiteIndex == site {
			h = append(h, Value{float64(of(n)), 1})
		}
	}
	j.histogram = h
	j.distribution(m, now, h, func(o *Observation) { o.SiteA = int16(site) })
	j.levels(now, m, "dc="+j.sites[site], h)
}
