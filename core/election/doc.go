// Package election finds the leader of a cluster: of all gates, or of the managers of a datacenter (spec 20 §5.1, as
// corrected by spec 01 E and spec 03).
//
// In: messages of voters, time, what membership thinks of the node's own health. Out: messages to voters, facts, and the
// answer to who leads (Leader, Term) and whether this node may act as leader now (Leads).
//
// A voter knows a term, whom it voted for in it, and until when it has promised not to look for another leader: its
// lease. All safety stands on three sentences:
//
//  1. Nobody votes, and nobody encourages a round, before its own lease has ended; and a leader acts only until the end
//     of a lease that it counts from the sending of the heartbeat that renewed it, half a second short. So the leases of
//     two leaders do not overlap while clocks run within a tenth of each other.
//  2. A voter gives one vote a term, and forgets a vote only with the term. Nothing is on disk, so a process is quiet
//     for as long after its start as any round could last that an earlier life of it voted in.
//  3. Terms belong to members: term mod C says whose. No two ever stand in the same one, whatever a restarted voter has
//     forgotten.
//
// # A leader dies, told as a story
//
//  1. The heartbeats stop. Five seconds after the last one, each follower's lease ends, and a draw later the first of
//     them asks the others whether they would vote for it (pre-vote). Nothing has changed yet, nowhere.
//  2. They would: their leases have ended too. By saying so they put off their own candidacy, so that one round is enough.
//     Two that ask at the same time: the one with the lower id goes on, the other encourages it.
//  3. The asker raises the term, votes for itself and asks for votes. When the round ends it counts, and leads.
//  4. It has no lease before a majority has acknowledged its first heartbeat. If none does, it steps down again.
package election
