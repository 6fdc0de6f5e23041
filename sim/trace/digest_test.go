package trace

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"hypersim/core"
)

// full is a message of the kind in which no field is zero, so that any change is a change.
func full(k core.Kind) *core.Message {
	m := new(core.Message)
	fill(reflect.ValueOf(m).Elem())
	m.Kind = k
	m.Body = &digest{Sum: 1, Count: 1, List: []uint32{1, 1}}
	m.Coord.Dims = core.MaxDims
	return m
}

// digest is a body.
type digest struct {
	shared
	Sum   uint64
	Count uint32
	List  []uint32
}

// shared hides the count of holders, which nothing says, from each.
type shared struct{ core.Shared }

func (d *digest) Walk(w *core.Walker) {
	w.Uint64("sum", &d.Sum)
	w.Uint32("count", &d.Count)
	core.List(w, "list", &d.List, 4, func(x *uint32, w *core.Walker) { w.Uint32("x", x) })
}

// fill sets every field to something that is not zero.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Float32, reflect.Float64:
		v.SetFloat(1)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.Bool, reflect.Pointer, reflect.Interface:
	default:
		v.SetUint(1)
	}
}

// each calls f with every leaf below v, changed, and changes it back.
func each(v reflect.Value, path string, f func(path string)) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name == "shared" {
				continue
			}
			each(v.Field(i), path+"."+v.Type().Field(i).Name, f)
		}
	case reflect.Array, reflect.Slice:
		for i := range v.Len() {
			each(v.Index(i), fmt.Sprintf("%s[%d]", path, i), f)
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			each(v.Elem(), path, f)
		}
	default:
		old := reflect.New(v.Type()).Elem()
		old.Set(v)
		switch v.Kind() {
		case reflect.Float32, reflect.Float64:
			v.SetFloat(v.Float() + 0.5)
		case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
			v.SetInt(v.Int() + 2)
		case reflect.Bool:
			v.SetBool(!v.Bool())
		default:
			v.SetUint(v.Uint() + 2)
		}
		f(path)
		v.Set(old)
	}
}

func sum(r *Record) uint64 {
	var d Digest
	d.Record(r)
	return d.Sum()
}

// What a record says moves the digest, field by field; what it does not say (book-keeping of the observer,
// fields of other kinds, what follows from other fields) does not.
func TestDigestFeelsEveryFieldThatMatters(t *testing.T) {
	header := []string{".Msg.Kind", ".Msg.From", ".Msg.To", ".Msg.Seq", ".Msg.Incarnation"}
	says := func(p string) bool { // Turn is what chance knows a message by, not what it says
		return p == ".At" || p == ".Size" || p == ".Reason" || strings.HasPrefix(p, ".Msg.") && p != ".Msg.Turn"
	}
	for _, c := range []struct {
		name    string
		rec     Record
		matters func(path string) bool
	}{
		{"sent datagram", Record{Kind: KindSent, Msg: full(core.KindPing)}, says},
		{"sent stream", Record{Kind: KindSent, Msg: full(core.KindSyncFull)}, says},
		{"delivered", Record{Kind: KindDelivered, Msg: full(core.KindPing)}, func(p string) bool {
			return p == ".At" || p == ".Reason" || slices.Contains(header, p)
		}},
		{"dropped", Record{Kind: KindDropped, Reason: ReasonLoss, Msg: full(core.KindPing)}, func(p string) bool {
			return p == ".At" || p == ".Reason" || slices.Contains(header, p)
		}},
		{"transition", Record{Kind: KindFact, Fact: core.Fact{Kind: core.FactTransition}}, func(p string) bool {
			return p == ".At" || p == ".Node" || strings.HasPrefix(p, ".Fact.") && !strings.HasPrefix(p, ".Fact.X")
		}},
		{"timeout", Record{Kind: KindFact, Fact: core.Fact{Kind: core.FactTimeout}}, func(p string) bool {
			return p == ".At" || p == ".Node" || strings.HasPrefix(p, ".Fact.")
		}},
		{"crash", Record{Kind: KindCrash}, func(p string) bool {
			return slices.Contains([]string{".At", ".Node", ".Role", ".Inst", ".Inc", ".Fault", ".X"}, p)
		}},
		{"checkpoint", Record{Kind: KindCheckpoint}, func(string) bool { return false }},
		{"end", Record{Kind: KindEnd}, func(string) bool { return false }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := c.rec
			want := sum(&r)
			each(reflect.ValueOf(&r).Elem(), "", func(path string) {
				switch moved := sum(&r) != want; {
				case path == ".Kind", path == ".Fact.Kind", path == ".Msg.Kind": // another kind says other things
				case moved && !c.matters(path):
					t.Errorf("%s moves the digest", path)
				case !moved && c.matters(path):
					t.Errorf("%s does not move the digest", path)
				}
			})
		})
	}
}

