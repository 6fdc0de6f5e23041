// Package registry is who knows whom: registrations, discovery, and the heartbeats that keep them fresh (spec 20 §1,
// AD-27).
//
// Three machines, each a table with one owner. They send nothing: the roles core/node/manager and core/node/gate do, with
// their calls.
//
//	Links  with whom this process is registered, whom it has to ask again and when, and when its next heartbeat is due
//	Sites  a gate's table of managers, and where the registration of each datacenter stands
//	Gates  a manager's table of gates: which of them are fresh and ACTIVE, and who leads them
//
// Sites and Gates hear heartbeats (Pulse). One of an older process, or with a version that is not greater than the last,
// is ignored altogether; one of a newer process begins the record anew.
//
// # A gate restarts, told as a story
//
//  1. Its new process knows no manager: all datacenters are AWAITING_INITIAL. It registers with every manager it is
//     configured with.
//  2. A manager that hears of a newer process registers with it in its turn, at once (Links.Restarted). One that had not
//     heard is answered ROLE_DENIED to its next heartbeat, and does the same.
//  3. With the registrations of a majority a datacenter is READY again. What the gate knew of jobs is another matter
//     (core/replica).
package registry
