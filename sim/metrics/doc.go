// Package metrics turns the one record stream of a run into measurements: what the world did is
// compared with what the machines reported about it (spec 50 §6, spec 40 §4, spec 10 §12).
//
// In: Context (who takes part, which faults are planned, what the network really is), then every
// trace.Record and trace.JobRecord in order, and a Sample call every SampleEvery of virtual time. Out: Result, a plain
// value, and the CSV and JSON files of spec 50 §7 whose columns schema.go declares.
//
// Definitions live in metric.go, one line each. Terms: an observer's view of a subject is "up" iff it
// holds it OK; a node is up from its start until it is told to leave, stops or crashes; a process is
// impaired while paused or slowed and for Context.ImpairedFor afterwards.
//
// Observations about jobs carry the submission as their time and are made when the run ends, from Result.Jobs and
// Result.Runs (spec 01 no. 80).
//
// It never judges (analysis/judge does), never draws from another room's stream, never writes back into
// the world, and keeps bounded memory: what does not fit is counted in Result.Truncated.
package metrics
