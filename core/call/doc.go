// Package call is how one role asks another for something: requests with a deadline, retries, redirects, and one
// outcome to each, whatever the network does (spec 20 §0, §2; spec 01 no. 2).
//
// In: a request (Go), the messages of the role's node (Receive) and its clock (Wake, Deadline). Out: messages, and
// for each call exactly one word to its Owner about how it ended (Called). A role says what it wants and what to do
// with the answer; it has no table of what it waits for.
//
// One call, told as a story:
//
//  1. Go sends the request and waits for Strategy.Timeout. Each sending has a number of its own (Message.Seq), and
//     numbers begin at a draw, so that an answer to another sending, or to an earlier process, is not taken for this one's.
//  2. NOT_LEADER with an address sends it on there at once, at most Strategy.Redirects times an attempt.
//  3. A code that may pass (SYNCING, BUSY, …), silence until the deadline and a failed stream end the attempt. After a
//     pause the Owner names whom to ask next (Target), and the body is sent again, the same unless the Owner says
//     otherwise (Speaker).
//     Where the Strategy is Patient, a server that is asked too often is asked the same by nobody before it said (Patience).
//  4. Any other code, the last attempt, or nobody to ask ends the call. Cancel ends it without a word.
//
// A deadline does not recall a message: what got no answer may have been done, and may be done later. That is what
// Outcome.Unknown says, and idempotency is for.
//
// The answering side has Respond for the header of a reply and Replies for those that it may be asked for again.
package call
