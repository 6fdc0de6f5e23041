// Package job holds what all roles know of jobs: their ids, states and outcomes, and the messages about them
// (spec 20 §0–§3, §8).
package job
