package core

import "fmt"

// NodeID names a process. Ids are dense: 0 … N−1 over one run, so that peers live in slices.
type NodeID uint32

// NoNode is the id of nobody, for example the accuser of a claim that has none.
const NoNode NodeID = 1<<32 - 1

// GroupID names a membership group (spec 10 §1). Group 0 is no group: what the federated link sends.
type GroupID uint16

// Role is what a process does in the cluster. The zero value is the most conservative one:
// an unknown role is treated as worker (spec 10 §1).
type Role uint8

// The roles. Clients are never members of a group.
const (
	RoleWorker Role = iota
	RoleManager
	RoleGate
	RoleClient
	NumRoles = 4
)

var roleNames = [NumRoles]string{"worker", "manager", "gate", "client"}

func (r Role) String() string {
	if int(r) < len(roleNames) {
		return roleNames[r]
	}
	return fmt.Sprintf("role(%d)", uint8(r))
}

// ParseRole returns the role that String prints as s.
func ParseRole(s string) (Role, bool) {
	for i, n := range roleNames {
		if n == s {
			return Role(i), true
		}
	}
	return 0, false
}
