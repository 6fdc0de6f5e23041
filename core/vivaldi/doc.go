// Package vivaldi owns network coordinates: measured round trips go in, predicted round trips come out
// (AD-35, spec 10 §11).
//
// In: the coordinate that a peer's datagram carries (Node.Heard), the round trip of an own probe
// (Node.Sample) and the host's clock. Out: the local coordinate for the next datagram (Node.Coord), and
// estimates, upper bounds and their quality, of cached peers by slot and of any two coordinates.
//
// Three engines share the state: serf (Vivaldi with Serf's latency filter, adjustment and gravity),
// basic (Vivaldi as published, with heights) and hyperscale (the engine of AD-35, kept for comparison).
// The package never sends, keeps no timer and does not look peers up: whoever owns the member table
// keeps the slot of each peer and is told when a slot is taken away.
//
// Sources: Dabek et al., Vivaldi (SIGCOMM 2004); Ledlie et al., Network Coordinates in the Wild
// (NSDI 2007) for filter and gravity; Chen et al., Phoenix (2009) for the adjustment term.
package vivaldi
