// Package core is the contract between the protocol and whatever drives it: everything that can enter
// or leave a protocol machine is declared here, and nothing else.
//
// Read in this order: id.go (who), time.go (when), kind.go and message.go (what travels), walk.go and shelf.go (the
// bodies of messages, and who owns them), fact.go (what a machine reports about itself), effects.go (what a step asks
// its driver to do), machine.go (the three calls).
//
// A machine has no clock, no socket, no goroutine and no log. A driver gives it messages and the time
// of its host's own clock; the machine answers with messages to send and facts to record. The simulator
// in sim/world is one driver; one over real sockets would be a second one, and the machine could not
// tell them apart.
//
// The rooms below (swim, vivaldi, wire, rng, xmath …) each own one mechanism and import this package;
// this package imports none of them.
//
// # The duties of a driver
//
// In the order in which they come up. The example below keeps all of them, with bytes in between.
//
//  1. Make the process. Compose a machine in place (core/node) and tell it who it is. Its instance is higher than that
//     of every process of this node before: one that uses an older number is taken for a ghost and never heard. A node
//     that kept its state says so, and its incarnation goes on from there. Call Begin once.
//
//  2. Tell the time. Every call gets the host's own clock, whatever that says: it may drift, stand still and be set
//     back. Clocks of two hosts are never compared.
//
//  3. Make one call at a time. A machine belongs to one goroutine. It never blocks, and it keeps neither the message nor
//     the effects of a call.
//
//  4. After every call, drain the effects, in this order. Record the facts. Send the messages. Reset. What a message
//     borrows is good until then: copy Updates and Extra, or encode them, and Hold the body for as long as it is on the
//     way (several messages may have one body). FactStopped and FactFatal end the process: call it no more.
//
//  5. Send what is to be sent. A datagram may get lost, late, twice and out of order, and nobody needs to say so. A stream
//     message arrives once or fails: where it did not arrive within its Timeout, or the process that it was for is gone,
//     hand its sender a message of KindStreamFailed, with the kind in Failed, the Seq, and in Target whom it was for.
//     Timeout, Turn and FlagProbe are for the driver and do not travel.
//
//  6. Ask for the deadline. After every call ask Deadline once and set one alarm in place of the last. Wake at the alarm or
//     later, never before: a call that finds nothing due does nothing. Late is allowed; a machine notices that it was
//     away, and trusts its own judgement less.
//
//  7. Receive what arrives. Hand over whole messages only: what is damaged or addressed to somebody else stays outside.
//     The message is lent until Receive returns. Where both a deadline and messages wait, the deadline goes first: a busy
//     process would otherwise never find out what did not come.
//
//  8. Let it end. Leave starts a departure; drive on until FactStopped. A process that is killed is just not called any
//     more. Keep the instance in any case, and the machine if the next process is to begin where this one ended.
//
// Nothing else is asked of a driver, and nothing else reaches a machine: the same calls with the same streams of random
// numbers have the same effects, to the bit.
package core
