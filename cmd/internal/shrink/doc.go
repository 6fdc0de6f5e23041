// Package shrink makes a scenario that breaks an invariant as small as it can while the same invariant breaks in the same way.
//
// In: the text of a scenario, or the configuration that a run left in its manifest, and what broke. Out: the text of a scenario
// that a person reads in a minute, and the story of how it comes to break.
//
// Of a run's configuration it leaves out first what would be so anyway, which takes no run (idle.go). Then it makes groups of nodes and
// the list of faults small at once, under other seeds where need be: with one thing less chance falls otherwise (luck.go). Then it tries one
// change after the other (pass.go: leave a fault out, a site, a table, a key; run for less long), keeps each that still breaks in the same
// way, and goes round until none does; after that those under other seeds, and last what makes numbers simple. Several changes are tried at
// once, and the first in their order is kept, so that the result does not depend on how many. Where more is left than a person reads in a
// minute it may begin anew under other seeds, and the smallest is kept.
package shrink
