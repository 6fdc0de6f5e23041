package explore

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/trace"
)

// Base is a scenario that faults are added to, in place of a world that is drawn.
type Base struct {
	text, name string
	world      world // its sites and how many nodes each has
	from, to   int   // s, in which faults begin and end
}

// NewBase makes the text of a scenario ready for faults. Its own faults stay. Groups count as large as they are in the
// smallest of its sites.
func NewBase(text, name string) (*Base, error) {
	sc, err := scenarios.Parse(text, name, nil, scenarios.Options{Alone: true})
	if err != nil {
		return nil, err
	}
	b := &Base{text: text, name: name}
	count := map[string]map[core.Role]int{}
	for i := range sc.Nodes {
		n := &sc.Nodes[i]
		site, _, _ := strings.Cut(n.Name, "/")
		if count[site] == nil {
			count[site] = map[core.Role]int{}
			b.world.names = append(b.world.names, site)
		}
		count[site][n.Role]++
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
	b.world.gates, b.world.managers, b.world.workers = least(core.RoleGate), least(core.RoleManager), least(core.RoleWorker)
	calm := max(sc.Settle, sc.Duration/4)
	b.from, b.to = int(sc.Duration.Seconds()/20)+1, int((sc.Duration - calm).Seconds())
	if b.to-b.from <= longestFate {
		return nil, errors.New("the scenario is too short: faults of up to 25 s have to fit between its first twentieth and what it keeps to settle")
	}
	return b, nil
}

// Text is the scenario file of a run.
func (b *Base) Text(n Name) string {
	if b == nil {
		return n.Text()
	}
	w := b.world
	t := &trouble{w: &w, from: b.from, to: b.to}
	t.all(n)
	return strings.TrimRight(b.text, "\n") + "\n" + w.text.String()
}

func (b *Base) file() string {
	if b == nil {
		return "explored.toml"
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
