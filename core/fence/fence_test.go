package fence

import (
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/job"
)

const sec = core.Instant(1e9)

func at(n core.NodeID) Holder { return Holder{Node: n, Instance: 1} }

func TestSizesAreTrue(t *testing.T) {
	if n := unsafe.Sizeof(entry{}); n != entryBytes {
		t.Errorf("an entry is %d bytes, the constant says %d", n, entryBytes)
	}
}

// Spec 20 §13.1, first row.
func TestObserver(t *testing.T) {
	const a, b, c = core.NodeID(1), core.NodeID(2), core.NodeID(3)
	var table Table
	k := Key{Space: Gate, Job: 7}
	for i, s := range []struct {
		token  uint64
		holder core.NodeID
		want   Verdict
	}{{1, a, Accept}, {2, b, Accept}, {2, b, Same}, {1, a, Stale}, {3, a, Accept}, {2, b, Stale}, {3, c, Conflict}} {
		if v := table.Judge(k, s.token, at(s.holder)); v != s.want {
			t.Errorf("no. %d, (%d, %d): %v, want %v", i+1, s.token, s.holder, v, s.want)
		}
	}
	if table.Count(Gate, Conflict) != 1 || table.Count(Gate, Stale) != 2 || table.Seen(k) != (Record{3, at(a)}) {
		t.Errorf("%d conflicts, %d stale, seen %+v", table.Count(Gate, Conflict), table.Count(Gate, Stale), table.Seen(k))
	}
}

// Spec 20 §13.1, second row.
func TestTokens(t *testing.T) {
	for _, s := range []struct {
		de, n uint32
		want  job.Token
	}{{1, 1, 4294967297}, {1, 7, 4294967303}, {2, 1, 8589934593}} {
		if got := (job.Ticket{DE: s.de, N: s.n}.Token()); got != s.want || got.Epoch() != s.de {
			t.Errorf("(%d, %d): %d of epoch %d, want %d", s.de, s.n, got, got.Epoch(), s.want)
		}
	}
}

// Spec 20 §13.1, third row: a worker judges the epoch of a dispatch against its job and the token against its
// workflow; a transfer raises the first alone.
func TestWorker(t *testing.T) {
	var table Table
	de, dt := Key{Space: Datacenter, Job: 7}, Key{Space: Dispatch, Job: 7, Sub: 1}
	old, young := at(1), at(2)
	dispatch := func(token job.Token, h Holder) Verdict {
		if v := table.Judge(de, uint64(token.Epoch()), h); !v.OK() {
			return v
		}
		return table.Judge(dt, uint64(token), h)
	}
	for i, step := range []struct {
		have, want Verdict
	}{
		{dispatch(4294967298, old), Accept},
		{dispatch(4294967298, old), Same},
		{dispatch(4294967297, old), Stale},
		{table.Judge(de, 2, young), Accept},
		{dispatch(4294967299, old), Stale},
		{dispatch(8589934593, young), Accept},
	} {
		if step.have != step.want {
			t.Errorf("no. %d: %v, want %v", i+1, step.have, step.want)
		}
	}
}

// A restarted holder is another one, and a token that is used up is stale to everybody, its holder included.
func TestLivesAndUsedUp(t *testing.T) {
	var r Record
	r.Judge(4, at(1))
	if v := r.Judge(4, Holder{Node: 1, Instance: 2}); v != Conflict {
		t.Errorf("the next life of the holder: %v", v)
	}
	r.Raise(3) // below: nothing
	if v := r.Judge(4, at(1)); v != Same {
		t.Errorf("after less was used up: %v", v)
	}
	r.Raise(4)
	if v := r.Judge(4, at(1)); v != Stale {
		t.Errorf("used up: %v", v)
	}
	if v := r.Judge(5, at(1)); v != Accept {
		t.Errorf("above what is used up: %v", v)
	}
	if v := new(Record).Judge(0, Holder{}); v != Stale {
		t.Errorf("0 is no token: %v", v)
	}
	var none Table
	none.Raise(Key{Job: 1}, 0)
	if v := none.Judge(Key{Job: 1}, 0, at(1)); v != Stale || none.Len() != 0 {
		t.Errorf("0 is no token: %v, %d records", v, none.Len())
	}
}

