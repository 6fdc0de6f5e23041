package network

import (
	"slices"

	"hypersim/core"
	"hypersim/core/rng"
)

// Network is the state of all links. Make it with New.
type Network struct {
	nodes    []node     // by NodeID: what a sender needs
	where    []location // by NodeID: what is needed of a receiver
	base     []core.Duration
	places   int // rows of base
	sites    int
	links    []link
	linkOf   []uint32 // by directed site pair; nil when there are only intra (0) and inter (1)
	drift    []pairDrift
	bad      badPaths  // of the links' own Gilbert–Elliott loss; nil when no link has the model
	egress   []Egress  // by NodeID; empty when all are unlimited
	backlogs []backlog // by NodeID; nil until an overlay has a rate
	seed     uint64
	keys     []uint64 // by NodeID: what chance knows them by
	rows     []uint64 // of base, likewise
	cuts     cuts
	over     overlays
	effect   effect     // of the packet in hand
	jitter   rng.Stream // of the datagram in hand
	fate     rng.Stream // likewise
	streams  streams
}

// node is what sending costs to look at: one cache line.
type node struct {
	chance uint64        // what the draws of its datagrams begin with
	busy   core.Instant  // the transmitter is busy until then
	rate   perByte       // 0 = instantly
	queue  core.Duration // how long QueueBytes take to send; 0 = no limit
	location
	_ [24]byte
}

type location struct {
	site, place uint16
	key         uint32 // what tells it from other receivers of one sender
}

// Touch loads what Send needs of a sender, for a driver that wants its cache misses to overlap. The result
// means nothing.
func (n *Network) Touch(id core.NodeID) byte { return byte(n.nodes[id].site) ^ byte(n.where[id].place) }

// link is a Link made ready for use.
type link struct {
	jitter    rng.Dist
	jitterMin float64
	flags     linkFlags
	mtu       int
	loss      Loss
	duplicate float64
	reorder   Reorder
	corrupt   float64
	drifts    []Drift
}

type linkFlags uint8

const (
	hasJitter linkFlags = 1 << iota
	jitterRelative
	hasDrift
	hasLoss
	hasDuplicate
	hasReorder
	hasCorrupt
	hasRare = hasDuplicate | hasReorder | hasCorrupt
)

// New returns the network of cfg whose chance derives from seed, or an error that lists what is wrong
// with cfg. The slices of cfg are not kept.
func New(cfg Config, seed uint64) (*Network, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	n := &Network{
		nodes: make([]node, len(cfg.Site)), where: make([]location, len(cfg.Site)),
		base: slices.Clone(cfg.Base), places: cfg.places(), sites: cfg.Sites, seed: seed, egress: slices.Clone(cfg.Egress),
		keys: keysOf(cfg.Keys, len(cfg.Site)), rows: keysOf(cfg.PlaceKeys, cfg.places()),
	}
	n.initLinks(&cfg)
	for i := range n.nodes {
		at := location{site: cfg.Site[i], place: cfg.Site[i]}
		if cfg.PerNode {
			at.place = uint16(i)
		}
		chance := rng.New(seed, "network.datagram", n.keys[i])
		at.key = uint32(n.keys[i] ^ n.keys[i]>>32)
		n.where[i] = at
		n.nodes[i] = node{
			location: at,
			chance:   chance.Uint64(),
		}
		if len(cfg.Egress) != 0 {
			e := cfg.Egress[i]
			n.nodes[i].rate = newPerByte(e.BitsPerSec)
			n.nodes[i].queue = n.nodes[i].rate.times(e.QueueBytes)
		}
	}
	n.initRare()
	n.streams.init(cfg.Stream, seed, n.keys)
	return n, nil
}

// keysOf returns the keys given, or 0, 1, 2 and so on.
func keysOf(given []uint64, count int) []uint64 {
	if len(given) > 0 {
		return slices.Clone(given)
	}
	keys := make([]uint64, count)
	for i := range keys {
		keys[i] = uint64(i)
	}
	return keys
}

func (n *Network) initLinks(cfg *Config) {
	n.links = []link{newLink(&cfg.Intra), newLink(&cfg.Inter)}
	if len(cfg.Links) == 0 {
		return
	}
	n.linkOf = make([]uint32, n.sites*n.sites)
	for i := range n.linkOf {
		if i/n.sites != i%n.sites {
			n.linkOf[i] = 1
		}
	}
	for i := range cfg.Links {
		l := &cfg.Links[i]
		pair := int(l.From)*n.sites + int(l.To)
		if k := n.linkOf[pair]; k > 1 {
			n.links[k] = newLink(&l.Link) // a later entry wins
			continue
		}
		n.linkOf[pair] = uint32(len(n.links))
		n.links = append(n.links, newLink(&l.Link))
	}
}

// initRare makes the state that only some networks need.
func (n *Network) initRare() {
	for i := range n.links {
		l := &n.links[i]
		if l.loss.Model == LossGilbertElliott && n.bad == nil {
			n.bad = newBadPaths(len(n.nodes), n.sites)
		}
		if l.flags&hasDrift != 0 && n.drift == nil {
			n.drift = make([]pairDrift, n.places*n.places)
		}
	}
}

func newLink(c *Link) link {
	l := link{
		jitter: c.Jitter, jitterMin: c.Jitter.Min(), mtu: c.MTU, loss: c.Loss,
		duplicate: c.Duplicate, reorder: c.Reorder, corrupt: c.Corrupt, drifts: slices.Clone(c.Drifts),
	}
	flag := func(f linkFlags, on bool) {
		if on {
			l.flags |= f
		}
	}
	flag(hasJitter, !c.Jitter.IsZero())
	flag(jitterRelative, c.JitterRelative)
	flag(hasDrift, len(c.Drifts) > 0)
	flag(hasLoss, c.Loss.Model != LossNone)
	flag(hasDuplicate, c.Duplicate > 0)
	flag(hasReorder, c.Reorder.P > 0)
	flag(hasCorrupt, c.Corrupt > 0)
	return l
}

// link returns the link from one site to another.
func (n *Network) link(from, to uint16) *link {
	if n.linkOf != nil {
		return &n.links[n.linkOf[int(from)*n.sites+int(to)]]
	}
	if from == to {
		return &n.links[0]
	}
	return &n.links[1]
}

// SetBase replaces the matrix of base delays (a later snapshot of a measured data set): same shape as
// Config.Base, copied. It holds for packets sent from now on.
func (n *Network) SetBase(base []core.Duration) error {
	if err := checkBase(base, n.places); err != nil {
		return err
	}
	copy(n.base, base)
	for i := range n.drift {
		n.drift[i].until = n.drift[i].from // relative drift follows the new base
	}
	return nil
}
