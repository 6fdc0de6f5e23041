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

// edit is a piece of text that stands once in a file, and what stands there instead.
type edit struct{ file, text, instead string }

// guards are what else is taken away with a bug, by its name: lines that keep its sentence as well. With one of two guards gone nothing is
// wrong yet, and there is nothing to find. Each is in a function of its own.
var guards = map[string][]edit{
	"lease-keeps-nobody-out":  {{"core/replica/resync.go", "(r.lease <= now || m.gone(r.holder()))", "true"}},
	"cores-twice":             {{"core/dispatch/capacity.go", "\t\tn -= int(c.flights[i].cores)\n", "\t\t_ = i\n"}},
	"retries-the-user":        {{"core/workflow/retry.go", "\tdefault:\n\t\treturn false\n", "\tdefault:\n\t\treturn true\n"}},
	"starts-while-cancelling": {{"core/node/manager/lifecycle.go", " || x.state == job.StateCancelling || x.state.Terminal() {", " {"}},
	"two-ends":                {{"core/node/client/ending.go", "\tcase x.state.Over():\n\t\tif x.state.Local()", "\tcase x.state.Local():\n\t\tif x.state.Local()"}},
	"latches": {
		{"core/pressure/table.go", "\tif !t.Latches {\n\t\tt.list =", "\tif t.Latches {\n\t\tt.list ="},
		{"core/pressure/table.go", "s.level != job.PressureNone && !t.Latches", "s.level != job.PressureNone && t.Latches"},
	},
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
	text := b.file + "\n" + b.text + "\n" + b.instead
	for _, e := range guards[b.name] {
		text += "\n" + e.file + "\n" + e.text + "\n" + e.instead
	}
	sum := sha256.Sum256([]byte(text))
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