// A worker's record ends 600 s after the last that was heard of it, and not while it is in use.
func TestEnds(t *testing.T) {
	var table Table
	k := Key{Space: Datacenter, Job: 7}
	table.Until(k, sec) // of nothing: nothing
	table.Judge(k, 1, at(1))
	if _, ok := table.Deadline(); ok {
		t.Error("ends although nobody said so")
	}
	table.Until(k, 600*sec)
	table.Until(k, 700*sec)
	table.Wake(699 * sec)
	if d, ok := table.Deadline(); !ok || d != 700*sec || table.Len() != 1 {
		t.Errorf("ends at %v, %d records", d, table.Len())
	}
	table.Until(k, core.Never) // in use again
	if _, ok := table.Deadline(); ok {
		t.Error("in use, and yet it ends")
	}
	table.Wake(1000 * sec)
	if table.Seen(k).Token != 1 {
		t.Error("forgotten while in use")
	}
	table.Until(k, 1000*sec)
	table.Wake(1000 * sec)
	if table.Len() != 0 || table.Judge(k, 1, at(2)) != Accept {
		t.Error("not forgotten at its end")
	}
}

// All of it against a list that is searched from end to end: records never fall, verdicts follow the observer's rules
// word by word, what has ended is gone and nothing else is.
func TestTableAgainstList(t *testing.T) {
	type row struct {
		k     Key
		token uint64
		h     Holder
		until core.Instant
	}
	rapid.Check(t, func(t *rapid.T) {
		var table Table
		var list []row
		var now core.Instant
		get := func(k Key) *row {
			for i := range list {
				if list[i].k == k {
					return &list[i]
				}
			}
			return nil
		}
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			k := Key{Space(rapid.IntRange(0, NumSpaces-1).Draw(t, "space")), rapid.Uint64Range(0, 2).Draw(t, "job"), rapid.Uint64Range(0, 1).Draw(t, "sub")}
			token, h := rapid.Uint64Range(1, 6).Draw(t, "token"), at(core.NodeID(rapid.IntRange(0, 2).Draw(t, "holder")))
			r := get(k)
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
				now += core.Instant(rapid.IntRange(1, 5).Draw(t, "wait"))
				table.Wake(now)
				keep := list[:0]
				for _, x := range list {
					if x.until > now {
						keep = append(keep, x)
					}
				}
				list = keep
			case 1:
				end := core.Never
				if n := rapid.IntRange(0, 6).Draw(t, "for"); n > 0 {
					end = now + core.Instant(n)
				}
				if table.Until(k, end); r != nil {
					r.until = end
				}
			case 2:
				if table.Raise(k, token); r == nil {
					list = append(list, row{k, token, Nobody, core.Never})
				} else if token >= r.token {
					r.token, r.h = token, Nobody
				}
			default:
				want := Accept
				switch {
				case r == nil:
					list = append(list, row{k, token, h, core.Never})
				case token > r.token:
					r.token, r.h = token, h
				case token == r.token && h == r.h:
					want = Same
				case token == r.token && r.h != Nobody:
					want = Conflict
				default:
					want = Stale
				}
				if v := table.Judge(k, token, h); v != want {
					t.Fatalf("%v (%d, %v): %v, want %v", k, token, h, v, want)
				}
			}
			if table.Len() != len(list) {
				t.Fatalf("%d records, want %d", table.Len(), len(list))
			}
			each := 0
			for s := range Space(NumSpaces) {
				table.Each(s, func(k Key, r Record) {
					if x := get(k); x == nil || k.Space != s || r != (Record{x.token, x.h}) {
						t.Fatalf("%v has %+v", k, r)
					}
					each++
				})
			}
			if each != len(list) {
				t.Fatalf("%d records visited, want %d", each, len(list))
			}
			for _, x := range list {
				if got := table.Seen(x.k); got != (Record{x.token, x.h}) {
					t.Fatalf("%v: %+v, want %+v", x.k, got, x)
				}
			}
		}
	})
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	var table Table
	var n uint64
	step := func() {
		for range 1000 {
			n++
			k := Key{Space: Dispatch, Job: n % 97, Sub: n}
			table.Judge(k, n, at(1))
			table.Judge(k, n, at(1))
			table.Until(k, core.Instant(n+200))
			table.Wake(core.Instant(n))
		}
	}
	step()
	if a := testing.AllocsPerRun(10, step); a != 0 {
		t.Errorf("%v allocations in 1000 records", a)
	}
	if table.Len() != 200 || table.MemoryBytes() > 512*(entryBytes+12) {
		t.Errorf("%d records in %d bytes", table.Len(), table.MemoryBytes())
	}
}

func BenchmarkJudge(b *testing.B) {
	var table Table
	for n := range uint64(10_000) {
		table.Judge(Key{Space: Gate, Job: n * 0x9e3779b97f4a7c15}, 1, at(1))
	}
	var n uint64
	b.ReportAllocs()
	for b.Loop() {
		n = (n + 7919) % 10_000
		table.Judge(Key{Space: Gate, Job: n * 0x9e3779b97f4a7c15}, 1, at(1))
	}
}
