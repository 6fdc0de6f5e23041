package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

// cores is how busy workers are.
type cores struct {
	held []int // by node
	up   []bool
	site []siteCores
}

// siteCores adds up the core-seconds of a site since its last sample.
type siteCores struct {
	at             core.Instant
	held, there    int
	heldFor, upFor float64 // core-seconds
	workers        int
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

// take notes that shards at worker n hold so many cores more.
func (j *jobs) take(now core.Instant, n core.NodeID, by int) {
	s := j.settleCores(now, j.ctx.Nodes[n].SiteIndex)
	s.held += by
	j.cores.held[n] += by
}

func (j *jobs) nodeStarted(now core.Instant, n core.NodeID) { j.worker(now, n, true) }

func (j *jobs) nodeEnded(now core.Instant, n core.NodeID) {
	j.worker(now, n, false)
	if j.roles[n] == core.RoleManager {
		j.leaderless(now, n)
	}
}

func (j *jobs) worker(now core.Instant, n core.NodeID, up bool) {
	x := &j.ctx.Nodes[n]
	if x.Cores == 0 || x.Role != core.RoleWorker || j.cores.up[n] == up {
		return
	}
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
	for site := range j.cores.site {
		s := j.settleCores(now, site)
		if s.upFor > 0 {
			o := blank(words.Utilisation, now, s.heldFor/s.upFor)
			o.Weight, o.Event, o.SiteA = uint32(max(1, s.upFor+0.5)), j.samples, int16(site)
			j.keep(&o)
			j.point(now, words.Utilisation, "dc="+j.sites[site], o.Value)
		}
		s.heldFor, s.upFor = 0, 0
		j.levelsOf(now, words.CoresInUse, site, func(n int) int { return j.cores.held[n] })
		j.levelsOf(now, words.Cores, site, func(n int) int { return j.ctx.Nodes[n].Cores })
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
