// Package topologies owns where things are: the sites (or single nodes) of a run and the base one-way
// delay between every two of them.
//
// In go topology files (*.toml, [LoadFile]), latency matrices in the forms measured data sets come in
// ([LoadMatrix]), the names of bundled ones ([Bundled], [BundledMatrix]) and the parameters of generators
// ([Generate]). Out comes a validated plain value, [Topology]; beside it [Describe] measures a matrix
// and [WriteCSV] writes one. Everything wrong with an input is reported at once, as [Problems] with positions.
//
// It never draws jitter or loss, never lets a delay change during a run and places no nodes: that is the
// network model's and the world's work. Measured matrices lie in measured/ with their sources beside them.
//
// Sources: spec 40 §3.1 (bundled worlds), §8.3 and §8.4 (format and rules), spec 50 §2 (base delay),
// spec 10 §15.3 (synthetic truths).
package topologies
