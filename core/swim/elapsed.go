package swim

import "hypersim/core"

// A local clock may be set back. What was noted then lies in the future; nobody may be made to wait for it, and nothing
// may seem to be as old as the clock can count.

// passed reports whether d has passed since then. If the clock was set back meanwhile it has: what is limited to once
// per d is allowed once too often rather than not at all.
func passed(now, since core.Instant, d core.Duration) bool { return now < since || now.Sub(since) >= d }

// age is how many ms ago local ms since was, and 0 if the clock was set back behind it.
func age(now core.Instant, since uint32) uint32 { return uint32(max(0, int32(millis(now)-since))) }
