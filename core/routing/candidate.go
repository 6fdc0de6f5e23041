package routing

import "hypersim/core"

// Candidate is what a decision knew of one datacenter, and what it made of it (spec 30 §4.2, §4.11).
type Candidate struct {
	Site        uint16
	Class       Class
	Why         ClassReason
	Verdict     Verdict
	Exclusion   Exclusion
	Coordinate  bool // the distance to it is known
	Preferred   bool // by the client, and of the primary class
	ByScore     bool // Score is one; else it is the rank
	Managers    int32
	Open        int32 // managers whose breakers are open
	Usable      int32
	Rank        int32 // in its class, from 1
	Available   uint32
	Total       uint32
	Reserved    uint32 // cores, taken off Available
	Queue       uint32 // with what is reserved
	Leader      core.NodeID
	LHM         float64
	RTT         float64 // ms, upper bound
	Quality     float64
	Util        float64
	QueueNorm   float64
	Breakers    float64
	Load        float64
	Doubt       float64
	Preference  float64
	Cool        float64
	CoolingLeft core.Duration
	Raw         float64
	Score       float64
	draw        float64
}

// Weigh computes the factors and the score of c from what is known of it.
func (c *Candidate) Weigh(k *Keys) { k.weigh(c) }

// weigh computes the factors of c from what is known of it (spec 30 §4.6, spec 02 no. 13).
func (k *Keys) weigh(c *Candidate) {
	c.Util = 1
	if c.Total > 0 {
		c.Util = 1 - min(1, float64(c.Available)/float64(c.Total))
	}
	c.QueueNorm = float64(c.Queue) / float64(max(c.Total, 1))
	c.Breakers = float64(c.Open) / float64(max(c.Managers, 1))
	c.Load = k.load(c.Util, c.QueueNorm, c.Breakers)
	c.Doubt = min(1+float64(k.Doubt*(1-c.Quality)), k.DoubtMax)
	c.Preference = 1
	if c.Preferred {
		c.Preference = k.Preference
	}
	c.Cool = 1
	if c.CoolingLeft > 0 {
		c.Cool = k.Penalty
	}
	c.Raw = float64(float64(float64(c.RTT*c.Load)*c.Doubt) * c.Preference)
	c.Score = float64(c.Raw * c.Cool)
	c.ByScore = true
}

func (k *Keys) load(util, queue, breakers float64) float64 {
	return min(1+float64(k.Util*util)+float64(k.Queue*queue)+float64(k.Breakers*breakers), k.LoadMax)
}

// free is the share of free cores by which candidates are ordered in bootstrap (spec 30 §4.7).
func (k *Keys) free(c *Candidate) float64 {
	if c.Total == 0 {
		return 0
	}
	free := float64(c.Available) / float64(c.Total)
	if c.Preferred {
		free = min(1, free/k.Preference)
	}
	return free
}
