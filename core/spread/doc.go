// Package spread is the piggyback queue (spec 10 §6): news that a node still has to tell, in the order in which the
// next datagram takes it. Whoever spreads news has a Queue of its own: membership its updates, its health entries and
// its worker entries.
//
// An item is told to a number of peers, its limit, and then forgotten; the limit grows with the logarithm of the group
// (Limit), which is what epidemic spreading needs to reach everybody. A queue never holds more than its user allows:
// who is about to push into a full one drops what was told most (DropMostSent).
//
// In: what is said, about whom, how urgent it is, and when. Out: items in their order, for a caller that packs them
// into a datagram as long as its Budget lasts. A queue knows nothing of what the news means and sends nothing itself.
//
// Reading order: item.go (what orders the queue), queue.go (what goes in), take.go (what goes out), sift.go (what is
// dropped).
package spread