// The kinds themselves matter, for records, facts and messages alike.
func TestDigestTellsKindsApart(t *testing.T) {
	seen := map[uint64]string{}
	note := func(name string, r *Record) {
		if s := sum(r); seen[s] != "" {
			t.Errorf("%s and %s have the same digest", name, seen[s])
		} else {
			seen[s] = name
		}
	}
	for k := KindStart; k <= KindFaultEnd; k++ {
		note(k.String(), &Record{Kind: k})
	}
	for k := range core.FactKind(core.NumFactKinds) {
		note(k.String(), &Record{Kind: KindFact, Fact: core.Fact{Kind: k}})
	}
	for k := range core.Kind(core.NumKinds) {
		for _, r := range []Kind{KindSent, KindDelivered, KindDropped} {
			note(fmt.Sprint(r, k), &Record{Kind: r, Msg: &core.Message{Kind: k}})
		}
	}
}

// It is a hash of a sequence: order, repetition and where a list ends matter.
func TestDigestFeelsOrderAndLength(t *testing.T) {
	a, b := &Record{At: 1, Kind: KindCrash, Node: 1}, &Record{At: 1, Kind: KindCrash, Node: 2}
	of := func(rs ...*Record) uint64 {
		var d Digest
		for _, r := range rs {
			d.Record(r)
		}
		if d.Count() != uint64(len(rs)) {
			t.Errorf("count is %d after %d records", d.Count(), len(rs))
		}
		return d.Sum()
	}
	if of(a, b) == of(b, a) || of(a) == of(a, a) || of(a) == of(a, b) {
		t.Error("order or length does not matter")
	}
	m, n := full(core.KindSyncFull), full(core.KindSyncFull)
	n.Updates = n.Updates[:1]
	if of(&Record{Kind: KindSent, Msg: m}) == of(&Record{Kind: KindSent, Msg: n}) {
		t.Error("a shorter list has the same digest")
	}
}

// Single bits spread over the digest: half of it flips, give or take what chance allows.
func TestDigestAvalanche(t *testing.T) {
	base := sum(&Record{Kind: KindFact, Fact: core.Fact{A: 0}})
	flips := 0
	for bit := range 63 {
		x := base ^ sum(&Record{Kind: KindFact, Fact: core.Fact{A: 1 << bit}})
		for ; x != 0; x &= x - 1 {
			flips++
		}
	}
	if mean := float64(flips) / 63; mean < 28 || mean > 36 {
		t.Errorf("one bit flips %.1f of 64 on average, want 32", mean)
	}
}

func TestDigestAllocatesNothing(t *testing.T) {
	var d Digest
	r := &Record{Kind: KindSent, Msg: full(core.KindSyncFull)}
	if n := testing.AllocsPerRun(100, func() { d.Record(r) }); n != 0 {
		t.Errorf("%v allocations per record", n)
	}
}

func BenchmarkDigest(b *testing.B) {
	ping := full(core.KindPing)
	ping.Updates, ping.Coord.Dims = nil, 8
	for _, c := range []struct {
		name string
		rec  Record
	}{
		{"sent", Record{Kind: KindSent, Msg: ping}},
		{"delivered", Record{Kind: KindDelivered, Msg: ping}},
		{"fact", Record{Kind: KindFact, Fact: core.Fact{Kind: core.FactTransition}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			var d Digest
			b.ReportAllocs()
			for range b.N {
				d.Record(&c.rec)
			}
		})
	}
}
