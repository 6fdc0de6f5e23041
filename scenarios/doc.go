// Package scenarios owns the scenario file: its format, its rules, and the files that come with the program.
//
// In goes a TOML file (or the name of a bundled one) and changes in the form "dotted.key=value"; out comes
// a validated plain value, [Scenario], which is complete: defaults filled, units parsed, names and
// selectors resolved, expressions evaluated, every node in a table. Nothing after Load fills a default or
// reads the environment. Everything wrong with a file is reported at once, as [Problems], each with file,
// line, column, key, what was found and what is allowed.
//
// It never runs anything and never judges an expectation: sim/world builds what a Scenario says, and
// analysis compares what came out with its Expects. The keys of the protocol are those of the Config
// structs of core; this package reads their tags and has no list of its own.
//
// Sources: spec 40 §8 (format and rules), spec 50 §§2, 3 and 5 (what the values mean).
package scenarios
