// Package shrink makes a scenario that breaks an invariant as small as it can while the same invariant breaks in the same way.
//
// In: the text of a scenario, or the configuration that a run left in its manifest, and what broke. Out: the text of a scenario
// that a person reads in a minute, and the story of how it comes to break.
//
// It tries one change after the other (leave a fault out, a table, a key, a site; halve a number, round a time, run for less
// long, take another seed), keeps each that still breaks in the same way, and goes round until none does. Then it tries what is large
// under other seeds: with one thing less chance falls otherwise. Several changes are tried at once, and the first in their order is kept, so
// that the result does not depend on how many.
package shrink
