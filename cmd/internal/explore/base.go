package explore

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"hypersim/core"
	"hypersim/core/swim"
	"hypersim/scenarios"
	"hypersim/scenarios/form"
	"hypersim/sim/trace"
)

// Base is a scenario that faults are added to, in place of a world that is drawn.
type Base struct {
	text, name string
	head       int    // where what stands below [scenario] begins in text
	rests      bool   // it says itself when a run has come to rest
	span       string // how long a run is and settles, where that is longer than the scenario says: lines below [scenario]
	world      world  // its sites and how many nodes each has
	from, to   int    // s, in which faults begin and end
}

// NewBase makes the text of a scenario ready for faults. Its own faults stay. Groups count as large as they are in the
// smallest of its sites.
func NewBase(text, name string) (b *Base, err error) {
	sc, err := scenarios.Parse(text, name, nil, scenarios.Options{Alone: true})
	if err != nil {
		return nil, err
	}
	defer func() { // a problem of the text names its line already
		if err != nil && b == nil {
			err = fmt.Errorf("%s: %w", name, err)
		}
	}()
	if len(sc.Nodes) < 2 {
		return nil, errors.New("it has a single node: there is nobody to cut it off from")
	}
	b = &Base{text: alone(text), name: name}
	b.world.cancels = slices.ContainsFunc(sc.Workloads, func(w scenarios.Workload) bool { return w.Kind == scenarios.WorkloadCancel })
	b.world.flat = sc.Protocol.Default().Swim.Membership.Topology == swim.TopologyFlat
	count := map[string]map[core.Role]int{}
	for i := range sc.Nodes {
		n := &sc.Nodes[i]
		site, _, _ := strings.Cut(n.Name, "/")
		if count[site] == nil {
			count[site] = map[core.Role]int{}
			b.world.names = append(b.world.names, site)
		}
		count[site][n.Role]++
		b.world.jobs = b.world.jobs || n.Role == core.RoleClient
	}
	b.world.names = slices.DeleteFunc(b.world.names, func(site string) bool { return count[site][core.RoleManager] == 0 })
	b.world.sites = len(b.world.names)
	least := func(r core.Role) int {
		n := 1 << 30
		for _, site := range b.world.names {
			n = min(n, count[site][r])
		}
		return n
	}
	if b.world.sites == 0 {
		return nil, errors.New("no site has managers: there is nothing to break that invariants are about")
	}
	if b.head = headOf(b.text); b.head < 0 {
		return nil, errors.New("it needs a line with [scenario] alone, below which the seed of a run is written")
	}
	b.rests = sc.Rest > 0
	own := sc
	const seed = 7919 // any but the default
	if sc, err = scenarios.Parse(b.seeded(Name{Seed: seed}), name, nil, scenarios.Options{Alone: true}); err != nil || sc.Seed != seed {
		return nil, errors.Join(errors.New("the seed of a run cannot be written below [scenario]: let it be one plain line, seed = 1"), err)
	}
	b.world.gates, b.world.managers, b.world.workers = least(core.RoleGate), least(core.RoleManager), least(core.RoleWorker)
	calm := max(sc.Settle, sc.Duration/4)
	b.from, b.to = max(int(sc.Duration.Seconds()/20)+1, int(math.Ceil(sc.Warmup.Seconds()))), int((sc.Duration - calm).Seconds())
	if b.to-b.from <= longestFate {
		return nil, fmt.Errorf("the scenario is too short: faults of up to %d s have to fit between %d s, when its warm-up and its first twentieth are over, and %d s, from when on it settles",
			longestFate, b.from, b.to)
	}
	b.settles(own)
	return b, nil
}

// settles gives runs the time in which everything has to have converged after what faults do (spec 20 §12), as drawn worlds have it: a
// scenario settles as long as its own faults ask for. Work that goes on to the end of the scenario ends where that begins to settle, or
// nothing would ever be over. Where it cannot be written so, runs are as the scenario is.
func (b *Base) settles(sc *scenarios.Scenario) {
	const calm = core.Duration(quiescence+spare) * 1e9
	if sc.Settle >= calm {
		return
	}
	end := sc.Duration - sc.Settle
	longer := *b
	longer.span = fmt.Sprintf("duration = %q\nsettle = %q\n", form.FormatDuration(end+calm), form.FormatDuration(calm))
	var goesOn []int
	for i := range sc.Workloads {
		if w := &sc.Workloads[i]; w.To == sc.Duration && w.Kind != scenarios.WorkloadCancel {
			goesOn = append(goesOn, w.Index)
		}
	}
	longer.text = ended(b.text, goesOn, form.FormatDuration(end))
	longer.head = headOf(longer.text)
	have, err := scenarios.Parse(longer.seeded(Name{}), b.name, nil, scenarios.Options{Alone: true})
	if err != nil || have.Settle != calm || slices.ContainsFunc(have.Workloads, func(w scenarios.Workload) bool {
		return w.To > have.Duration-calm && w.Kind != scenarios.WorkloadCancel
	}) {
		return
	}
	*b = longer
}

