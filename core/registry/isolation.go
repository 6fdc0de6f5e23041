package registry

import (
	"hypersim/core"
	"hypersim/core/call"
)

// Bar is why somebody is not let in (spec 30 §11.1), in the order in which it is asked.
type Bar uint8

// Bars.
const (
	BarNone Bar = iota
	BarCluster
	BarEnvironment
	BarCertificate
	BarClaims
	BarRole

	NumBars = 6
)

var barNames = [NumBars]string{"none", "cluster_mismatch", "environment_mismatch", "certificate_missing", "claims_mismatch", "role_denied"}

func (b Bar) String() string {
	if int(b) < len(barNames) {
		return barNames[b]
	}
	return "unknown"
}

// Papers are what a process shows of itself with each connection that it opens: ids of its cluster and its environment, its
// role, and what its certificate says of that.
type Papers struct {
	Cluster, Environment uint64 // digests of their names
	Role, Claims         core.Role
	Certified            bool
}

// Door is whom a process lets in.
type Door struct {
	Papers        // its own
	Strict   bool // nobody without a certificate
	Gateless bool // there are no gates: managers do for clients what they do (30/D34)
}

// Papers are those of a process of c in a role.
func (c *Config) Papers(r core.Role) Papers {
	h := c.Handshake(Current)
	p := Papers{Cluster: h.Cluster, Environment: h.Environment, Role: r, Claims: r, Certified: c.Isolation.Certificate != CertificateNone}
	if claimed, ok := core.ParseRole(string(c.Isolation.Certificate)); ok {
		p.Claims = claimed
	}
	return p
}

// Judge says why a message of somebody with these papers is not taken, or BarNone. Requests alone open anything: an answer
// comes on a connection that is open.
func (d *Door) Judge(p *Papers, request bool) Bar {
	switch {
	case p.Cluster != d.Cluster:
		return BarCluster
	case p.Environment != d.Environment:
		return BarEnvironment
	case d.Strict && !p.Certified:
		return BarCertificate
	case p.Certified && p.Claims != p.Role:
		return BarClaims
	case request && !May(p.Role, d.Role, d.Gateless):
		return BarRole
	}
	return BarNone
}

// May reports whether a process of one role may ask one of another anything (spec 30 §11.2).
func May(from, to core.Role, gateless bool) bool {
	switch from {
	case core.RoleClient:
		return to == core.RoleGate || to == core.RoleManager && gateless
	case core.RoleGate:
		return to != core.RoleWorker
	case core.RoleManager:
		return true
	case core.RoleWorker:
		return to == core.RoleManager
	}
	return false
}

// Answer is what is said to who is not let in: what did not fit, and what was expected.
func (d *Door) Answer(b Bar) call.Answer {
	switch b {
	case BarRole:
		return call.Answer{Code: call.CodeRoleDenied}
	case BarCluster:
		return call.Answer{Code: call.CodeIsolation, Check: uint8(b), Current: d.Cluster}
	case BarEnvironment:
		return call.Answer{Code: call.CodeIsolation, Check: uint8(b), Current: d.Environment}
	default:
		return call.Answer{Code: call.CodeIsolation, Check: uint8(b)}
	}
}
