package jobtimeout

import (
	"testing"

	"hypersim/core"
	"hypersim/core/wire"
)

// What a body of thirteen fields costs to be counted, written, read and hashed. None of it allocates.
func BenchmarkBody(b *testing.B) {
	c := &wire.Codec{Book: wire.LinearBook{Port: 7000}, Bodies: bodies()}
	m := core.Message{Kind: core.KindJobProgressReport, Body: &ProgressReport{Job: 1, Manager: 2, Workflows: 3, Seq: 4, Extensions: 5}}
	back := core.Message{Kind: m.Kind, Body: new(ProgressReport)}
	var w core.Walker
	p, err := w.Append(nil, &m, c)
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 0, len(p))
	for _, x := range []struct {
		name string
		do   func()
	}{
		{"size", func() { w.Size(&m, c) }},
		{"write", func() { _, err = w.Append(buf, &m, c) }},
		{"read", func() { _, err = w.Read(p, &back, c) }},
		{"hash", func() { w.Hash(1, m.Body) }},
	} {
		b.Run(x.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x.do()
			}
		})
	}
	if err != nil {
		b.Fatal(err)
	}
}
