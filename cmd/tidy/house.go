package main

import (
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"
)

// room is one row of the house's import table (ADR-0001). Folders are relative to the module. A
// pattern "x" is the package x, "x/*" the packages one level below it, "x/..." x and all below it; in
// allow the first pattern that matches decides, and "!x" refuses. A room whose row says "/..." may also import below itself.
type room struct {
	at    string
	allow []string // packages of this module
	third []string // modules or packages of others; anyOther for all
	deny  []string // packages of the standard library, each with all below it
}

const anyOther = "..."

// deprecatedRand is deleted upstream one day (ADR-0002): one file imports it.
const deprecatedRand = "golang.org/x/exp/rand"

var (
	chance   = []string{"math/rand", "crypto/rand", "hash/maphash"} // drawn from core/rng instead
	coreDeny = append([]string{"os", "net", "log", "sync", "context", "unsafe"}, chance...)
	simAllow = []string{"!sim/world/...", "sim/...", "core", "core/rng", "core/xmath", "core/estimate"}
	simDeny  = append([]string{"net", "sync"}, chance...)
)

// house lists the rooms, the more particular first. A package in none of them has no place yet.
var house = []room{
	{at: "core", deny: coreDeny},
	{at: "core/xmath/...", deny: coreDeny},
	{at: "core/rng/...", allow: []string{"core", "core/xmath"}, third: []string{deprecatedRand}, deny: coreDeny},
	{at: "core/estimate/...", allow: []string{"core", "core/rng", "core/xmath"}, deny: coreDeny},
	{at: "core/indexed/...", deny: coreDeny},
	{at: "core/spread/...", allow: []string{"core", "core/xmath"}, deny: coreDeny},
	{at: "core/fence/...", allow: []string{"core", "core/indexed"}, deny: coreDeny},
	{at: "core/call/...", allow: []string{"core", "core/indexed", "core/rng", "core/xmath"}, deny: coreDeny},
	{at: "core/job/...", allow: []string{"core", "core/call", "core/fence", "core/indexed", "core/rng", "core/xmath"}, deny: coreDeny},
	{at: "core/node/...", allow: []string{"!core/coretest", "core/..."}, deny: coreDeny},
	{at: "core/coretest/mutants/..."}, // builds machines anew: it is for tests alone, and needs files for that
	{at: "core/coretest/...", allow: []string{"core/..."}, third: []string{"pgregory.net/rapid"}, deny: coreDeny},
	// A mechanism may stand on another; which one is its doc.go's to say, and Go refuses circles.
	{at: "core/...", allow: []string{"!core/node", "!core/coretest", "core", "core/*"}, deny: coreDeny},

	{at: "sim/world/...", allow: []string{"!core/coretest", "sim/...", "core/...", "scenarios", "topologies"},
		third: []string{anyOther}, deny: chance},
	// The vocabulary of metrics runs nothing: rooms that may not see a run import it, too.
	{at: "sim/metrics/words/...", allow: []string{"core", "core/job"}, deny: simDeny},
	// What is said of jobs is said in the words of the job layer.
	{at: "sim/metrics/...", allow: append([]string{"core/statbuf", "core/pressure", "core/job", "core/call", "core/cancel", "core/dispatch", "core/replica", "core/election", "core/jobtimeout", "core/routing", "core/workflow"}, simAllow...), deny: simDeny},
	{at: "sim/check/...", allow: append([]string{"core/admission", "core/overload", "core/statbuf", "core/pressure", "core/job", "core/cancel", "core/call", "core/election", "core/federated", "core/health", "core/jobtimeout", "core/dispatch", "core/replica", "core/registry", "core/routing", "core/workflow"}, simAllow...), deny: simDeny},
	{at: "sim/workload/...", allow: []string{"core", "core/job", "core/rng", "core/xmath"}, deny: simDeny},
	{at: "sim/...", allow: simAllow, deny: simDeny},

	{at: "scenarios/claim/...", allow: []string{"core"}},
	{at: "scenarios/form/...", allow: []string{"topologies/tomlpos", "core", "core/xmath"}, third: []string{anyOther}},
	{at: "scenarios/...", allow: []string{"!core/coretest", "topologies/...", "core/...", "sim/fault", "sim/metrics/words"}, third: []string{anyOther}},
	{at: "topologies/...", allow: []string{"!core/coretest", "core/..."}, third: []string{anyOther}},
	{at: "analysis/...", allow: []string{"analysis/...", "scenarios/claim", "sim/fault", "sim/trace", "sim/metrics", "sim/metrics/words", "topologies/input", "core", "core/rng", "core/xmath"}, third: []string{anyOther}},
	{at: "cmd/...", allow: []string{"..."}, third: []string{anyOther}},
}

// imports holds the files of the package at folder to the table.
func (c *inspection) imports(folder string, files []*ast.File) {
	i := slices.IndexFunc(house, func(r room) bool { return matches(r.at, folder) })
	if i < 0 {
		c.report(files[0].Name, "no room %s in the house: give it a row in cmd/tidy/house.go and a word in docs/adr", folder)
		return
	}
	r, seen := house[i], false
	for _, f := range files {
		for _, spec := range f.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue // the parser refused it already
			}
			if why := r.refuses(folder, name); why != "" {
				c.report(spec, "%s may not import %s: %s", folder, name, why)
			} else if name == deprecatedRand && seen {
				c.report(spec, "only one file imports %s (ADR-0002)", name)
			}
			seen = seen || name == deprecatedRand
		}
	}
}

// refuses says why the package at folder, in room r, may not import name, or "".
func (r room) refuses(folder, name string) string {
	inside, own := strings.CutPrefix(name, module+"/")
	first, _, _ := strings.Cut(name, "/")
	switch {
	case own && strings.HasSuffix(r.at, "/...") && isUnder(inside, folder): // below itself
		return ""
	case own && !allows(r.allow, inside):
		return "the import table gives it " + orNothing(r.allow)
	case own:
		return ""
	case !strings.Contains(first, "."): // the standard library has no dot before its first slash
		if slices.ContainsFunc(r.deny, func(d string) bool { return isUnder(name, d) }) {
			return "what it brings differs between machines or processes"
		}
		return ""
	case name == deprecatedRand && !slices.Contains(r.third, name):
		return "draw from a core/rng stream (ADR-0002)"
	case slices.Contains(r.third, anyOther), slices.Contains(r.third, name):
		return ""
	}
	return "this room stands on the standard library alone"
}

func orNothing(allow []string) string {
	if len(allow) == 0 {
		return "nothing of the module"
	}
	return strings.Join(allow, " ")
}

func allows(patterns []string, folder string) bool {
	for _, p := range patterns {
		refused, no := strings.CutPrefix(p, "!")
		if matches(refused, folder) {
			return !no
		}
	}
	return false
}

func matches(pattern, folder string) bool {
	if pattern == "..." {
		return true
	}
	if below, ok := strings.CutSuffix(pattern, "/..."); ok {
		return isUnder(folder, below)
	}
	ok, err := path.Match(pattern, folder)
	return ok && err == nil
}
