// Package plot draws the figures of a finished run, and latency matrices as heat maps, with gonum/plot.
//
// In: an analysis.Run, or a matrix of round trips. Out: PNG files (and SVG on request). The same run gives
// the same bytes. Every figure names what it shows, the unit of each axis, the faults of the run as bands,
// and in its caption the scenario, seed and digest it came from.
//
// Colours are those of Okabe and Ito (2008), which people with any of the common colour deficiencies can
// tell apart; lines differ in dash as well. Heat maps use viridis, whose lightness grows evenly.
//
// It computes no statistic that sim/metrics has, and never writes beside the folder it is given.
package plot
