package main

import (
	"crypto/sha256"
	"encoding/hex"
)

// bug is a change of the program that breaks a sentence of the specification.
type bug struct {
	name     string
	sentence string // what it breaks, and where that is said
	file     string // from the root of the module
	text     string // stands there once
	instead  string
}

// room is a part of the program, and what is planted there.
type room struct {
	name string
	bugs []bug
}

// rooms are all of them, in the order of the table.
var rooms = []room{
	{"membership", membership}, {"coordinates", coordinates}, {"leadership", leadership}, {"jobs", jobs}, {"timeouts", timeouts},
	{"routing", routing}, {"flow", flow}, {"the simulated world", worldBugs},
}

// identity tells a bug from what it was before somebody changed it.
func (b *bug) identity() string {
	sum := sha256.Sum256([]byte(b.file + "\n" + b.text + "\n" + b.instead))
	return hex.EncodeToString(sum[:6])
}

// all are the bugs of all rooms; the program knows them by their places, from 1 on.
func all() (list []*bug) {
	for _, r := range rooms {
		for i := range r.bugs {
			list = append(list, &r.bugs[i])
		}
	}
	return list
}
