package network

import (
	"hypersim/core"
	"hypersim/core/rng"
)

// Config is a network in plain numbers. Nothing is defaulted except where a zero is given a meaning.
type Config struct {
	// Site is the site of each node, by NodeID, below Sites. Nodes of one site are joined by the Intra
	// link, others by Inter, unless Links says otherwise.
	Site  []uint16
	Sites int

	// Base is the row-major matrix of one-way base delays, row = from, column = to: Sites×Sites with the
	// delay between two nodes of one site on the diagonal, or, if PerNode, one row and column per node
	// (at most 65,536 nodes). New and SetBase copy it.
	Base    []core.Duration
	PerNode bool

	// Keys are what chance knows the nodes by, by NodeID, and PlaceKeys the rows of Base: hashes of their
	// names (rng.Key), so that draws survive another numbering. Without them the numbers are the keys.
	Keys, PlaceKeys []uint64

	Intra, Inter Link
	Links        []SiteLink // overrides for single directed site pairs; later entries win

	// Egress is the sending side of each node; empty means unlimited for all.
	Egress []Egress

	Stream StreamConfig
}

// SiteLink is the link from site From to site To (one direction; they may be equal).
type SiteLink struct {
	From, To uint16
	Link     Link
}

// Link is what a path does to packets beside its base delay. The zero Link is perfect.
type Link struct {
	// Jitter is added to the base delay: in seconds, or, if JitterRelative, as a fraction of the base
	// (with drift and delay overlays). "5 %" is HalfNormal(0.05), relative (spec 40 §3.1).
	Jitter         rng.Dist
	JitterRelative bool

	Loss      Loss
	Duplicate float64 // probability that a second copy arrives, with a jitter of its own
	Reorder   Reorder
	Corrupt   float64 // probability that a datagram arrives but fails its checksum
	MTU       int     // bytes; larger datagrams are refused at the sender; 0 = no limit
	Drifts    []Drift // their sum is added to the base; the result is at least 0
}

// LossModel says how datagrams are lost.
type LossModel uint8

// Loss models.
const (
	LossNone LossModel = iota
	LossBernoulli
	LossGilbertElliott
)

// Loss is random loss. Bernoulli loses each datagram with probability P. Gilbert–Elliott is a Markov
// chain over a good and a bad state (Gilbert 1960, Elliott 1963): per datagram it first moves, from
// good to bad with PGB and back with PBG, then loses with the probability of the state it is in.
// The chain belongs to (sending node, receiving site): the path they share. It starts good.
type Loss struct {
	Model             LossModel
	P                 float64
	PGB, PBG          float64
	LossGood, LossBad float64
}

// Reorder delays a datagram by Extra (seconds) with probability P, so that later ones overtake it.
type Reorder struct {
	P     float64
	Extra rng.Dist
}

// Egress is a node's link to the network: a single server that sends at BitsPerSec (0 = instantly) from
// a drop-tail queue. A datagram is dropped if the transmitter is busy and the unsent bytes, with those
// of the datagram, would exceed QueueBytes (0 = unlimited queue).
type Egress struct {
	BitsPerSec int64
	QueueBytes int
}

// StreamConfig parametrises reliable streams (spec 50 §2: 200 ms, 60 s, 60 s).
type StreamConfig struct {
	RTOMin, RTOMax core.Duration // first retransmission timeout; it doubles up to RTOMax
	IdleClose      core.Duration // a stream unused for longer is closed
}

// DefaultStream is the stream behaviour of spec 50 §2.
func DefaultStream() StreamConfig {
	return StreamConfig{RTOMin: 200e6, RTOMax: 60e9, IdleClose: 60e9}
}
