// Package replica keeps what all members of a cluster must know of a job, so that any of them can go on with it:
// entries, claims, leases and tombstones (spec 20 §5.2–§5.7).
package replica
