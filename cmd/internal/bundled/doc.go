// Package bundled runs every bundled scenario and holds what the run says in words against its files. It has tests
// alone: no other room sees both the scenarios and the folders that they leave.
package bundled
