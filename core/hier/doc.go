// Package hier is the job layer of hierarchical failure detection (spec 10 §8, AD-30): a machine may be up
// and yet do nothing for one job. It suspects a pair (scope, node), a scope being a job at managers and a
// datacenter at gates, when work there makes no progress, and holds it DEAD_JOB when nobody takes that back.
//
// In: which work runs where, workers' PROGRESS, evidence, and what the global layer (core/swim; at gates the
// federated probe) says of a node. Out: facts, and answers to "may I route work of this scope there?".
//
// It sends nothing, never changes a membership state, and holds no second copy of one: it asks Global, and
// GlobalChanged only says when to look. Reading order: machine.go, evidence.go (how a suspicion begins and
// grows), end.go (how it goes), status.go; table.go and queue.go are how things are kept.
package hier
