package vivaldi

import "hypersim/core"

// Promise adds to p the bounds of coordinates that c makes.
func (c *Config) Promise(p *core.Promises) {
	p.Coordinates, p.WorkerCoordinates = c.Enabled, c.Workers
	p.HeightMin, p.ErrorMin, p.ErrorMax = c.HeightMin.Seconds(), c.ErrorMin, c.ErrorMax
	if c.Engine == EngineHyperscale { // it has no height, and its error is in seconds (spec 10 §11)
		p.HeightMin, p.ErrorMin, p.ErrorMax = 0, c.HyperErrorMin.Seconds(), c.HyperErrorMax.Seconds()
	}
}
