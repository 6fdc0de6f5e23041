// Package federated owns the link between gates and datacenters: a gate's probes of each datacenter's
// leader, what follows from their answers, and the leader's own samples of the way back (AD-33, spec 10
// §9; the states are those of spec 30 §3.2).
//
// In: XPROBE, XACK, XNACK and the sample PINGs and their ACKs, and the host's clock. Out: the same
// messages, one core.FactReach per change of a datacenter's reachability, and round trips for the node's
// coordinate. A Gate probes, a Manager answers. Neither keeps a membership record, adds to local health,
// suspects or confirms anybody: the link is no group.
//
// Why leaders measure too: coordinates of two groups that never measure each other float in frames of
// their own, and only the gates would know the difference (spec 10 §15.3).
//
// Who leads a datacenter is Leadership's to say: the election among its managers. Only who may act as leader now
// answers with a report; all others, and a leader without a lease, say whom they follow. A gate believes no report of
// a lower term than it has seen, until those who knew that term are gone.
package federated
