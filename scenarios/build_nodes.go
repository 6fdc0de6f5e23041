package scenarios

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"hypersim/scenarios/form"

	"hypersim/core"
	"hypersim/core/rng"
)

// nodesMax refuses mistakes before they allocate; spec 50 §9 asks for 100,000.
const nodesMax = 250_000

// cluster counts the processes of every site and builds the node table; it returns false if there is none.
func (l *loader) cluster(flat bool) bool {
	t, sc := &l.world.Cluster, l.sc
	n := l.root.Kid("cluster")
	before := len(l.b.Problems)
	sc.Cluster = Cluster{
		Gateless: t.Gateless, CoresPerWorker: t.CoresPerWorker, Formed: t.Start.Mode == "formed",
		Settled: t.Start.Coordinates == "settled", ColdOver: t.Start.Over,
	}
	for _, name := range t.Start.Order {
		r, _ := core.ParseRole(name)
		sc.Cluster.ColdOrder = append(sc.Cluster.ColdOrder, r)
	}
	l.startKeys(n.Kid("start"))
	l.counts(t, n)
	total, gates := 0, 0
	for _, s := range sc.Cluster.Sites {
		total += s.Gates + s.Managers + s.Workers + s.Clients
		gates += s.Gates
	}
	ghosts := t.Ghosts.Gate + t.Ghosts.Manager + t.Ghosts.Worker
	all := total + ghosts*len(sc.Cluster.Sites)
	switch at := form.Or(n, l.root); {
	case len(l.b.Problems) > before:
		return false
	case total == 0:
		l.b.Missing(at, "cluster", "there is no node; give gates, managers and workers per site, or size")
		return false
	case all > nodesMax:
		l.b.Wrong(at, "cluster", "%d nodes, at most %d are supported", all, nodesMax)
		return false
	case t.Gateless && gates > 0:
		l.b.Wrong(n.Kid("gateless"), "cluster.gateless", "there are %d gates", gates)
	case sc.Topology.PerNode && all != sc.Topology.N():
		l.b.Wrong(at, "cluster", "%d nodes, but the matrix of nodes has %d rows; leave the counts out to get one node per row", all, sc.Topology.N())
		return false
	}
	l.place(flat, t)
	return true
}

func (l *loader) startKeys(n *form.Node) {
	if n == nil || !n.IsTable {
		return
	}
	start := &l.world.Cluster.Start
	for _, name := range []string{"over", "order"} {
		if at := n.Kid(name); at != nil && start.Mode == "formed" {
			l.b.AtKey(at, "cluster.start."+name, `belongs to mode = "cold"`)
		}
	}
	if at := n.Kid("coordinates"); at != nil && start.Mode == "cold" && start.Coordinates == "settled" {
		l.b.Wrong(at, "cluster.start.coordinates", `settled coordinates need mode = "formed"`)
	} else if start.Coordinates == "settled" {
		l.b.Later(at, "cluster.start.coordinates", "starting with settled coordinates is")
	}
	seen := map[string]bool{}
	for _, r := range start.Order {
		if seen[r] {
			l.b.Wrong(n.Kid("order"), "cluster.start.order", "%q is in the list twice", r)
		}
		seen[r] = true
	}
}

// counts fills Cluster.Sites.
func (l *loader) counts(t *clusterT, n *form.Node) {
	topo := l.sc.Topology
	sites := make([]SiteCounts, len(topo.Sites))
	for i := range sites {
		sites[i] = SiteCounts{Gates: t.Gates, Managers: t.Managers, Workers: t.Workers, Clients: t.Clients}
		sites[i].Ghosts = [core.NumRoles]int{core.RoleGate: t.Ghosts.Gate, core.RoleManager: t.Ghosts.Manager, core.RoleWorker: t.Ghosts.Worker}
	}
	for _, s := range l.world.Topology.Sites {
		at, ok := topo.SiteIndex(s.Name)
		if !ok {
			continue
		}
		c := &sites[at]
		for _, x := range []struct {
			from *int
			to   *int
		}{{s.Gates, &c.Gates}, {s.Managers, &c.Managers}, {s.Workers, &c.Workers}, {s.Clients, &c.Clients}} {
			if x.from != nil {
				*x.to = *x.from
			}
		}
	}
	l.sc.Cluster.Sites = sites
	size := t.Size
	if size == 0 && topo.PerNode && l.fixedCount() == 0 {
		size = topo.N()
		t.Size = size
	}
	if size > 0 {
		l.fillWorkers(size, n)
	}
}

// fixedCount returns the number of processes that counts ask for, ghosts included.
func (l *loader) fixedCount() int {
	sum := 0
	for _, s := range l.sc.Cluster.Sites {
		sum += s.Gates + s.Managers + s.Workers + s.Clients
		for _, g := range s.Ghosts {
			sum += g
		}
	}
	return sum
}

// fillWorkers spreads what cluster.size leaves after gates and managers over the sites; the first sites, in
// the order of their names, take the remainder.
func (l *loader) fillWorkers(size int, n *form.Node) {
	sites := l.sc.Cluster.Sites
	fixed := 0
	for _, s := range sites {
		fixed += s.Gates + s.Managers
	}
	at := form.Or(n.Kid("size"), l.root)
	if w := n.Kid("workers"); w != nil {
		l.b.Wrong(w, "cluster.workers", "size = %d says how many workers there are: what gates and managers leave", size)
		return
	}
	if fixed > size {
		l.b.Wrong(at, "cluster.size", "is less than the %d gates and managers", fixed)
		return
	}
	rest := size - fixed
	for i, site := range l.byName() {
		sites[site].Workers = rest / len(sites)
		if i < rest%len(sites) {
			sites[site].Workers++
		}
	}
}

