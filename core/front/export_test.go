package front

import "hypersim/core"

// Look is a wake-up that comes whether it was asked for or not.
func (s *Server) Look(now core.Instant, fx *core.Effects) {
	s.advance(now, fx)
	s.arm()
}
