// Package runner carries out one run: from a loaded scenario to a complete run folder.
//
// In: Options (a scenarios.Scenario, where to write, what to leave out, who is told of progress). Out:
// Result, a plain value, and the folder of spec 50 §7: manifest.json, performance.json, summary.json,
// CSV files, plots and, on demand, trace.jsonl.zst.
//
// The folder is written under a hidden name beside its place and renamed when all of it is on disk, so
// that whatever happens, nothing that looks complete is not. Everything but performance.json is the same
// bytes for the same scenario, seed and build, whatever the machine, the codec, and with or without a
// trace.
//
// It never prints, never exits and never reads flags or the environment: cmd/hypersim does. The wall
// clock is read for performance.json, for progress, for a scenario's wall budget and to measure the machine alone.
package runner
