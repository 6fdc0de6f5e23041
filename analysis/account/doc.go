// Package account tells a run in a few plain sentences: what happened, to whom, when, how long until all agreed, and
// what it cost.
//
// In: a metrics.Result. Out: sentences, each with the figures that it is made of and where in the files of the run
// each of them is found. Nothing is said that was not measured: a sentence without its observations is left out, and
// an absence ("nobody called it DEAD") is said only where every mark was kept.
//
// Faults of one kind that begin and end together are told together, and so are all of a kind if there are many.
//
// It judges nothing (analysis/judge does), and knows nothing of the scenario but what the records say.
package account
