// Package tomlpos owns where things stand in a TOML text: line and column of every key, table, array element
// and value, because the decoder keeps positions for syntax errors only (ADR-0003).
//
// In goes a text that is, or shall be, decoded ([Scan]); out comes an [Index] from dotted paths such as
// "fault[0].at" to places, and whether the text nests deeper than anything we read. [Index.Check] compares
// the index with the keys the decoder saw.
//
// It never decodes a value, never judges whether a text is TOML and writes no message for users: that is
// the work of the formats on top, scenarios and topologies.
//
// Source: spec 40 §8 (each problem of a file with line and column).
package tomlpos