// byName returns the sites in the order in which their nodes are numbered: that of their names, so that the
// order in a file means nothing. Where every node has a row of its own the rows say which node is which.
func (l *loader) byName() []int {
	t := l.sc.Topology
	order := make([]int, len(t.Sites))
	for i := range order {
		order[i] = i
	}
	if !t.PerNode {
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(t.Sites[a].Name, t.Sites[b].Name) })
	}
	return order
}

// place builds groups and nodes in id order.
func (l *loader) place(flat bool, t *clusterT) {
	sc := l.sc
	sites := sc.Topology.Sites
	group := func(r core.Role, site int) core.GroupID {
		switch {
		case r == core.RoleClient:
			return 0
		case flat || r == core.RoleGate:
			return 1
		}
		return core.GroupID(2 + site)
	}
	add := func(r core.Role, site int) {
		c := &sc.Cluster.Sites[site]
		for i := range c.Of(r) + c.Ghosts[r] {
			id := core.NodeID(len(sc.Nodes))
			n := NodeSpec{
				ID: id, Name: sites[site].Name + "/" + r.String() + "/" + strconv.Itoa(i),
				Site: site, Row: site, Role: r, Group: group(r, site), Ghost: i >= c.Of(r),
			}
			n.Key = rng.Key(n.Name)
			if sc.Topology.PerNode {
				n.Row = int(id)
			}
			sc.Nodes = append(sc.Nodes, n)
		}
	}
	order := l.byName()
	for _, s := range order {
		add(core.RoleGate, s)
	}
	for _, s := range order {
		add(core.RoleManager, s)
		add(core.RoleWorker, s)
	}
	for _, s := range order {
		add(core.RoleClient, s)
	}
	sc.Groups = []Group{{ID: 1, Name: "gates", Site: -1}}
	if flat {
		sc.Groups[0].Name = "flat"
	} else {
		for s := range sites {
			sc.Groups = append(sc.Groups, Group{ID: core.GroupID(2 + s), Name: "site:" + sites[s].Name, Site: s})
		}
	}
	for i := range sc.Nodes {
		if g := sc.Nodes[i].Group; g > 0 {
			if sc.Groups[g-1].Count == 0 {
				sc.Groups[g-1].First = core.NodeID(i)
			}
			sc.Groups[g-1].Count++
		}
	}
}

// starts gives every node its start: 0 in a formed cluster; spread evenly over ColdOver in a cold one, role
// by role, in an order drawn from the stream "start".
func (l *loader) starts() {
	sc := l.sc
	if sc.Cluster.Formed || sc.Cluster.ColdOver == 0 {
		return
	}
	type turn struct {
		id   core.NodeID
		rank int
		draw uint64
	}
	var turns []turn
	for i := range sc.Nodes {
		n := &sc.Nodes[i]
		if n.Ghost || n.Absent {
			continue
		}
		rank := slices.Index(sc.Cluster.ColdOrder, n.Role)
		if rank < 0 {
			rank = len(sc.Cluster.ColdOrder)
		}
		stream := rng.New(sc.Seed, "start", n.Key)
		turns = append(turns, turn{n.ID, rank, stream.Uint64()})
	}
	slices.SortFunc(turns, func(a, b turn) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.draw, b.draw), cmp.Compare(a.id, b.id))
	})
	for i, t := range turns {
		sc.Nodes[t.id].Start = time.Duration(int64(sc.Cluster.ColdOver) / int64(len(turns)) * int64(i))
	}
}

// seedsPerGroup is how many addresses a node without [cluster] seeds is given.
const seedsPerGroup = 3

// seeds marks the nodes whose addresses everybody knows: those of cluster.seeds, else of every group the
// first participants in the order index, site, so that the seeds of the gates lie at different sites.
func (l *loader) seeds(flat bool) {
	sc := l.sc
	if s := l.world.Cluster.Seeds; s != nil {
		if !l.settled(s, "who is known is fixed") {
			return
		}
		s.resolve(l.b, sc, true)
		for _, id := range s.Fixed {
			sc.Nodes[id].Seed = true
		}
		return
	}
	for _, g := range sc.Groups {
		perSite := map[int]int{}
		type candidate struct {
			index int
			id    core.NodeID
		}
		var list []candidate
		for id := g.First; id < g.First+core.NodeID(g.Count); id++ {
			n := &sc.Nodes[id]
			if n.Ghost || n.Absent || n.Outside || !flat && n.Role == core.RoleWorker {
				continue
			}
			list = append(list, candidate{perSite[n.Site], id})
			perSite[n.Site]++
		}
		slices.SortFunc(list, func(a, b candidate) int {
			return cmp.Or(cmp.Compare(a.index, b.index), cmp.Compare(a.id, b.id))
		})
		for _, c := range list[:min(seedsPerGroup, len(list))] {
			sc.Nodes[c.id].Seed = true
		}
	}
}
