// Package form owns how a file of ours is read: TOML whose every value knows where it stands, bound to Go structs
// by their tags.
//
// In goes a text ([Read]) and changes in the form "dotted.key=value" ([Binding.Set]); out come structs, filled by
// [Binding.Table], with expressions evaluated in an [Environment], and everything that is wrong, as [Problems]:
// each with file, line, column, key, what was found and what is allowed. The same tags give the JSON Schema
// ([Schema]) and the structs written out again ([Encode]).
//
// It knows no key of the format: those are the structs and the [Special] types of the room above, which also says
// what expressions may name.
//
// Source: spec 40 §8.1 (form of values, expressions, messages).
package form
