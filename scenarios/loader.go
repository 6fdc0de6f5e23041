package scenarios

import (
	"path/filepath"
	"slices"
	"strings"

	"hypersim/core"
	"hypersim/core/swim"
	"hypersim/scenarios/form"
)

// Options change a scenario from outside of its file.
type Options struct {
	Seed     *uint64        // replaces scenario.seed
	Duration *core.Duration // replaces scenario.duration
	Variant  string         // of the file's variants; "" is the first
	Dir      string         // relative paths in sets are meant from here; "" is the working directory
	Input    string         // the text of the scenario "-"
	Alone    bool           // check this run only, not other variants nor the sweep; Variants and Sweep stay empty
}

// loader turns one tree into one Scenario.
type loader struct {
	b        *form.Binding
	root     *form.Node
	pristine *form.Node // the file with sets, before a variant changed it
	sc       *Scenario
	world    worldT
	claims   claimsT
	alt      alternativesT
	proto    *protocol
	applies  map[int]bool   // by index of expect
	encoded  map[string]any // the world in the file's terms, once somebody asked for it
	question string
	alone    bool // see Options
}

func newLoader(root *form.Node, file string, opt Options) *loader {
	return &loader{
		b:     &form.Binding{Dir: filepath.Dir(file), SetDir: opt.Dir},
		root:  root,
		sc:    &Scenario{File: file},
		alone: opt.Alone,

		applies: map[int]bool{},
	}
}

func (l *loader) flat() bool { return l.proto.base.Swim.Membership.Topology == swim.TopologyFlat }

// hasProblem reports whether something below a section is wrong already.
func (l *loader) hasProblem(section string) bool {
	return slices.ContainsFunc(l.b.Problems, func(p form.Problem) bool {
		return p.Key == section || strings.HasPrefix(p.Key, section+".")
	})
}

// offFault reports whether a fault exists in the file but not in this variant.
func (l *loader) offFault(id string) bool {
	if l.pristine == nil || id == "" {
		return false
	}
	faults := l.pristine.Kid("fault")
	return faults != nil && slices.ContainsFunc(faults.Items, func(n *form.Node) bool { s, _ := n.Kid("id").Text(); return s == id })
}
