// Package election finds the leader of a cluster: of all gates, or of the managers of a datacenter (spec 20 §5.1).
package election
