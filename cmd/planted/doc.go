// Command planted asks whether the search for failures finds what is known to be wrong.
//
// Each bug of its list is a piece of the program's text and what stands there instead: one sentence of the specification broken.
// All are laid over the source of one program (go build -overlay, lay.go), which runs at most one of them, so that the tree, and
// what is made of it, never holds any. `hypersim explore --first` of that program looks until an invariant breaks, `hypersim shrink` makes
// the world small in which it does, and a table says for each bug which invariant found it, after how many runs, and how many
// lines are left (docs/planted.md).
//
// What was found is kept beside (found.jsonl): the same command goes on where it was stopped, and looks again for what
// changed since. A bug whose text is no more in its file fails the test of this package: who changes the line changes the bug.
package main