// ended is a text in which the workloads of those places end at an instant.
func ended(text string, places []int, at string) string {
	var out strings.Builder
	place := -1
	for line := range strings.Lines(text) {
		out.WriteString(line)
		if workloadLine.MatchString(line) {
			if place++; slices.Contains(places, place) {
				fmt.Fprintf(&out, "to = %q\n", at)
			}
		}
	}
	return out.String()
}

// Text is the scenario file of a run.
func (b *Base) Text(n Name) string {
	if b == nil {
		return n.Text()
	}
	w := b.world
	t := &trouble{w: &w, from: b.from, to: b.to}
	t.all(n)
	return strings.TrimRight(b.seeded(n), "\n") + "\n" + w.text.String()
}

var (
	headLine = regexp.MustCompile(`(?m)^[ \t]*\[[ \t]*scenario[ \t]*\][ \t]*(#.*)?\r?$\n?`)
	seedLine = regexp.MustCompile(`(?m)^[ \t]*seed[ \t]*=.*$\n?`)
	spanLine = regexp.MustCompile(`(?m)^[ \t]*(duration|settle)[ \t]*=.*$\n?`)
	nextLine = regexp.MustCompile(`(?m)^[ \t]*\[`)
)

var (
	tableLine    = regexp.MustCompile(`^[ \t]*\[\[?[ \t]*([A-Za-z0-9_-]+)[^,]*\]\]?[ \t]*(#.*)?$`)
	workloadLine = regexp.MustCompile(`^[ \t]*\[\[[ \t]*workload[ \t]*\]\]`)
	ofMany       = []string{"variant", "sweep", "compare", "expect"}
)

// alone is a text without what is about other runs than its own, and without expectations: invariants judge a run with faults, and another
// variant may lack the nodes that they name.
func alone(text string) string {
	var left strings.Builder
	leaves := false
	for line := range strings.Lines(text) {
		if m := tableLine.FindStringSubmatch(strings.TrimRight(line, "\r\n")); m != nil {
			leaves = slices.Contains(ofMany, m[1])
		}
		if !leaves {
			left.WriteString(line)
		}
	}
	return left.String()
}

// headOf returns where what stands below [scenario] begins, -1 if there is no such line.
func headOf(text string) int {
	if at := headLine.FindStringIndex(text); at != nil {
		return at[1]
	}
	return -1
}

// seeded is the text with the seed of a run, and when that has come to rest: a file says all that its run follows from.
func (b *Base) seeded(n Name) string {
	head, rest := b.text[b.head:], ""
	if at := nextLine.FindStringIndex(head); at != nil {
		head, rest = head[:at[0]], head[at[0]:]
	}
	if at := seedLine.FindStringIndex(head); at != nil {
		head = head[:at[0]] + head[at[1]:]
	}
	if b.span != "" {
		head = spanLine.ReplaceAllString(head, "")
	}
	own := fmt.Sprintf("seed = %d\n", n.Seed) + b.span
	if s := n.rest(); s > 0 && !b.rests {
		own += fmt.Sprintf("rest = \"%ds\"\n", s)
	}
	return b.text[:b.head] + own + head + rest
}

func (b *Base) file() string {
	if b == nil {
		return "explored.toml"
	}
	return b.name
}

// origin is the file that a base was made from, "" where worlds are drawn.
func (b *Base) origin() string {
	if b == nil {
		return ""
	}
	return b.name
}

func (b *Base) identity() string {
	if b == nil {
		return ""
	}
	sum := sha256.Sum256([]byte(b.text))
	return hex.EncodeToString(sum[:8])
}

func sinks(s *reached) []trace.Sink { return []trace.Sink{s} }
