// Package registry is who knows whom: registrations, discovery, and the heartbeats that keep them fresh (spec 20 §1,
// AD-27).
package registry
