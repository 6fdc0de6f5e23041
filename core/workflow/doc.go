// Package workflow is the life of a workflow at the manager that leads its job: states, dependencies, progress and
// retries (spec 20 §3.2–§3.5, AD-33).
//
// All changes go through one call, Transition, which refuses what the table does not have; watchers hear of each after it
// was made and may not make another from within, so that everybody sees one order. Reading order: state.go (the table),
// machine.go.
package workflow
