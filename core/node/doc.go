// Package node composes the mechanisms that one process runs: its membership (core/swim) and, where its
// role has them, the parts that stand on it.
//
// In: what a driver gives any core.Machine. Out: the effects of all parts, in one order: membership
// first, then each part in the order of the fields of parts.
//
// A node owns the questions that no mechanism can answer alone: which part a message is for (the group
// and kind say), when the next one must be woken (the least deadline), and who hears of what membership
// found out. Parts never call each other; what they have to say to each other goes through here. A node
// without parts is its membership machine and costs what that costs.
package node
