// Package fence owns the rule of which token wins (spec 20 §0, observer rules): a number that only grows tells
// whether who speaks still holds what he speaks about, so that a leader of yesterday changes nothing.
//
// In: tokens and who shows them. Out: a verdict, Accept, Same, Stale or Conflict, and what was seen so far. A Record
// is one key's; a Table is those of a process, with an end to each that nobody needs any more. There are four spaces
// of tokens, and a number of one is never compared with one of another (J3).
//
// It answers no request and drops no leadership: that the receiver itself holds leadership under a lower token than
// the one it has just accepted is its role's to see, and so is a promise, which makes nobody a holder (04-2 to 04-4).
package fence
