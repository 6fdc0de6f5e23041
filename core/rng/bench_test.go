package rng

import (
	"fmt"
	"math"
	"testing"
)

func TestDrawsDoNotAllocate(t *testing.T) {
	s := New(1, "alloc")
	v := make([]int, 10)
	sum := 0.0
	allocs := testing.AllocsPerRun(200, func() {
		sum += s.Norm() + s.Exp() + s.Float64() + s.OpenFloat64() + float64(s.Intn(7)) + float64(s.Uint32n(7))
		if s.Bool(0.5) {
			sum++
		}
		Shuffle(&s, v)
		for i := range distCases {
			sum += distCases[i].d.Sample(&s)
		}
	})
	if allocs != 0 || math.IsNaN(sum) {
		t.Errorf("%v allocations per round of draws", allocs)
	}
}

func TestNewDoesNotAllocate(t *testing.T) {
	streams := make([]Stream, 1)
	node := uint64(0)
	allocs := testing.AllocsPerRun(200, func() {
		node++
		streams[0] = New(1, "network.jitter", node, 3)
	})
	if allocs != 0 {
		t.Errorf("New allocates %v times", allocs)
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	node := uint64(0)
	for b.Loop() {
		node++
		s := New(1, "network.jitter", node)
		sinkStream = s
	}
}

var (
	sinkStream Stream
	sink       float64
)

func BenchmarkDraws(b *testing.B) {
	s := New(1, "bench")
	for _, bc := range []struct {
		name string
		draw func() float64
	}{
		{"Uint64", func() float64 { return float64(s.Uint64()) }},
		{"Float64", s.Float64},
		{"Intn", func() float64 { return float64(s.Intn(1000)) }},
		{"Uint32n", func() float64 { return float64(s.Uint32n(1000)) }},
		{"Norm", s.Norm},
		{"Exp", s.Exp},
	} {
		b.Run(bc.name, func(b *testing.B) {
			for b.Loop() {
				sink = bc.draw()
			}
		})
	}
}

func BenchmarkSample(b *testing.B) {
	for _, tc := range distCases {
		b.Run(fmt.Sprint(tc.name), func(b *testing.B) {
			s := New(1, "bench")
			d := tc.d
			for b.Loop() {
				sink = d.Sample(&s)
			}
		})
	}
}
