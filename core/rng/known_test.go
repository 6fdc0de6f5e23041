package rng

import (
	"go/parser"
	"go/token"
	"math"
	"path/filepath"
	"slices"
	"testing"
)

// Digests of ten thousand draws each, the same on every CPU, GOARCH and GOAMD64. That the draws are right
// is for the tests against theory to say; a change here means that every recorded run changes.
func TestKnownDraws(t *testing.T) {
	digest := func(draw func(s *Stream) float64) uint64 {
		s := New(2026, "known")
		h := uint64(14695981039346656037) // FNV-1a by words
		for range 10000 {
			h = (h ^ math.Float64bits(draw(&s))) * 1099511628211
		}
		return h
	}
	tests := []struct {
		name string
		draw func(s *Stream) float64
		want uint64
	}{
		{"Norm", (*Stream).Norm, 0x4b2e6a79df524b19},
		{"Exp", (*Stream).Exp, 0x7212b558c9547aec},
		{"normTail", (*Stream).normTail, 0xbad5e5ca40597a48},
		{"Intn", func(s *Stream) float64 { return float64(s.Intn(1000)) }, 0x614e50723147f065},
	}
	for _, tc := range tests {
		if have := digest(tc.draw); have != tc.want {
			t.Errorf("%s: digest %#016x, want %#016x", tc.name, have, tc.want)
		}
	}
	all := uint64(0)
	for i := range distCases {
		all = all*1099511628211 ^ digest(distCases[i].d.Sample)
	}
	if want := uint64(0xb7723a5c9a63f6e9); all != want {
		t.Errorf("all distributions: digest %#016x, want %#016x", all, want)
	}
}

// A change of generator must be one file.
func TestOneFileImportsTheGenerator(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var importers []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range file.Imports {
			if imp.Path.Value == `"golang.org/x/exp/rand"` {
				importers = append(importers, name)
			}
		}
	}
	if !slices.Equal(importers, []string{"pcg.go"}) {
		t.Errorf("golang.org/x/exp/rand is imported by %v, want pcg.go alone", importers)
	}
}
