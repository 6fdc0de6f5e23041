package swim

import (
	"fmt"
	"strings"

	"hypersim/core"
)

// metrics prints what ConfirmationMetrics says of node, by role of the peer.
func (s *stage) metrics(node string) string {
	c := s.m[node].ConfirmationMetrics()
	var b strings.Builder
	fmt.Fprintf(&b, "unconfirmed %d, stale %d, confirmed %d\n", c.Unconfirmed, c.Stale, c.Confirmed)
	for r := range core.RoleClient {
		fmt.Fprintf(&b, "%v: unconfirmed %d confirmed %d proactive %d attempts %d success %d", r, c.ByRole[r],
			c.ConfirmedByRole[r], c.Proactive[r], c.Attempts[r], c.Success[r])
		for reason, n := range c.Removed[r] {
			if n > 0 {
				fmt.Fprintf(&b, "; removed %d %v", n, Removal(reason))
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (s *stage) auditLog(node string) string {
	var b strings.Builder
	for _, e := range s.m[node].AuditLog(nil) {
		fmt.Fprintf(&b, "%v %s %v -> %v(%d) %v", e.At, s.bench.Name(e.Subject), e.From, e.To, e.Incarnation, e.Cause)
		if e.Accuser != core.NoNode {
			fmt.Fprintf(&b, " by %s", s.bench.Name(e.Accuser))
		}
		b.WriteString("\n")
	}
	return b.String()
}

var removalNames = [NumRemovals]string{
	"exhausted_proactive_attempts", "passive_timeout_expired", "gossip_dead", "gossip_left", "evicted",
}

func (r Removal) String() string { return removalNames[r] }
