package scenarios

import (
	"hypersim/core"
	"hypersim/scenarios/form"
)

// Selector names nodes (spec 40 §8.2). All of its conditions must hold; lists are alternatives.
type Selector struct {
	Any    bool
	IDs    []string // names or globs; nil: any
	Roles  []core.Role
	Sites  []int
	Groups []core.GroupID

	// LeaderOf and State say who of them, when a fault fires (spec 40 §8.2, spec 01 no. 75).
	LeaderOf string // "gates" or "site:<name>": who leads there; "job:<workload>": who leads most of its jobs; "": no matter
	State    string // StateIdle, StateRunning or "owner-of:<workload>"; "": no matter
	Event    string // PartyNode or PartyPeer: who that is in the event that the fault waited for; "": no matter

	Not   *Selector
	All   []*Selector // each must hold
	AnyOf []*Selector // one must hold

	Count      int     // draw this many of what matches; 0: no limit
	Pct        float64 // draw this share, 0–1; 0: no limit
	BySite     bool    // draw evenly from every site
	AllowEmpty bool

	// Fixed is what matches before any draw, in id order: resolved at load; where who matches changes, all who may. Ghosts
	// and clients are only in it when the selector names their ids or role.
	Fixed []core.NodeID

	voters                []core.NodeID   // that LeaderOf means; of jobs all who may lead one,
	peers                 [][]core.NodeID // by cluster
	jobs                  int             // the workload that LeaderOf or State means
	siteNames, groupNames []string
	src                   *form.Node // while loading: where it stands
	key                   string
	bad                   bool // reported already
}

// Draws reports whether the nodes are drawn when the fault fires.
func (s *Selector) Draws() bool { return s.Count > 0 || s.Pct > 0 }

// Resolve returns the nodes that s means at the moment, in id order. Without a draw they are all that match, whoever is
// alive. A draw takes from those of them that are alive: Count, or Pct of all that match, rounded to the nearest and at
// least 1. chance is a draw of the fault's own. Whether a node is taken depends on that and its name, and on nobody's place in
// the list: a candidate more or less changes the choice by at most one. It returns nothing only when nobody is left, or nobody
// matches at the moment.
func (s *Selector) Resolve(nodes []NodeSpec, m Moment, alive func(core.NodeID) bool, chance uint64) []core.NodeID {
	match := s.Fixed
	if s.Moves() {
		match = s.at(nodes, m)
	}
	if !s.Draws() {
		return match
	}
	return s.draw(nodes, match, alive, chance)
}
