// Package network owns a packet's fate: when, how often and whether what one node sends reaches another.
//
// In: plain numbers (which site a node is at, a matrix of base delays, link parameters, cuts and overlays)
// and, per packet, sender, receiver, size, kind and the virtual time. Out: an arrival time or a reason.
//
// Datagrams (Send) are delayed, lost, duplicated, reordered and corrupted; reliable streams (StreamSend)
// turn loss into delay and are asked again while they retry, because a cut may heal in the meantime.
// Cuts (AddCut) and overlays (AddOverlay) are the network's share of faults; several may overlap.
//
// Every draw belongs to the sender and to one purpose, so no node's traffic disturbs another's weather,
// and a cut or an overlay does not shift the draws of the links below it. It never knows a protocol, a
// scenario file, a process's life beyond ResetNode and SetHost, or the event queue.
// A Network is not safe for concurrent use.
//
// Spec 50 §1 (order, random numbers), §2 (network), §5 (faults); spec 40 §8.3 ([network], link faults).
package network
