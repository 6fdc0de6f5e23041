package replica

import (
	"hypersim/core"
	"hypersim/core/fence"
	"hypersim/core/indexed"
	"hypersim/core/job"
)

// record is what a member knows of one job. Two numbers stand in it (04-2): what it holds, which is the entry's, and
// what it has promised, by accepting a claim. The promise is never below the entry's epoch.
type record struct {
	id     job.ID
	handle uint32
	next   uint32 // in its chain of the hash
	pos    int32  // in the heap, −1 while nothing is due
	due    core.Instant

	entry Entry        // FULL; Epoch 0: none
	at    core.Instant // when it was stored
	lease core.Instant // until when its holder is respected here

	promise fence.Record // the token is an epoch
	window  core.Instant // until when the promise keeps other claims out
	idle    core.Instant // when the promise alone is forgotten, 0 = it is not alone

	cancel core.Instant // until when a cancel is remembered

	lead  *lead  // this process holds the job
	claim *claim // or claims it
	grave *grave // or wants it to be a tombstone
}

func (r *record) known() bool { return r.entry.Epoch != 0 }

func (r *record) holder() fence.Holder { return holderOf(&r.entry.Head) }

func holderOf(h *Head) fence.Holder { return fence.Holder{Node: h.Holder, Instance: h.Instance} }

// seen is the highest epoch that the record knows of.
func (r *record) seen() uint32 { return uint32(r.promise.Token) }

// raise notes an epoch that somebody has been accepted or heard under.
func (r *record) raise(epoch uint32, h fence.Holder) {
	if uint64(epoch) > r.promise.Token || uint64(epoch) == r.promise.Token && r.promise.Holder != h && h != fence.Nobody {
		r.promise = fence.Record{Token: uint64(epoch), Holder: h}
		r.window = 0
	}
}

// aged is the entry as it is at now: what it says of how long the job has run was true when it was stored.
func (r *record) aged(now core.Instant) Entry {
	e := r.entry
	e.Kind, e.Base = EntryFull, 0
	e.Elapsed = r.ran(now)
	return e
}

// ran is how long the job has run, as far as the entry says. A greater entry may say less: it was long on its way to who has it, a
// member that was frozen perhaps, which counts from its receipt on.
func (r *record) ran(now core.Instant) core.Duration { return r.entry.Elapsed + now.Sub(r.at) }

// age brings an entry up to date that changes without its owner, who else writes how long the job has run.
func (r *record) age(now core.Instant) { r.entry.Elapsed, r.at = r.ran(now), now }

// above reports whether number (epoch, seq) of a is greater than that of b.
func above(a, b *Head) bool {
	return a.Epoch > b.Epoch || a.Epoch == b.Epoch && a.Seq > b.Seq
}

// greater is the same of entries. An acceptance is a claim (01-20), which no majority accepts of a job that one of them has: it is never
// greater than the entry of a holder who was accepted and went on, whatever their epochs.
func greater(a, b *Entry) bool {
	if a.Epoch == 0 || b.Epoch == 0 || a.claims() == b.claims() {
		return above(&a.Head, &b.Head)
	}
	return b.claims()
}

// claims reports whether the entry is its own claim: whether a majority has accepted it is not known.
func (e *Entry) claims() bool { return e.Reason == ReasonAccept }

// claimed reports whether all that the member has of the job is such an entry.
func (r *record) claimed() bool { return r.known() && r.entry.claims() }

// table finds records. They are never walked in the order of a hash.
type table struct {
	all  []*record // by handle − 1; nil: free
	idle []uint32
	heap []uint32
	hash indexed.Hash
}

func (t *table) at(h uint32) *record { return t.all[h-1] }

func (t *table) find(id job.ID) *record {
	for h := t.hash.Chain(hashOf(id)); h != 0; h = t.at(h).next {
		if r := t.at(h); r.id == id {
			return r
		}
	}
	return nil
}

// need returns the record of a job, made if there is none.
func (t *table) need(id job.ID) *record {
	if r := t.find(id); r != nil {
		return r
	}
	r := &record{id: id, pos: -1, due: core.Never}
	r.promise.Holder = fence.Nobody
	if n := len(t.idle); n > 0 {
		r.handle, t.idle = t.idle[n-1], t.idle[:n-1]
		t.all[r.handle-1] = r
	} else {
		t.all = append(t.all, r)
		r.handle = uint32(len(t.all))
	}
	indexed.Add(t, &t.hash, r.handle)
	return r
}

func (t *table) free(r *record) {
	t.arm(r, core.Never)
	indexed.Take(t, &t.hash, r.handle)
	t.all[r.handle-1] = nil
	t.idle = append(t.idle, r.handle)
}

// arm sets when the record is looked at next.
func (t *table) arm(r *record, at core.Instant) {
	switch r.due = at; {
	case at == core.Never && r.pos >= 0:
		t.heap = indexed.Remove(t, t.heap, int(r.pos))
		r.pos = -1
	case at == core.Never:
	case r.pos < 0:
		t.heap = indexed.Push(t, t.heap, r.handle)
	default:
		indexed.Fix(t, t.heap, int(r.pos))
	}
}

// sooner lets the record be looked at no later than the given time. What is due too early finds nothing to do.
func (t *table) sooner(r *record, at core.Instant) {
	if at < r.due {
		t.arm(r, at)
	}
}

// Hash implements indexed.Linked.
func (t *table) Hash(h uint32) uint64 { return hashOf(t.at(h).id) }

// Next implements indexed.Linked.
func (t *table) Next(h uint32) *uint32 { return &t.at(h).next }

// Before implements indexed.Items.
func (t *table) Before(a, b uint32) bool {
	x, y := t.at(a), t.at(b)
	return x.due < y.due || x.due == y.due && x.id < y.id
}

// Place implements indexed.Items.
func (t *table) Place(h uint32, pos int) { t.at(h).pos = int32(pos) }

func hashOf(id job.ID) uint64 { return core.Mix(1, uint64(id)) }
