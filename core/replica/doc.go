// Package replica keeps what all members of a cluster must know of a job, so that any of them can go on with it:
// entries, claims, leases and tombstones (spec 20 §5.2–§5.7, as corrected by spec 03 nos. 1–19 and spec 04 A and J).
//
// A Machine is one member's part, of the managers of a datacenter or of the gates. In: messages of other members, time,
// and what its role wants: to accept a job, change its entry, hand it over, claim one that nobody holds, end one. Out:
// messages, and what the role is told (Owner): which jobs it holds and under which epoch, what is committed, and when it
// may decide nothing. The role owns what stands in an entry; who claims what nobody holds is its choice too. The roles
// core/node/manager and core/node/gate have one each.
//
// It never looks into an entry but for HandoverTo, CancelWanted, Elapsed and what a DELTA leaves out. It decides nothing
// about a job, tells nobody of an outcome, and knows no election.
//
// All safety stands on five sentences:
//
//  1. An epoch is somebody's when a majority has promised it to him, and a member promises each epoch once. It stores
//     nothing below what it has promised.
//  2. Something is committed when a majority holds it under the epoch of its holder. Since two majorities meet, a claim
//     that begins with the largest entry that its majority has, as it is when it accepts, begins with all of it.
//  3. An ack counts for a commit, and an acceptance for a claim, for 6 s from the question. A member that restarted reads
//     the others after 7 s, and says that it is ready when so many have answered that every majority is among them. So
//     whatever it forgot is either nowhere, or read again.
//  4. Leases only keep others from claiming. A holder counts them from the sending of what was acknowledged, 3 s short, a
//     member from the receipt. That a holder is dead frees its jobs at once, for membership may be wrong and nothing is
//     lost: its commits fail.
//  5. A tombstone answers everything about its job.
//
// # A holder dies, told as a story
//
//  1. Its rounds stop. Membership says so after some seconds, or the leases that the members keep run out. Leaderless
//     names its jobs.
//  2. Whoever is to take over asks all members what they have, and whether they would accept it. Nothing has changed
//     anywhere yet; without a majority of ready members that would, nothing ever does.
//  3. It promises the next epoch to itself and claims. Each member that accepts promises it too, and sends its entry if
//     that is larger than the one in the claim: the old holder, who was only cut off, may have committed something since.
//  4. With a majority it has won. The entry gets its name and the new epoch, goes to all in full, and when a majority has
//     acknowledged that, its lease begins and it decides again: what was pending first of all.
//  5. The old holder, back on the net, sends a round of the old epoch and is told who holds the job. It forgets it without a
//     word. Had the claim failed half way, it would be told no name; then it claims its own job anew, under an epoch above
//     what was promised.
//
// Messages are counted by member and carry many jobs, which is why they do not go through core/call.
package replica
