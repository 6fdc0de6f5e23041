// Tidy is hypersim's own lint: it holds the determinism rules and the import table where no stock
// linter sees them. Run it with
//
//	go run ./cmd/tidy ./...
//
// or with -fix to wrap float products; `go test ./cmd/tidy` runs it over the whole module.
//
// In: type-checked packages of this module. Out: one line per finding, exit status 3 if there is any.
// It never looks at _test.go files, and only at syntax and types: a map range hidden
// in a call, or a float product that comes from another package or out of a slice, passes.
//
// A finding is accepted with a reason on its own line, and a comment that accepts nothing is a finding:
//
//	go worker(shard) //tidy:allow shards share nothing and are merged in index order
//
// Rules: ADR-0004 (determinism), ADR-0001 (imports).
package main
