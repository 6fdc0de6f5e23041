// Package statbuf keeps the progress that a manager hears about, and says how full it is (AD-23; spec 30 §5.2 as corrected by
// spec 01 no. 70 and spec 02 nos. 28–31).
//
// In: records of progress, and a tick every second. Out: a level of pressure, a function of how full the first tier is, which
// the manager's answers and heartbeats tell its workers (core/pressure).
//
// A record goes through four tiers, coarser each time: HOT, every record of the last minute; WARM, buckets of ten seconds for
// an hour; COLD, buckets of a minute for a day; ARCHIVE, one summary for ever. Expiry goes by the tick and not by traffic: a
// buffer that lets go of the old only when it takes something new, and takes nothing at REJECT, stays at REJECT for ever
// (30/D25).
//
// At REJECT what is not critical is dropped and counted; what is critical always goes in, and the oldest record makes
// room for it. Nothing is lost otherwise: over all tiers the counts are those of what was stored.
package statbuf
